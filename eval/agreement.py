"""Do the metrics agree with people? Correlation with human preferences between two answers to a question."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.evidence import content, figures
from rag.errors import UsageError


@dataclass(frozen=True, slots=True)
class Correlation:
    """Pearson and Spearman correlation of a metric's difference with the mean preference of people, over `n` pairs."""

    name: str
    pearson: float
    spearman: float
    n: int

    def __str__(self) -> str:
        return f"{self.name:24} Pearson {self.pearson:6.3f}  Spearman {self.spearman:6.3f}  n={self.n}"


def token_recall(answer: str, reference: str) -> float:
    """The share of the reference's content words and numbers that the answer has, in [0, 1]."""
    wanted = _tokens(reference)
    return len(wanted & _tokens(answer)) / len(wanted) if wanted else 0.0


def token_precision(answer: str, reference: str) -> float:
    """The share of the answer's content words and numbers that the reference has, in [0, 1]."""
    return token_recall(reference, answer)


def token_f1(answer: str, reference: str) -> float:
    """Harmonic mean of the two, in [0, 1] (Rajpurkar et al., 2016, over sets)."""
    precision, recall = token_precision(answer, reference), token_recall(answer, reference)
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


METRICS: dict[str, Callable[[str, str], float]] = {
    "token F1": token_f1,
    "token recall": token_recall,
    "token precision": token_precision,
    "length": lambda answer, _: float(np.log1p(len(answer))),
}


def ragchecker(folder: Path, *, label: str = "overall_label") -> list[Correlation]:
    """The metrics' correlations with the two annotators' mean preference, and the annotators' with each other.

    Raises:
        UsageError: when the folder does not hold the data.
    """
    path = folder / "ragchecker_meta" / "human_labeled_data.json"
    try:
        rows = json.loads(path.read_text(encoding="utf8"))
    except OSError:
        raise UsageError(f"{path} is not there", "give the folder that holds ragchecker_meta/") from None
    pairs: dict[object, list[dict[str, object]]] = {}
    for row in rows:
        pairs.setdefault(row["instance_id"], []).append(row)
    preferred = np.asarray([np.mean([float(str(r[label])) for r in group]) for group in pairs.values()])
    found = []
    for name, metric in METRICS.items():
        differences = np.asarray([_difference(group[0], metric) for group in pairs.values()])
        found.append(_correlation(name, differences, preferred))
    both = [group for group in pairs.values() if len(group) > 1]
    one, other = (np.asarray([float(str(group[i][label])) for group in both]) for i in (0, 1))
    return [*found, _correlation("another person", one, other)]


def _difference(row: dict[str, object], metric: Callable[[str, str], float]) -> float:
    """How much better the second answer is by a metric; people's labels grow towards the second as well."""
    first, second = row["model1"], row["model2"]
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    reference = str(row["gt_answer"])
    return metric(str(second["response"]), reference) - metric(str(first["response"]), reference)


def _correlation(name: str, one: np.ndarray, other: np.ndarray) -> Correlation:
    return Correlation(name, _pearson(one, other), _pearson(_ranks(one), _ranks(other)), len(one))


def _pearson(one: np.ndarray, other: np.ndarray) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def _ranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 0, ties at their mean."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: np.ndarray = ((ends - counts + ends - 1) / 2)[inverse]
    return ranks


def _tokens(text: str) -> frozenset[object]:
    return frozenset(content(text)) | frozenset(figures(text))
