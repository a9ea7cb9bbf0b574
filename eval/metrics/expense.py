"""What answers cost: seconds by stage, characters, tokens, money."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from eval.metrics.score import Metric
from eval.records import Record

_STAGES = ("plan", "retrieve", "survey", "write", "ground", "total")


def seconds_of(stage: str) -> Metric:
    """Seconds spent in a stage; undefined for answers that did not go through it; lower is better."""
    return Metric(f"seconds: {stage}", lambda record: record.answer.timings.get(stage), better=-1, share=False)


def length(record: Record) -> float | None:
    """Characters of an answer; undefined for refusals."""
    return None if record.answer.abstained else float(len(record.answer.text))


def tokens(record: Record) -> float | None:
    """Tokens read and written by a model; undefined without one."""
    usage = record.answer.usage
    return float(usage.tokens_in + usage.tokens_out) if usage.calls or usage.cached else None


METRICS = [
    *map(seconds_of, _STAGES),
    Metric("characters", length, better=0, share=False),
    Metric("tokens", tokens, better=-1, share=False),
    Metric("cost", lambda record: record.answer.usage.cost, better=-1, share=False),
]


def percentile(records: Sequence[Record], share: float) -> float:
    """The seconds of an answer that `share` of the answers stay within."""
    ordered = sorted(record.seconds for record in records)
    return ordered[max(ceil(len(ordered) * share), 1) - 1] if ordered else 0.0
