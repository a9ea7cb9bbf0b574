"""`footnote ingest`, `status`, `repair`, `backup` and `restore`."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rag.cli.progress import progress_bar
from rag.cli.terminal import clean
from rag.errors import UsageError
from rag.text.counted import counted

if TYPE_CHECKING:
    from rag.corpus import Skipped
    from rag.index_writer import Report

_SHOWN = 500  # lines on skipped things
_SHOWN_A_FILE = 5  # of them on one file, or on what is packed in it


def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(help="files and folders of papers")] = None,
    prune: Annotated[bool, typer.Option(help="remove papers that once came from these paths and no longer do")] = False,
    bundled: Annotated[bool, typer.Option(help="add the bundled digests")] = False,
    reindex: Annotated[
        bool, typer.Option(help="first encode all papers again, with the embedder that the settings name now")
    ] = False,
    ray: Annotated[str, typer.Option(help="address of a Ray cluster that encodes the papers, such as auto")] = "",
) -> int:
    """Read papers into the index; run it again to take up what changed. Exits with 1 where anything was skipped."""
    from rag.ingest import ingest as ingest_papers
    from rag.ingest import ingest_bundled
    from rag.ingest import reindex as encode_again
    from rag.settings import load_settings

    if not paths and not bundled and not reindex:
        raise UsageError("there is nothing to ingest", "give files or folders, --bundled or --reindex")
    settings = load_settings(ray=ray or None)
    started = time.perf_counter()
    status = 0
    with progress_bar() as progress:
        reports = [encode_again(settings, progress=progress)] if reindex else []
        if bundled:
            reports.append(ingest_bundled(settings, progress=progress))
        if paths:
            reports.append(ingest_papers(paths, settings, prune=prune, progress=progress))
    for report in reports:
        status = max(status, _tell(report, time.perf_counter() - started))
    return status


def keywords(
    most: Annotated[int, typer.Option(min=0, help="papers at most; 0: all that have too few")] = 0,
) -> int:
    """Have the model write keywords for papers whose records give few: they are found and listed better then."""
    from rag.chat_model import load_chat_model
    from rag.keyword_writer import write_keywords
    from rag.settings import load_settings

    settings = load_settings()
    model = load_chat_model(settings)
    if model is None:
        raise UsageError("no language model is configured", "set OPENAI_API_KEY, or FOOTNOTE_LLM")
    try:
        with progress_bar() as progress:
            report = write_keywords(settings, model, most=most, progress=progress)
    finally:
        model.close()
    usage = report.usage
    cost = f", cost {usage.cost:.4f}" if usage.cost is not None else ""
    print(
        f"{counted(report.lacking, 'paper')} had few keywords; {report.written} got some from {clean(model.name)} "
        f"({counted(usage.calls, 'request')}, {usage.cached} from the cache, {usage.tokens_in} tokens in, "
        f"{usage.tokens_out} out{cost})"
    )
    return 0 if report.written == min(report.lacking, most or report.lacking) else 1


def repair() -> int:
    """Derive everything but the store again."""
    from rag.ingest import repair as repair_index
    from rag.settings import load_settings

    with progress_bar() as progress:
        report = repair_index(load_settings(), progress=progress)
    print(f"the index is whole: {counted(report.papers, 'paper')}, {counted(report.passages, 'passage')}")
    return 0


def backup(target: Annotated[Path, typer.Argument(help="file to write")]) -> int:
    """Write the index into one file, with checksums."""
    from rag.backup import backup as write
    from rag.settings import load_settings

    size = write(load_settings(), target)
    print(f"{clean(str(target))}: {size / 1e6:.1f} MB")
    return 0


def restore(
    source: Annotated[Path, typer.Argument(help="file that `footnote backup` wrote")],
    force: Annotated[bool, typer.Option(help="replace the index that is there")] = False,
) -> int:
    """Put a backed-up index in place, once its checksums are right."""
    from rag.backup import restore as put_back
    from rag.settings import load_settings

    print(f"the index is back: {counted(put_back(load_settings(), source, force=force), 'paper')}")
    return 0


def status(as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> int:
    """Say what the index holds."""
    from dataclasses import asdict

    from rag.inventory import take_inventory
    from rag.settings import load_settings

    found = take_inventory(load_settings())
    if as_json:
        print(json.dumps(asdict(found), ensure_ascii=False))
        return 0
    papers, passages = counted(found.papers, "paper"), counted(found.passages, "passage")
    print(f"{papers}, {passages}; in more than one source: {found.in_several}")
    for name, count in found.sources.items():
        print(f"  {count:6}  {clean(name)}")
    print(f"folder    {clean(found.folder)} ({found.bytes_on_disk / 1e6:.1f} MB)")
    print(f"store     {clean(found.store)}")
    print(f"embedder  {found.embedder}")
    print(f"revision  {found.revision}")
    if found.unfinished:
        print("an ingest did not finish; run it again: what was done is not done twice")
    return 0


def _skipped(skipped: Sequence[Skipped]) -> Iterator[str]:
    """A line on each thing skipped; a file with very many does not hide the others."""
    files: dict[str, list[Skipped]] = {}
    for one in skipped:
        archive, packed, _ = one.where.partition(".zip/")
        files.setdefault(archive + packed, []).append(one)
    lines = [
        line
        for where, found in files.items()
        for line in (
            *(f"skipped {one}" for one in found[:_SHOWN_A_FILE]),
            *([f"skipped {len(found) - _SHOWN_A_FILE} more in {where}"] if len(found) > _SHOWN_A_FILE else []),
        )
    ]
    yield from lines[:_SHOWN]
    if len(lines) > _SHOWN:
        yield f"skipped {len(lines) - _SHOWN} more"


def _tell(report: Report, seconds: float) -> int:
    for line in _skipped(report.skipped):
        print(clean(line), file=sys.stderr)
    print(
        f"{counted(report.entries, 'entry')} read: {counted(report.added, 'paper')} added, {report.updated} updated, "
        f"{report.unchanged} unchanged, {report.removed} removed, {counted(len(report.skipped), 'thing')} skipped; the "
        f"index holds {counted(report.papers, 'paper')} in {counted(report.passages, 'passage')} ({seconds:.1f} s)"
    )
    return 1 if report.skipped else 0
