"""Two runs over the same questions: what changed, and is it more than chance?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from eval.metrics import METRICS, Metric
from eval.metrics.facts import all_vital
from eval.metrics.score import by_group, interval
from eval.records import Record
from rag.errors import UsageError

_SHUFFLES = 5000
_SEED = 20252
_SIGNIFICANT = 0.05
_FEWEST = 6  # papers: all of them changing for the worse come to p = 2 / 2**6
_NEGLIGIBLE = 1e-6


@dataclass(frozen=True, slots=True)
class Change:
    """A metric before and after, over the `n` questions where both define it, on as many `papers`: the difference with
    its 95% paired bootstrap interval, and the p-value of a two-sided randomisation test (Fisher; 5,000 sign flips); for
    both, what stands on one paper stays together."""

    metric: Metric
    before: float
    after: float
    low: float
    high: float
    p: float
    n: int
    papers: int

    def __str__(self) -> str:
        return (
            f"{self.metric.name:30} {self.before:8.3f} → {self.after:8.3f}  {self.difference:+.3f} "
            f"[{self.low:+.3f}, {self.high:+.3f}]  p={self.p:.3f}  n={self.n}  {self.verdict}"
        )

    @property
    def difference(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def verdict(self) -> str:
        """ "better", "worse", "no difference shown", or "too few to tell" where no difference at all could show."""
        if self.papers < _FEWEST:
            return "too few to tell"
        if self.p >= _SIGNIFICANT or self.metric.better == 0 or abs(self.difference) < _NEGLIGIBLE:
            return "no difference shown"
        return "better" if self.difference * self.metric.better > 0 else "worse"


@dataclass(frozen=True, slots=True)
class Flip:
    """A question whose outcome changed: answered, refused, right, wrong."""

    question: str
    before: str
    after: str


def changes(before: Sequence[Record], after: Sequence[Record]) -> list[Change]:
    """Every metric that both define somewhere.

    Raises:
        UsageError: as `paired`.
    """
    pairs = paired(before, after)
    return [change for metric in METRICS if (change := _change(metric, pairs)) is not None]


def flips(before: Sequence[Record], after: Sequence[Record]) -> list[Flip]:
    """The questions whose outcome differs."""
    return [
        Flip(a.question.question, outcome(a), outcome(b)) for a, b in paired(before, after) if outcome(a) != outcome(b)
    ]


def outcome(record: Record) -> str:
    """One word or two for what became of a question."""
    if record.error:
        return "error"
    if record.answer.abstained:
        return "refused" if record.question.answerable else "rightly refused"
    if not record.question.answerable:
        return "wrongly answered"
    right = all_vital(record)
    return "answered" if right is None else "right" if right else "wrong"


def baseline_of(records: Sequence[Record]) -> dict[str, dict[str, float | None]]:
    """Headline figures by question: by metric, then by the question's id. Small enough to keep beside the code."""
    return {
        metric.name: {record.question.id: metric.of(record) for record in records}
        for metric in METRICS
        if metric.headline
    }


def since(baseline: Mapping[str, Mapping[str, float | None]], after: Sequence[Record]) -> list[Change]:
    """What changed in the headline figures since a baseline.

    Raises:
        UsageError: when the baseline knows none of the questions.
    """
    found: list[Change] = []
    for metric in METRICS:
        before = baseline.get(metric.name, {})
        known = [r for r in after if r.question.id in before]
        pairs = [(before[r.question.id], metric.of(r)) for r in known]
        change = _changed(metric, pairs, [r.question.group for r in known])
        if change is not None:
            found.append(change)
    if not found:
        raise UsageError("the baseline knows none of these questions", "make one with `footnote eval baseline`")
    return found


def drops(changed: Sequence[Change]) -> list[Change]:
    """Headline metrics that got significantly worse: what a gate fails on."""
    return [change for change in changed if change.metric.headline and change.verdict == "worse"]


def paired(before: Sequence[Record], after: Sequence[Record]) -> list[tuple[Record, Record]]:
    """The records of the questions that both runs asked.

    Raises:
        UsageError: when there is none, or one id stands for two questions.
    """
    old = {record.question.id: record for record in before}
    pairs = [(old[record.question.id], record) for record in after if record.question.id in old]
    if not pairs:
        raise UsageError("the two runs have no question in common", "compare runs over the same dataset")
    other = next((a.question.id for a, b in pairs if a.question.question != b.question.question), None)
    if other is not None:
        raise UsageError(f"the two runs ask different things as {other!r}", "compare runs over the same dataset")
    return pairs


def together(changed: Sequence[Change]) -> dict[str, float]:
    """The p-values of the headline figures reckoned as one family (Holm, 1979): the chance that any of them would move
    so far if none had changed."""
    ordered = sorted((change for change in changed if change.metric.headline), key=lambda change: change.p)
    found: dict[str, float] = {}
    worst = 0.0
    for place, change in enumerate(ordered):
        worst = max(worst, min(1.0, change.p * (len(ordered) - place)))
        found[change.metric.name] = worst
    return found


def _change(metric: Metric, pairs: Sequence[tuple[Record, Record]]) -> Change | None:
    values = [(metric.of(a), metric.of(b)) for a, b in pairs]
    return _changed(metric, values, [b.question.group for _, b in pairs])


def _changed(
    metric: Metric, values: Sequence[tuple[float | None, float | None]], groups: Sequence[str]
) -> Change | None:
    known = [(a, b, group) for (a, b), group in zip(values, groups, strict=True) if a is not None and b is not None]
    if not known:
        return None
    before, after = (np.asarray([row[side] for row in known], dtype=np.float64) for side in (0, 1))
    papers = [group for _, _, group in known]
    low, high = interval(after - before, papers)
    p = randomised(after - before, papers)
    count = len(by_group(after, papers)[0])
    return Change(metric, float(before.mean()), float(after.mean()), low, high, p, len(known), count)


def randomised(difference: np.ndarray, groups: Sequence[str] | None = None) -> float:
    """The two-sided p-value of paired differences `(n,)` under random signs, one for each group, 1 where all are 0."""
    sums, _ = by_group(difference, groups)
    observed = abs(sums.sum())
    if observed <= _NEGLIGIBLE:
        return 1.0
    signs = np.random.default_rng(_SEED).choice([-1.0, 1.0], size=(_SHUFFLES, len(sums)))
    extreme = np.abs(signs @ sums) >= observed - 1e-9
    return float((extreme.sum() + 1) / (_SHUFFLES + 1))
