"""Listings and counts: borderline papers count neither for nor against. A refused survey lists nothing."""

from __future__ import annotations

from eval.metrics.score import Metric
from eval.records import Record


def precision(record: Record) -> float | None:
    """The share of listed papers that are gold, in [0, 1]; undefined where nothing is listed."""
    listed, gold = _sets(record)
    return len(listed & gold) / len(listed) if listed and gold is not None else None


def recall(record: Record) -> float | None:
    """The share of gold papers that are listed, in [0, 1]."""
    listed, gold = _sets(record)
    return len(listed & gold) / len(gold) if gold else None


def f1(record: Record) -> float | None:
    """2 |listed ∩ gold| / (|listed| + |gold|), in [0, 1]."""
    listed, gold = _sets(record)
    return 2 * len(listed & gold) / (len(listed) + len(gold)) if gold else None


def count_error(record: Record) -> float | None:
    """How far the count lies outside what is right (gold, up to gold and borderline), in papers; lower is better."""
    if record.question.kind != "count":
        return None
    low = len(record.question.gold)
    high = low + len(record.question.borderline)
    listed = len(record.answer.papers)
    return float(max(low - listed, listed - high, 0))


def _sets(record: Record) -> tuple[set[str], set[str]]:
    if record.question.kind not in ("survey", "count"):
        return set(), set()
    listed = set() if record.answer.abstained else set(record.answer.papers)
    return listed - set(record.question.borderline), set(record.question.gold)


METRICS = [
    Metric("survey: precision", precision),
    Metric("survey: recall", recall),
    Metric("survey: F1", f1, headline=True),
    Metric("count: error", count_error, better=-1, share=False),
]
