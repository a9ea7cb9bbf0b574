"""Fitting boosted trees with scikit-learn, and writing them down as plain arrays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.boosted_trees import BoostedTrees, held_out, unpacked

Stored = dict[str, Any]


def fit_trees(
    table: NDArray[np.floating], truth: NDArray[np.bool_], weights: NDArray[np.float64], *, trees: int, depth: int
) -> Stored:
    """Trees for the probability of `truth`, in the form that `rag.boosted_trees` reads, threshold 0.5."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    model: Any = HistGradientBoostingClassifier(
        max_depth=depth, max_iter=trees, learning_rate=0.08, min_samples_leaf=30, l2_regularization=1.0, random_state=0
    )
    model.fit(np.asarray(table, dtype=np.float32), truth, sample_weight=weights)
    grown = [predictor[0].nodes for predictor in model._predictors]
    width = max(len(nodes) for nodes in grown)
    stored: Stored = {"depth": depth, "bias": float(model._baseline_prediction.ravel()[0]), "threshold": 0.5}
    for name in ("feature", "cut", "left", "right", "value"):
        stored[name] = [_padded(_column(nodes, name), width) for nodes in grown]
    return stored


def predict(stored: Stored, table: NDArray[np.floating]) -> NDArray[np.float32]:
    """`(rows,)` probabilities, by the code that ships."""
    trees: BoostedTrees = unpacked(stored)
    return trees.probability(np.asarray(table, dtype=np.float32))


@contextmanager
def using(name: str, stored: Stored) -> Iterator[None]:
    """Within the block the package decides by these trees, not by those that ship."""
    with held_out(name, unpacked(stored)):
        yield


def _column(nodes: Any, name: str) -> list[float]:
    leaf = nodes["is_leaf"].astype(bool)
    if name == "feature":
        return [-1 if is_leaf else int(index) for is_leaf, index in zip(leaf, nodes["feature_idx"], strict=True)]
    if name == "cut":
        return [0.0 if is_leaf else _cut(cut) for is_leaf, cut in zip(leaf, nodes["num_threshold"], strict=True)]
    if name == "value":
        return [round(float(value), 5) if is_leaf else 0.0 for is_leaf, value in zip(leaf, nodes["value"], strict=True)]
    return [int(child) for child in nodes[name]]


def _cut(cut: float) -> float:
    return float(f"{min(max(float(cut), -1e6), 1e6):.6g}")


def _padded(column: list[float], width: int) -> list[float]:
    return column + [-1 if column and isinstance(column[0], int) else 0.0] * (width - len(column))
