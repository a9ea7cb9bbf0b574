"""Footnote beside what people would use instead: the same papers, the same questions, in turn, on this machine.

Each side is a script or command with the verbs `ingest`, `retrieve` and `ask`, run in processes and environments of its
own; `scripts/bench-peer` makes those of the peers.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.schema import bundled as bundled_questions
from rag.types import Paper

QUESTION = "Which FP8 training method compresses optimizer states?"
PEERS = {"starter": "starter.py", "langchain": "with_langchain.py", "paperqa": "with_paperqa.py"}


@dataclass(slots=True)
class Measured:
    """What was measured of one side, one entry a run."""

    ingest: list[float] = field(default_factory=list)  # papers a second
    p50: list[float] = field(default_factory=list)  # seconds a question, warm
    p95: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)  # seconds from process start to printed answer
    memory: list[float] = field(default_factory=list)  # MB, largest process of the three
    disk: list[float] = field(default_factory=list)  # MB


@dataclass(frozen=True, slots=True)
class Side:
    """How one side is called: the command for ingest and retrieve, and the one that asks."""

    name: str
    bench: tuple[str, ...]
    ask: tuple[str, ...]


def compare(papers: Sequence[Paper], peers: Mapping[str, Path], runs: int) -> dict[str, Measured]:
    """Footnote and the peers (names of `PEERS` with the interpreters of their environments), run in turn."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _write(folder, papers)
        sides = [_own(), *(_peer(name, python) for name, python in peers.items())]
        built = folder / "built"
        _build_model(built / "models")
        measured = {side.name: Measured() for side in sides}
        for run in range(runs):
            for side in sides:
                home = folder / f"{side.name}-{run}"
                home.mkdir()
                (home / "models").symlink_to(built / "models")
                _measure(side, folder, home, measured[side.name])
    return measured


def table(measured: Mapping[str, Measured]) -> list[str]:
    """Medians, and of each peer the median ratio to Footnote's run beside it; above 1 is in Footnote's favour."""
    lines = [f"{'':22}" + "".join(f"{name:>24}" for name in measured)]
    for figure, unit, up in _FIGURES:
        ours = getattr(measured["footnote"], figure)
        cells = []
        for name, side in measured.items():
            values = getattr(side, figure)
            shown = f"{statistics.median(values):.4g}"
            ratios = [a / b if up else b / a for a, b in zip(ours, values, strict=True)]
            cells.append(shown if name == "footnote" else f"{shown} ({statistics.median(ratios):.2f}x)")
        lines.append(f"{figure + ' ' + unit:22}" + "".join(f"{cell:>24}" for cell in cells))
    return lines


def as_rows(measured: Mapping[str, Measured]) -> dict[str, Any]:
    """Every value of every run, for the JSON file."""
    return {name: asdict(side) for name, side in measured.items()}


_FIGURES = (
    ("ingest", "papers/s", True),
    ("p50", "s", False),
    ("p95", "s", False),
    ("p99", "s", False),
    ("cold", "s", False),
    ("memory", "MB", False),
    ("disk", "MB", False),
)


def _own() -> Side:
    return Side("footnote", (sys.executable, "-m", "eval.bench.footnote"), (sys.executable, "-m", "rag.cli", "ask"))


def _peer(name: str, python: Path) -> Side:
    script = (str(python), str(Path(__file__).with_name(PEERS[name])))
    return Side(name, script, (*script, "ask"))


def _write(folder: Path, papers: Sequence[Paper]) -> None:
    rows = [{"title": paper.title, "text": paper.text} for paper in papers]
    (folder / "papers.json").write_text(json.dumps(rows), encoding="utf8")
    asked = [question.question for question in bundled_questions("train") if question.single][:100]
    (folder / "questions.json").write_text(json.dumps(asked), encoding="utf8")


def _build_model(folder: Path) -> None:
    """Build the encoder beforehand, as the peers' model lies on disk beforehand; in a process of its own, since a
    child's peak memory counts what its parent held when it was started."""
    code = "import sys, pathlib, rag.embedding; rag.embedding.load_minilm(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)


def _measure(side: Side, folder: Path, home: Path, measured: Measured) -> None:
    made, memory = _run([*side.bench, "ingest", str(folder / "papers.json"), str(home)], home)
    figures = json.loads(made)
    measured.ingest.append(figures["papers"] / figures["seconds"])
    found, more = _run([*side.bench, "retrieve", str(folder / "questions.json"), str(home)], home)
    seconds = sorted(json.loads(found)["seconds"])
    for share, values in ((50, measured.p50), (95, measured.p95), (99, measured.p99)):
        values.append(seconds[min(len(seconds) - 1, len(seconds) * share // 100)])
    started = time.perf_counter()
    _, most = _run([*side.ask, QUESTION, *([str(home)] if side.name != "footnote" else [])], home)
    measured.cold.append(time.perf_counter() - started)
    measured.memory.append(max(memory, more, most))
    kept = (path for path in home.rglob("*") if path.is_file() and "models" not in path.parts)
    measured.disk.append(sum(path.stat().st_size for path in kept) / 1e6)


def _run(command: Sequence[str], home: Path) -> tuple[str, float]:
    """The last line that a command prints, and its peak memory in MB."""
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "FOOTNOTE_OFFLINE": "true", "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryFile("w+", encoding="utf8") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{' '.join(command[:4])} failed with status {status}")
        output.seek(0)
        scale = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss is in bytes there, in kilobytes here
        return output.read().strip().splitlines()[-1], usage.ru_maxrss / scale
