"""A metric, and what it came to over many questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from eval.records import Record

_RESAMPLES = 2000
_SEED = 20251


@dataclass(frozen=True, slots=True)
class Metric:
    """A named figure of one record: a number, or None where it is undefined for that question.

    `better` says which way is good: +1 higher, -1 lower, 0 neither. `headline` metrics stand at the top of a report and
    are what a gate looks at. A `share` lies in [0, 1].
    """

    name: str
    of: Callable[[Record], float | None]
    better: int = 1
    headline: bool = False
    share: bool = True

    @property
    def meaning(self) -> str:
        """What it says, as its docstring has it."""
        return " ".join((self.of.__doc__ or "").split())


@dataclass(frozen=True, slots=True)
class Result:
    """A metric over records: `numerator / denominator` is `mean` (None where it is defined for none); `n` records in
    all, `undefined` of them left out; `low` and `high` bound a 95% interval."""

    name: str
    numerator: float
    denominator: int
    n: int
    mean: float | None
    low: float | None
    high: float | None
    better: int = 1
    headline: bool = False

    @property
    def undefined(self) -> int:
        """Records for which the metric is undefined."""
        return self.n - self.denominator

    def __str__(self) -> str:
        if self.mean is None:
            return f"{self.name:34} undefined (n=0 of {self.n})"
        return f"{self.name:34} {self.mean:8.3f}  [{self.low:.3f}, {self.high:.3f}]  n={self.denominator} of {self.n}"


def result(metric: Metric, records: Sequence[Record]) -> Result:
    """The metric over records, with the percentile bootstrap interval over papers (`interval`); a share that is 0 or 1
    throughout, of which a bootstrap would be sure, has Wilson's interval for as many papers. Equal records give equal
    figures."""
    found = [(value, r.question.group) for r in records if (value := metric.of(r)) is not None]
    if not found:
        return Result(metric.name, 0.0, 0, len(records), None, None, None, metric.better, metric.headline)
    values, groups = np.asarray([value for value, _ in found], dtype=np.float64), [group for _, group in found]
    total, mean = float(values.sum()), float(values.mean())
    low, high = interval(values, groups)
    if metric.share and low == high and mean in (0.0, 1.0):
        papers = len(by_group(values, groups)[0])
        low, high = wilson(round(mean * papers), papers)
    return Result(metric.name, total, len(values), len(records), mean, low, high, metric.better, metric.headline)


def interval(values: np.ndarray, groups: Sequence[str] | None = None) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of the means of 2,000 resamples of `(n,)` values (Efron, 1979), one fixed seed.

    Those of a group are drawn together, for questions on one paper are right or wrong together.
    """
    sums, counts = by_group(values, groups)
    picks = np.random.default_rng(_SEED).integers(0, len(sums), size=(_RESAMPLES, len(sums)))
    low, high = np.quantile(sums[picks].sum(axis=1) / counts[picks].sum(axis=1), [0.025, 0.975])
    return float(low), float(high)


def by_group(values: np.ndarray, groups: Sequence[str] | None) -> tuple[np.ndarray, np.ndarray]:
    """The sum and the number of the values of each group; where there is one group alone, or none, of each value."""
    if groups is None or len(set(groups)) == 1:
        return values, np.ones(len(values))
    _, place = np.unique(np.asarray(groups), return_inverse=True)
    return np.bincount(place, weights=values), np.bincount(place).astype(np.float64)


def share(values: Sequence[float]) -> float | None:
    """The mean of ones and zeros; None of nothing."""
    return sum(values) / len(values) if values else None


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The 95% interval of a share (Wilson, 1927)."""
    if not of:
        return 0.0, 1.0
    found = hits / of
    middle, half = found + z * z / (2 * of), z * (found * (1 - found) / of + z * z / (4 * of * of)) ** 0.5
    return max((middle - half) / (1 + z * z / of), 0.0), min((middle + half) / (1 + z * z / of), 1.0)
