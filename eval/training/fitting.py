"""Fitting linear models: listwise softmax for orders, logistic regression for decisions."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
_STEPS, _RATE = 400, 0.5


def fit_listwise(tables: Sequence[Table], gold: Sequence[int], penalty: float) -> NDArray[np.float64]:
    """Weights `(features,)` that put row `gold[i]` of `tables[i]` first: softmax cross-entropy plus an L2
    penalty, minimised with Adam from zero, so that equal input gives equal output."""
    weights = np.zeros(tables[0].shape[1])
    first, second = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, _STEPS + 1):
        gradient = penalty * weights
        for table, row in zip(tables, gold, strict=True):
            score = table @ weights
            share = np.exp(score - score.max())
            gradient = gradient + ((share / share.sum()) @ table - table[row]) / len(tables)
        first, second = 0.9 * first + 0.1 * gradient, 0.99 * second + 0.01 * gradient**2
        rate = _RATE if step < 0.6 * _STEPS else 0.2 * _RATE
        weights = weights - rate * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return weights


def fit_logistic(
    table: Table, truth: NDArray[np.bool_], strength: float, *, balanced: bool = False
) -> tuple[NDArray[np.float64], float]:
    """Weights `(features,)` and bias of a logistic regression on standardised features, folded back."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = table.mean(axis=0), table.std(axis=0)
    spread = np.where(spread > 1e-9, spread, 1.0)
    model: Any = LogisticRegression(C=strength, max_iter=5000, class_weight="balanced" if balanced else None)
    model.fit((table - mean) / spread, truth)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - weights @ mean)


def folds(groups: Sequence[Hashable], count: int = 5) -> NDArray[np.int64]:
    """A fold for each row, equal for equal groups, spread by a fixed hash."""
    import hashlib

    numbers = [int(hashlib.md5(str(group).encode(), usedforsecurity=False).hexdigest(), 16) % count for group in groups]
    return np.asarray(numbers, dtype=np.int64)


def cross_validated(
    rows: int, fold_of: NDArray[np.int64], fit: Callable[[NDArray[np.bool_]], Callable[[int], Any]]
) -> list[Any]:
    """For each row the prediction of a model that `fit` trained on the other folds' rows (a mask)."""
    predicted: list[Any] = [None] * rows
    for fold in np.unique(fold_of):
        predict = fit(fold_of != fold)
        for row in np.flatnonzero(fold_of == fold):
            predicted[row] = predict(int(row))
    return predicted


def sigmoid(score: Any) -> Any:
    """The logistic function."""
    return 1.0 / (1.0 + np.exp(-np.clip(score, -60, 60)))
