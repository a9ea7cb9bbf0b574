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
    are what a gate looks at.
    """

    name: str
    of: Callable[[Record], float | None]
    better: int = 1
    headline: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A metric over records: `numerator / denominator` is `mean` (None where it is defined for none); `n` records in
    all, `undefined` of them left out; `low` and `high` bound a 95% bootstrap interval."""

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
    """The metric over records, with the percentile bootstrap interval over questions (Efron, 1979), 2,000 resamples
    from a fixed seed, so that equal records give equal figures."""
    values = np.asarray([v for record in records if (v := metric.of(record)) is not None], dtype=np.float64)
    if not len(values):
        return Result(metric.name, 0.0, 0, len(records), None, None, None, metric.better, metric.headline)
    low, high = interval(values)
    total, mean = float(values.sum()), float(values.mean())
    return Result(metric.name, total, len(values), len(records), mean, low, high, metric.better, metric.headline)


def interval(values: np.ndarray) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of the means of 2,000 resamples of `(n,)` values."""
    picks = np.random.default_rng(_SEED).integers(0, len(values), size=(_RESAMPLES, len(values)))
    low, high = np.quantile(values[picks].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def wilson(hits: int, of: int, z: float = 1.96) -> tuple[float, float]:
    """The 95% interval of a share (Wilson, 1927)."""
    if not of:
        return 0.0, 1.0
    share = hits / of
    middle, half = share + z * z / (2 * of), z * (share * (1 - share) / of + z * z / (4 * of * of)) ** 0.5
    return (middle - half) / (1 + z * z / of), (middle + half) / (1 + z * z / of)
