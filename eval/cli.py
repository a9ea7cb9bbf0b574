"""`footnote eval`: run, compare, gate, report, and the harness's tests of itself."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from eval import compare as comparing
from eval import report as reporting
from eval.metrics import results, sliced
from eval.metrics.expense import percentile
from eval.records import Record
from eval.runner import run as ask_all
from eval.runs import Header, Run, code_revision, found, hash_of, located
from eval.schema import Question, bundled, load
from rag.assistant import Assistant
from rag.errors import UsageError
from rag.settings import Settings, load_settings

app = typer.Typer(
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Measure the answers, compare runs, and find where they fail. Without a command: a run.",
)
_SECRET = ("key", "home", "store", "prompts")
Data = Annotated[Path, typer.Option(help="folder of third-party data with human labels")]


def main(words: Sequence[str]) -> int:
    """Run the command that `words` name; its exit code."""
    known = {command.name or "" for command in app.registered_commands}
    first = next((word for word in words if not word.startswith("-")), "")
    given = list(words) if first in known or "--help" in words[:1] else ["run", *words]
    return int(app(args=given, prog_name="footnote eval", standalone_mode=False) or 0)


@app.command("run")
def run(
    dataset: Annotated[str, typer.Option(help="`test`, `train`, or a JSON Lines file")] = "test",
    engine: Annotated[str, typer.Option(help="`extractive`, or `llm` as configured")] = "extractive",
    slice_: Annotated[list[str] | None, typer.Option("--slice", help="only where FIELD=VALUE; repeatable")] = None,
    workers: Annotated[int, typer.Option(help="questions at once")] = 1,
    name: Annotated[str, typer.Option(help="of the run; a killed run of this name goes on")] = "",
    pages: Annotated[Path | None, typer.Option(help="papers to ingest first; without: what the index holds")] = None,
    html: Annotated[Path | None, typer.Option(help="file for the report")] = None,
    by: Annotated[str, typer.Option(help="print figures by this field too: kind, lang, reason")] = "",
) -> int:
    """Ask every question of a dataset; print the figures; keep the run."""
    questions = chosen(dataset, slice_ or ())
    assistant, settings = _assistant(engine, pages)
    header = _header(dataset, questions, engine, assistant, settings)
    kept = Run(settings.home / "eval" / (name or time.strftime("%Y%m%d-%H%M%S")))
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


@app.command("runs")
def runs() -> int:
    """List the runs there are."""
    for kept in found(load_settings().home):
        header = kept.header()
        print(f"{kept.name:24} {header['engine']:12} {header['dataset']:12} {len(kept.records()):5} questions")
    return 0


@app.command("report")
def report(
    name: Annotated[str, typer.Argument(help="a run")],
    out: Annotated[Path, typer.Option(help="file; .html, .md or .json says what")] = Path("report.html"),
    beside: Annotated[list[str] | None, typer.Option(help="another run to stand beside it; repeatable")] = None,
) -> int:
    """Write the report of a run."""
    home = load_settings().home
    kept = located(home, name)
    header, records = kept.header(), kept.records()
    others = {other: located(home, other).records() for other in beside or ()}
    kinds = {".md": reporting.as_markdown, ".json": reporting.as_json}
    text = kinds[out.suffix](records, header) if out.suffix in kinds else reporting.as_html(records, header, others)
    out.write_text(text, encoding="utf8")
    print(out)
    return 0


@app.command("compare")
def compare(before: str, after: str, flips: Annotated[int, typer.Option(help="flipped questions shown")] = 20) -> int:
    """Say what changed from one run to another, and whether it is more than chance."""
    home = load_settings().home
    old, new = located(home, before).records(), located(home, after).records()
    changed = comparing.changes(old, new)
    for change in changed:
        if change.difference or change.metric.headline:
            print(
                f"{change.metric.name:30} {change.before:8.3f} → {change.after:8.3f}  {change.difference:+.3f} "
                f"[{change.low:+.3f}, {change.high:+.3f}]  p={change.p:.3f}  n={change.n}  {change.verdict}"
            )
    turned = comparing.flips(old, new)
    print(f"\n{len(turned)} questions have another outcome")
    for flip in turned[:flips]:
        print(f"  {flip.before} → {flip.after}: {flip.question}")
    worse = comparing.drops(changed)
    print(
        "\nverdict: " + ("worse in " + ", ".join(c.metric.name for c in worse) if worse else "no headline figure fell")
    )
    return 0


@app.command("baseline")
def baseline(
    name: Annotated[str, typer.Argument(help="a run")],
    out: Annotated[Path, typer.Option(help="file")],
) -> int:
    """Write down the headline figures of a run, question by question, for a gate."""
    import json

    kept = located(load_settings().home, name)
    records = kept.records()
    asked = kept.header()
    figures = comparing.baseline_of(records)
    out.write_text(json.dumps({"run": asked, "figures": figures}) + "\n", encoding="utf8")
    print(f"{len(records)} questions in {out}")
    return 0


@app.command("gate")
def gate(
    against: Annotated[Path, typer.Option("--baseline", help="what `footnote eval baseline` wrote")],
    name: Annotated[str, typer.Option(help="the run to look at; without: ask the baseline's dataset now")] = "",
) -> int:
    """Exit with 1 where a headline figure fell significantly below a baseline."""
    import json

    try:
        stored = json.loads(against.read_text(encoding="utf8"))
        dataset, engine, figures = stored["run"]["dataset"], stored["run"]["engine"], stored["figures"]
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(f"{against} is no baseline", "make one with `footnote eval baseline`") from None
    settings = load_settings()
    if name:
        records = located(settings.home, name).records()
    else:
        assistant, _ = _assistant("extractive" if engine == "extractive" else "llm", None)
        records = _asked_now(assistant, chosen(dataset, ()))
    changed = comparing.since(figures, records)
    for change in changed:
        moved = f"{change.before:.3f} → {change.after:.3f}"
        print(f"{change.metric.name:30} {moved}  p={change.p:.3f}  n={change.n}  {change.verdict}")
    worse = comparing.drops(changed)
    print("gate: " + ("closed" if worse else f"open ({len(records)} questions)"))
    return 1 if worse else 0


@app.command("faults")
def faults() -> int:
    """Plant known faults in good answers, and say how many the figures notice."""
    from eval.faults import detections, false_alarms, good_answers

    records = good_answers()
    print(f"{len(records)} good answers; share of planted faults that move their own figure, with 95% intervals")
    hits, tried = 0.0, 0
    for found_ in detections(records):
        print(found_)
        hits, tried = hits + found_.share * found_.n, tried + found_.n
    print(f"{'all faults':34} {hits / tried:6.3f}  n={tried}\n\nharmless rewrites that move a figure")
    for alarm in false_alarms(records):
        print(alarm)
    return 0


@app.command("checker")
def checker(data: Data) -> int:
    """Say how far the grounding checker agrees with people's labels."""
    from eval.checker import scifact

    for found_ in scifact(data):
        print(found_)
    return 0


@app.command("agreement")
def agreement(data: Data) -> int:
    """Say how far answer metrics agree with people's preferences."""
    from eval.agreement import ragchecker

    for found_ in ragchecker(data):
        print(found_)
    return 0


@app.command("judge")
def judge(name: Annotated[str, typer.Argument(help="a run")], limit: int = 50) -> int:
    """Have the configured language model judge a run, and say how far it agrees with the local figures."""
    from eval.judges import agreement as agreeing
    from eval.judges import judged
    from rag.chat_model import load_chat_model

    settings = load_settings()
    model = load_chat_model(settings)
    if model is None:
        raise UsageError("no language model is configured", "set FOOTNOTE_LLM, or OPENAI_API_KEY")
    records = located(settings.home, name).records()[:limit]
    judgements = list(judged(records, model, settings.prompts))
    for field in ("correctness", "groundedness", "usefulness"):
        values = [value for j in judgements if (value := getattr(j, field)) is not None]
        shown = f"{sum(values) / len(values):.3f}" if values else "undefined"
        print(f"{field:14} {shown}  n={len(values)} of {len(records)}")
    for what, (correlation, n) in agreeing(records, judgements).items():
        print(f"agreement of {what}: Pearson {correlation:.3f}, n={n}")
    return 0


@app.command("validate")
def validate(path: Path) -> int:
    """Check a dataset's rows, titles and facts against the papers of the index."""
    from eval.validate import faults as wrong

    if not path.is_file():
        raise UsageError(f"{path} is not a file", "give a dataset of JSON Lines")
    assistant, _ = _assistant("extractive", None)
    texts = {paper.title: paper.text for paper in assistant.snapshot.papers()}
    count = 0
    for fault in wrong(path, texts):
        print(f"{path}: {fault}")
        count += 1
    print(f"{count} faults" if count else "sound")
    return 1 if count else 0


@app.command("draft")
def draft(
    out: Annotated[Path, typer.Option(help="file for the proposals")],
    count: Annotated[int, typer.Option(help="questions")] = 50,
    engine: Annotated[str, typer.Option(help="`extractive`: templates; `llm`: the model's wording")] = "extractive",
) -> int:
    """Propose questions on the papers of the index, for a person to accept."""
    import json

    from eval.draft import proposals

    assistant, _ = _assistant(engine, None)
    rows = list(proposals(list(assistant.snapshot.papers()), count, assistant.model, assistant.settings.prompts))
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf8")
    print(f"{len(rows)} proposals in {out}: look through them, then `footnote eval validate {out}`")
    return 0


@app.command("starter")
def starter(
    python: Annotated[Path, typer.Option(help="interpreter that has the starter's packages; see scripts/bench-peer")],
    dataset: Annotated[str, typer.Option(help="`test`, `train`, or a JSON Lines file")] = "test",
    name: Annotated[str, typer.Option(help="of the run")] = "starter",
) -> int:
    """Ask the LlamaIndex starter the same questions over the same papers; keep the run, for a report's second row."""
    from eval.starter import starter_records

    questions = chosen(dataset, ())
    assistant, settings = _assistant("extractive", None)
    kept = Run(settings.home / "eval" / name)
    kept.begin(_header(dataset, questions, "starter", assistant, settings))
    there = {record.question.id for record in kept.records()}
    left = [question for question in questions if question.id not in there]
    for record in starter_records(python, list(assistant.snapshot.papers()), left) if left else ():
        kept.add(record)
    _print(kept.records())
    return 0


@app.command("feedback")
def feedback(
    path: Annotated[Path, typer.Argument(help="lines of feedback from the chat page")],
    out: Annotated[Path, typer.Option(help="file for the rows")],
) -> int:
    """Turn feedback from the chat page into rows of a dataset, for a person to complete."""
    import json

    from eval.feedback import rows

    made = list(rows(path))
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), encoding="utf8")
    print(f"{len(made)} rows in {out}: give each its gold and facts, then `footnote eval validate {out}`")
    return 0


@app.command("export")
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


def chosen(dataset: str, slices: Sequence[str]) -> list[Question]:
    """The questions of a dataset that fit all slices.

    Raises:
        UsageError: for a dataset or slice that makes no sense, or when nothing is left.
    """
    if dataset in ("test", "train"):
        questions = bundled(dataset)
    elif Path(dataset).is_file():
        questions = load(Path(dataset))
    else:
        raise UsageError(f"there is no dataset {dataset!r}", "give test, train, or a JSON Lines file")
    for part in slices:
        name, _, value = part.partition("=")
        name = "kind" if name == "type" else name
        value = {"numeric": "number"}.get(value, value)
        if not value or (questions and not hasattr(questions[0], name)):
            raise UsageError(f"--slice {part!r} makes no sense", "give FIELD=VALUE, as kind=number or lang=de")
        questions = [question for question in questions if str(getattr(question, name)) == value]
    if not questions:
        raise UsageError("no question is left", "look at --dataset and --slice")
    return questions


def _assistant(engine: str, pages: Path | None) -> tuple[Assistant, Settings]:
    from rag.asking import ready
    from rag.ingest import ingest

    if engine not in ("extractive", "llm"):
        raise UsageError(f"there is no engine {engine!r}", "give extractive or llm")
    settings = load_settings(offline=True if engine == "extractive" else None)
    if pages is not None:
        ingest([pages], settings)
    assistant = ready(settings)
    if engine == "llm" and assistant.model is None:
        raise UsageError("no language model is configured", "set FOOTNOTE_LLM, or OPENAI_API_KEY")
    return assistant, settings


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


def _asked_now(assistant: Assistant, questions: Sequence[Question]) -> list[Record]:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return ask_all(assistant, questions, Run(Path(folder)))


def _print(records: Sequence[Record]) -> None:
    for row in results(records):
        print(row)
    failed = [record for record in records if record.error]
    for record in failed[:10]:
        print(f"error: {record.question.id}: {record.error}", file=sys.stderr)
    print(f"seconds an answer, p50 / p95       {percentile(records, 0.5):8.3f} / {percentile(records, 0.95):.3f}")


@contextmanager
def _progress() -> Iterator[Callable[[int, int], None] | None]:
    """The ingest's bar, told of questions; None where there is no terminal."""
    from rag.cli.progress import progress_bar

    with progress_bar() as tell:
        yield (lambda done, total: tell("questions", done, total)) if tell else None
