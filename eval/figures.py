"""`python -m eval.figures RUN`: the first table of `docs/figures.md`, from a run of the test questions.

`footnote eval` prints every metric over all questions for which it is defined; the table has some of them over the
questions that they are about. RUN is a name or a folder.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from statistics import median

from eval.metrics import abstention, facts, retrieval, surveys
from eval.metrics.expense import percentile
from eval.metrics.score import Metric, Result, result
from eval.records import Record
from eval.runs import located
from eval.schema import Question
from rag.settings import load_settings


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m eval.figures", description=main.__doc__)
    parser.add_argument("run")
    records = located(load_settings().home, parser.parse_args().run).records()
    for name, found in figures(records):
        if found.mean is not None and found.low is not None and found.high is not None:
            half = max(found.high - found.mean, found.mean - found.low)
            print(f"| {name} ({found.denominator}) | {found.mean:.3f} ± {half:.3f} |")
    answered = [len(r.answer.text) for r in records if r.question.single and not r.answer.abstained]
    print(f"| characters of such an answer, median | {median(answered or [0]):.0f} |")
    middle, most = (1000 * percentile(records, share) for share in (0.5, 0.95))
    print(f"| milliseconds an answer, p50 / p95 | {middle:.0f} / {most:.0f} |")


def figures(records: Sequence[Record]) -> list[tuple[str, Result]]:
    """The rows with their figures."""
    return [
        (name, result(metric, [record for record in records if about(record.question)]))
        for name, metric, about in _ROWS
    ]


def counted(record: Record) -> float | None:
    """1 where the number of papers listed is one that is right, else 0; undefined for what is no count."""
    error = surveys.count_error(record)
    return None if error is None else float(error == 0)


def _listing(question: Question, how: str) -> bool:
    return question.kind == "survey" and question.survey == how


_MEASURED = {metric.name: metric for metric in retrieval.METRICS}
_ROWS: tuple[tuple[str, Metric, Callable[[Question], bool]], ...] = (
    ("right paper first in retrieval", _MEASURED["success@1"], lambda q: True),
    ("right paper among five", _MEASURED["success@5"], lambda q: True),
    ("all facts, from one paper", Metric("", facts.all_vital), lambda q: q.single),
    ("both sides of a comparison, with their facts", Metric("", facts.all_vital), lambda q: q.kind == "compare"),
    ("F1 of a listing by term", Metric("", surveys.f1), lambda q: _listing(q, "mentions")),
    ("F1 of a listing by topic", Metric("", surveys.f1), lambda q: _listing(q, "topic")),
    ("counts right, borderline papers allowed for", Metric("", counted), lambda q: True),
    ("unanswerable refused", Metric("", abstention.refused), lambda q: True),
    ("answerable wrongly refused", Metric("", abstention.wrongly_refused), lambda q: True),
)

if __name__ == "__main__":
    main()
