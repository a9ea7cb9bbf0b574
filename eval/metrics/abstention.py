"""Does it refuse what it must, and only that? Read from `answer.abstained`, never from phrases."""

from __future__ import annotations

from eval.metrics.facts import all_vital
from eval.metrics.score import Metric
from eval.records import Record


def refused(record: Record) -> float | None:
    """Recall of abstention: 1 where an unanswerable question is refused; undefined for answerable ones."""
    return float(record.answer.abstained) if not record.question.answerable else None


def rightly_refused(record: Record) -> float | None:
    """Precision of abstention: 1 where a refused question is unanswerable; undefined where it was answered."""
    return float(not record.question.answerable) if record.answer.abstained else None


def wrongly_refused(record: Record) -> float | None:
    """1 where an answerable question is refused; undefined for unanswerable ones; lower is better."""
    return float(record.answer.abstained) if record.question.answerable else None


def truthfulness(record: Record) -> float | None:
    """After CRAG (Yang et al., 2024), in [-1, 1]: +1 for a right answer, 0 for a refusal, -1 for a wrong one, which any
    answer to an unanswerable question is. Undefined where nothing tells right from wrong, refused or not."""
    right = all_vital(record) if record.question.answerable else 0.0
    if right is None:
        return None
    return 0.0 if record.answer.abstained else 1.0 if right else -1.0


METRICS = [
    Metric("abstention: recall", refused, headline=True),
    Metric("abstention: precision", rightly_refused),
    Metric("abstention: wrongly refused", wrongly_refused, better=-1, headline=True),
    Metric("truthfulness", truthfulness, headline=True, share=False),
]
