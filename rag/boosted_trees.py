"""Gradient-boosted trees in plain arrays, for decisions where one bad sign must outweigh all good ones.

A linear model adds signals up, so that nine good ones pay for a wrong figure; a tree can ask for the figure
first. Trained with scikit-learn's histogram gradient boosting (Friedman, "Greedy function approximation",
2001; `eval.training`), kept as JSON in `rag/weights`, a few hundred short trees at most.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import FootnoteError


@dataclass(frozen=True, slots=True)
class BoostedTrees:
    """`feature`, `cut`, `left`, `right`, `value` are `(trees, nodes)`; a leaf has feature -1 and points to itself.

    A row goes left where its feature is at most the cut. `threshold` is the probability at which the decision turns.
    """

    feature: NDArray[np.int64]
    cut: NDArray[np.float32]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float32]
    depth: int
    bias: float
    threshold: float

    def probability(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """`(rows,)` logistic probabilities for features `(rows, features)`."""
        trees = np.arange(len(self.feature))[None, :]
        node = np.zeros((len(table), len(self.feature)), dtype=np.int64)
        rows = np.arange(len(table))[:, None]
        for _ in range(self.depth):
            feature = self.feature[trees, node]
            below = table[rows, np.maximum(feature, 0)] <= self.cut[trees, node]
            onward = np.where(below, self.left[trees, node], self.right[trees, node])
            node = np.where(feature < 0, node, onward)
        score = self.value[trees, node].sum(axis=1) + self.bias
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(score, -60, 60))), dtype=np.float32)


def grown(name: str, features: Sequence[str]) -> BoostedTrees:
    """The trees that ship as `weights/<name>.json`.

    Raises:
        FootnoteError: when they were trained on other features.
    """
    return _held_out.get(name) or _shipped(name, tuple(features))


@contextmanager
def held_out(name: str, trees: BoostedTrees) -> Iterator[None]:
    """Within the block other trees take the place of those that ship: cross-validation needs it."""
    _held_out[name] = trees
    try:
        yield
    finally:
        del _held_out[name]


_held_out: dict[str, BoostedTrees] = {}


@cache
def _shipped(name: str, features: tuple[str, ...]) -> BoostedTrees:
    stored = json.loads(files("rag.weights").joinpath(f"{name}.json").read_text(encoding="utf8"))
    if tuple(stored["features"]) != features:
        odd = sorted(set(stored["features"]) ^ set(features))
        raise FootnoteError(
            f"weights/{name}.json and the code disagree about {odd}", "run `python -m eval.training --pages FOLDER`"
        )
    return unpacked(stored)


def unpacked(stored: Mapping[str, Any]) -> BoostedTrees:
    """The trees in what `eval.training` writes."""
    whole = [np.asarray(stored[name], dtype=np.int64) for name in ("feature", "left", "right")]
    real = [np.asarray(stored[name], dtype=np.float32) for name in ("cut", "value")]
    return BoostedTrees(
        feature=whole[0],
        cut=real[0],
        left=whole[1],
        right=whole[2],
        value=real[1],
        depth=int(stored["depth"]),
        bias=float(stored["bias"]),
        threshold=float(stored["threshold"]),
    )
