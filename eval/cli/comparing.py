"""`footnote eval report`, `compare`, `baseline`, `gate` and `export`: what is made of runs."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from eval import compare as comparing
from eval import report as reporting
from eval.cli.asking import assistant_of, chosen
from eval.metrics import METRICS
from eval.records import Record
from eval.runner import run as ask_all
from eval.runs import Run, hash_of, located
from eval.schema import Question
from rag.assistant import Assistant
from rag.errors import UsageError
from rag.settings import load_settings


def report(
    name: Annotated[str, typer.Argument(help="a run")],
    out: Annotated[Path, typer.Option(help="file; .html, .md or .json says what")] = Path("report.html"),
    beside: Annotated[list[str] | None, typer.Option(help="another run to stand beside it; repeatable")] = None,
) -> int:
    """Write the report of a run."""
    home = load_settings().home
    kinds = {".md": reporting.as_markdown, ".json": reporting.as_json}
    if out.suffix not in (*kinds, ".html"):
        raise UsageError(f"{out} is no kind of report", "end it in .html, .md or .json")
    header, records = _whole(home, name)
    others = {other: _whole(home, other)[1] for other in beside or ()}
    for other in others.values():
        comparing.paired(records, other)
    text = kinds[out.suffix](records, header) if out.suffix in kinds else reporting.as_html(records, header, others)
    out.write_text(text, encoding="utf8")
    print(out)
    return 0


def compare(before: str, after: str, flips: Annotated[int, typer.Option(help="flipped questions shown")] = 20) -> int:
    """Say what changed from one run to another, and whether it is more than chance."""
    home = load_settings().home
    old, new = _whole(home, before)[1], _whole(home, after)[1]
    changed = comparing.changes(old, new)
    both = len(comparing.paired(old, new))
    if both < max(len(old), len(new)):
        print(f"{both} questions are in both runs, of {len(old)} and {len(new)}")
    for change in changed:
        if change.difference or change.metric.headline:
            print(change)
    turned = comparing.flips(old, new)
    print(f"\n{len(turned)} questions have another outcome")
    for flip in turned[:flips]:
        print(f"  {flip.before} → {flip.after}: {flip.question}")
    print("\nverdict: " + (_fallen(changed) or "no headline figure fell significantly"))
    return 0


def baseline(
    name: Annotated[str, typer.Argument(help="a run")],
    out: Annotated[Path, typer.Option(help="file")],
) -> int:
    """Write down the headline figures of a run, question by question, for a gate."""
    asked, records = _whole(load_settings().home, name)
    figures = comparing.baseline_of(records)
    out.write_text(json.dumps({"run": asked, "figures": figures}) + "\n", encoding="utf8")
    print(f"{len(records)} questions in {out}")
    return 0


def gate(
    against: Annotated[Path, typer.Option("--baseline", help="what `footnote eval baseline` wrote")],
    name: Annotated[str, typer.Option(help="the run to look at; without: ask the baseline's dataset now")] = "",
    dataset: Annotated[str, typer.Option(help="where that dataset is, if it is a file")] = "",
) -> int:
    """Exit with 1 where a headline figure fell significantly below a baseline."""
    asked, figures = _baseline_in(against)
    if name:
        kept = located(load_settings().home, name)
        _check_same(asked, kept.header()["dataset_hash"], against)
        records = kept.records()
    else:
        questions = _dataset_of(asked, dataset)
        _check_same(asked, hash_of(questions), against)
        assistant, _ = assistant_of("extractive" if asked["engine"] == "extractive" else "llm", None)
        records = _asked_now(assistant, questions)
    if missing := {known for values in figures.values() for known in values} - {r.question.id for r in records}:
        raise UsageError(f"the run lacks {len(missing)} of the baseline's questions", "let it run to its end")
    changed = comparing.since(figures, records)
    for change in changed:
        print(change)
    gone = [name for name in _measured(figures) if name not in {change.metric.name for change in changed}]
    for lost in gone:
        print(f"{lost:30} undefined now, for every question of the baseline")
    worse = _fallen(changed)
    print(
        "gate: " + (f"closed, {worse or 'a figure is gone'}" if worse or gone else f"open ({len(records)} questions)")
    )
    return 1 if worse or gone else 0


def export(
    name: Annotated[str, typer.Argument(help="a run")],
    out: Annotated[Path, typer.Option(help="file, .json or .jsonl; for TREC a folder")],
    form: Annotated[str, typer.Option("--as", help="`ragas`, `deepeval` or `trec`")] = "ragas",
) -> int:
    """Write a run in the form that another tool reads."""
    from eval.adapters import deepeval_rows, ragas_rows, write_rows
    from eval.metrics.retrieval import write_trec

    records = located(load_settings().home, name).records()
    if form == "trec":
        out.mkdir(parents=True, exist_ok=True)
        write_trec(records, out / "run.txt", out / "qrels.txt")
    elif form in ("ragas", "deepeval"):
        write_rows(ragas_rows(records) if form == "ragas" else deepeval_rows(records), out)
    else:
        raise UsageError(f"unknown form {form!r}", "give ragas, deepeval or trec")
    print(out)
    return 0


def _whole(home: Path, name: str) -> tuple[dict[str, Any], list[Record]]:
    """The header and the records of a run; where some are missing, a word of it."""
    kept = located(home, name)
    header, records = kept.header(), kept.records()
    if hash_of([record.question for record in records]) != header["dataset_hash"]:
        print(f"{kept.name} is not whole: it has {len(records)} questions so far", file=sys.stderr)
    return header, records


def _fallen(changed: Sequence[comparing.Change]) -> str:
    """The headline figures that fell, in words; empty where none did."""
    worse = comparing.drops(changed)
    if not worse:
        return ""
    family = comparing.together(changed)
    told = (f"{c.metric.name} (p={c.p:.3f}; of {len(family)} figures, {family[c.metric.name]:.3f})" for c in worse)
    return "worse in " + ", ".join(told)


def _measured(figures: dict[str, dict[str, float | None]]) -> list[str]:
    """The headline figures that a baseline has for some question."""
    known = {metric.name for metric in METRICS if metric.headline}
    return [name for name, values in figures.items() if name in known and set(values.values()) != {None}]


def _dataset_of(asked: dict[str, Any], path: str) -> list[Question]:
    name = path or asked["dataset"]
    if name not in ("test", "train") and not Path(name).is_file():
        raise UsageError(f"there is no dataset {name!r} here", "say with --dataset where it is, or a run with --name")
    return chosen(name, ())


def _baseline_in(path: Path) -> tuple[dict[str, Any], dict[str, dict[str, float | None]]]:
    """The header and the figures of a baseline.

    Raises:
        UsageError: for a file that is none.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf8"))
        asked, figures = stored["run"], stored["figures"]
        if not all(isinstance(asked[name], str) for name in ("dataset", "dataset_hash", "engine")):
            raise TypeError
        return asked, {name: dict(values) for name, values in figures.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{path} is no baseline", "make one with `footnote eval baseline`") from None


def _check_same(asked: dict[str, Any], questions: str, baseline: Path) -> None:
    if asked["dataset_hash"] != questions:
        raise UsageError(
            f"{baseline} was made with other questions ({asked['dataset_hash']}, not {questions})",
            "make a new one with `footnote eval baseline`",
        )


def _asked_now(assistant: Assistant, questions: Sequence[Question]) -> list[Record]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return ask_all(assistant, questions, Run(Path(folder)))
