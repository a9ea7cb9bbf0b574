"""`footnote eval run`, `runs` and `starter`: questions asked, and the run kept."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from eval import report as reporting
from eval.cli.asking import assistant_of, chosen
from eval.metrics import results, sliced
from eval.metrics.expense import percentile
from eval.records import Record
from eval.runner import run as ask_all
from eval.runs import Header, code_revision, found, hash_of, named
from eval.schema import Question
from rag.assistant import Assistant
from rag.errors import UsageError
from rag.settings import Settings, load_settings

_SECRET = ("key", "home", "store", "prompts")


def run(
    dataset: Annotated[str, typer.Option(help="`test`, `train`, or a JSON Lines file")] = "test",
    engine: Annotated[str, typer.Option(help="`extractive`, or `llm` as configured")] = "extractive",
    slice_: Annotated[list[str] | None, typer.Option("--slice", help="only where FIELD=VALUE; repeatable")] = None,
    workers: Annotated[int, typer.Option(min=1, help="questions at once")] = 1,
    name: Annotated[str | None, typer.Option(help="of the run; a killed run of this name goes on")] = None,
    pages: Annotated[Path | None, typer.Option(help="papers to ingest first; without: what the index holds")] = None,
    html: Annotated[Path | None, typer.Option(help="file for the report")] = None,
    by: Annotated[str, typer.Option(help="print figures by this field too: kind, lang, reason")] = "",
) -> int:
    """Ask every question of a dataset; print the figures; keep the run."""
    kept = named(load_settings().home, time.strftime("%Y%m%d-%H%M%S") if name is None else name)
    questions = chosen(dataset, slice_ or ())
    if by and not hasattr(questions[0], by):
        raise UsageError(f"questions have no field {by!r}", "give kind, lang or reason")
    assistant, settings = assistant_of(engine, pages)
    header = _header(dataset, questions, engine, assistant, settings)
    kept.begin(header)
    started = time.perf_counter()
    with _progress() as tell:
        records = ask_all(assistant, questions, kept, workers=workers, progress=tell)
    _print(records)
    if by:
        for value, rows in sliced(records, by).items():
            print(f"\n{by} {value}")
            for row in rows:
                if row.headline and row.mean is not None:
                    print(f"  {row}")
    print(f"\n{len(records)} questions in {time.perf_counter() - started:.1f} s; kept as {kept.folder}")
    if html is not None:
        html.write_text(reporting.as_html(records, asdict(header)), encoding="utf8")
        print(f"report: {html}")
    return 1 if any(record.error for record in records) else 0


def runs() -> int:
    """List the runs there are."""
    for kept in found(load_settings().home):
        try:
            header = kept.header()
        except UsageError as error:
            print(f"{kept.name:24} {error.message}")
            continue
        print(f"{kept.name:24} {header['engine']:12} {header['dataset']:12} {len(kept.records()):5} questions")
    return 0


def starter(
    python: Annotated[Path, typer.Option(help="interpreter that has the starter's packages; see scripts/bench-peer")],
    dataset: Annotated[str, typer.Option(help="`test`, `train`, or a JSON Lines file")] = "test",
    name: Annotated[str, typer.Option(help="of the run")] = "starter",
) -> int:
    """Ask the LlamaIndex starter the same questions over the same papers; keep the run, for a report's second row."""
    from eval.starter import starter_records

    kept = named(load_settings().home, name)
    questions = chosen(dataset, ())
    assistant, settings = assistant_of("extractive", None)
    kept.begin(_header(dataset, questions, "starter", assistant, settings))
    there = {record.question.id for record in kept.records()}
    left = [question for question in questions if question.id not in there]
    for record in starter_records(python, list(assistant.snapshot.papers()), left) if left else ():
        kept.add(record)
    _print(kept.records())
    return 0


def _header(
    dataset: str, questions: Sequence[Question], engine: str, assistant: Assistant, settings: Settings
) -> Header:
    from prompts import load as prompt
    from prompts import names

    plain = {k: v for k, v in settings.model_dump(mode="json").items() if not any(s in k for s in _SECRET)}
    prompts = {name: prompt(name, settings.prompts).hash for name in names()} if engine == "llm" else {}
    return Header(
        dataset if dataset in ("test", "train") else Path(dataset).name,
        hash_of(questions),
        assistant.model.name if assistant.model else engine,
        assistant.snapshot.revision,
        code_revision(),
        plain,
        prompts,
    )


def _print(records: Sequence[Record]) -> None:
    for row in results(records):
        print(row)
    for record in [record for record in records if record.error][:10]:
        print(f"error: {record.question.id}: {record.error}", file=sys.stderr)
    if without := [record.answer.degraded for record in records if record.answer.degraded]:
        reason = max(without, key=without.count)
        print(f"{len(without)} of {len(records)} answers came without the model: {reason}", file=sys.stderr)
    if any(record.failed for record in records):
        print("the same command asks what failed again, if the run has a --name", file=sys.stderr)
    print(f"seconds an answer, p50 / p95       {percentile(records, 0.5):8.3f} / {percentile(records, 0.95):.3f}")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """The ingest's bar, told of questions; None where there is no terminal."""
    from rag.cli.progress import progress_bar

    with progress_bar() as tell:
        yield (lambda done, total: tell("questions", done, total)) if tell else None
