"""Every metric, and all of them over a set of records, whole or sliced."""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics import abstention, citations, expense, facts, groundedness, retrieval, surveys
from eval.metrics.score import Metric, Result, result
from eval.records import Record

METRICS: list[Metric] = [
    *retrieval.METRICS,
    *facts.METRICS,
    *citations.METRICS,
    *groundedness.METRICS,
    *abstention.METRICS,
    *surveys.METRICS,
    *expense.METRICS,
]


def results(records: Sequence[Record]) -> list[Result]:
    """All metrics over the records, in their order."""
    return [result(metric, records) for metric in METRICS]


def sliced(records: Sequence[Record], by: str) -> dict[str, list[Result]]:
    """All metrics by the values of a field of the question (`kind`, `lang`, `split`, `reason`, `survey`)."""
    values = dict.fromkeys(str(getattr(record.question, by)) for record in records)
    return {value: results([r for r in records if str(getattr(r.question, by)) == value]) for value in values if value}


__all__ = ["METRICS", "Metric", "Result", "result", "results", "sliced"]
