"""`footnote bench`: one command, one run, side by side; a table, a JSON file and a plot."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from eval.bench.peers import PEERS, as_rows, compare, table
from eval.bench.plot import log_log
from eval.bench.roofline import roofline
from rag.corpus import bundled, merge, read
from rag.settings import load_settings
from rag.types import Paper


def main(words: Sequence[str]) -> int:
    """Run the command with `words`; its exit code."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command()(bench)
    return int(app(args=list(words), prog_name="footnote bench", standalone_mode=False) or 0)


def bench(
    starter: Annotated[Path | None, typer.Option(help="interpreter that has the LlamaIndex starter")] = None,
    langchain: Annotated[Path | None, typer.Option(help="interpreter that has LangChain")] = None,
    paperqa: Annotated[Path | None, typer.Option(help="interpreter that has PaperQA2")] = None,
    pages: Annotated[Path | None, typer.Option(help="papers to compare on; without: the bundled digests")] = None,
    runs: Annotated[int, typer.Option(help="of each side, in turn")] = 3,
    sizes: Annotated[
        str, typer.Option(help="numbers of synthetic papers, by commas; empty: none")
    ] = "444,10000,100000",
    out: Annotated[Path, typer.Option(help="folder for bench.json, bench.svg and the synthetic indexes")] = Path(
        "bench"
    ),
) -> int:
    """Measure Footnote beside what is used instead, at growing sizes, and against this machine's limits.

    A million papers (`--sizes 444,10000,100000,1000000`) take half an hour to make, 25 GB of disk and 12 GB of memory.
    """
    out.mkdir(parents=True, exist_ok=True)
    peers = {name: path for name, path in zip(PEERS, (starter, langchain, paperqa), strict=True) if path is not None}
    found: dict[str, Any] = {"machine": _machine(), "started": time.strftime("%Y-%m-%d %H:%M")}
    print(found["machine"], flush=True)
    if runs:
        papers = merge([item for item in (read([pages]) if pages else bundled()) if isinstance(item, Paper)])
        measured = compare(papers, peers, runs)
        found["peers"] = as_rows(measured)
        print(f"{len(papers)} papers, {runs} runs of each in turn, medians", *table(measured), sep="\n", flush=True)
    found["roofline"] = roofline(load_settings())
    print(*_roofline_lines(found["roofline"]), sep="\n", flush=True)
    found["sizes"] = [_at_size(int(size), out) for size in sizes.split(",") if size.strip()]
    (out / "bench.json").write_text(json.dumps(found, indent=1), encoding="utf8")
    if found["sizes"]:
        (out / "bench.svg").write_text(_plot(found["sizes"]), encoding="utf8")
    print(f"written: {out / 'bench.json'}")
    return 0


def _at_size(count: int, out: Path) -> dict[str, Any]:
    """One size: made in one process, measured in another, so that its memory is that of asking."""
    home = out / f"papers-{count}"
    home.mkdir(exist_ok=True)
    row: dict[str, Any] = {"made_s": _scaled("make", count, home), **_scaled("measure", count, home)}
    search, floor = row["search"], row["floor"]
    print(
        f"{count:>9} papers: search p50 {search['p50'] * 1e3:.1f}, p95 {search['p95'] * 1e3:.1f}, "
        f"p99 {search['p99'] * 1e3:.1f} ms (exact product alone {floor['p50'] * 1e3:.1f}); answer p50 "
        f"{row['answer']['p50'] * 1e3:.1f} ms; cold {row['cold_s']:.2f} s; recall@10 {row['recall@10']:.3f}; "
        f"memory {row['memory'] / 1e9:.2f} GB; disk {row['disk'] / 1e9:.2f} GB",
        flush=True,
    )
    return row


def _scaled(verb: str, count: int, home: Path) -> Any:
    command = [sys.executable, "-m", "eval.bench.scaling", verb, str(count), str(home)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines()[-1])


def _plot(rows: Sequence[dict[str, Any]]) -> str:
    names = {"search p95": ("search", "p95"), "search p50": ("search", "p50"), "exact product p50": ("floor", "p50")}
    lines = {name: [(row["passages"], row[kind][share] * 1e3) for row in rows] for name, (kind, share) in names.items()}
    return log_log("Time of a search as the corpus grows", "passages", "milliseconds", lines)


def _roofline_lines(found: dict[str, float]) -> list[str]:
    return [
        f"encoder   {found['encoder_flops'] / 1e9:.0f} GFLOP/s on {found['threads']:.0f} threads, "
        f"{found['texts_a_second']:.0f} texts a second: {found['encoder_share']:.0%} of the int8 peak measured here "
        f"({found['int8_peak'] / 1e9:.0f} GOP/s; float32 {found['float_peak'] / 1e9:.0f})",
        f"memory    {found['bytes_a_second'] / 1e9:.1f} GB/s read",
    ]


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{platform.machine()}, {cores} cores, {platform.system()}, Python {platform.python_version()}"
