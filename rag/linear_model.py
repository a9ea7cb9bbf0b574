"""A weighted sum of named features: most learned decisions in Footnote are one, and their weights can be read.

The weights are JSON files in `rag/weights`, trained by `eval.training` on questions split by paper.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from rag.errors import FootnoteError


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights `(features,)` and a bias; `threshold` is the probability at which the decision turns."""

    weights: NDArray[np.float32]
    bias: float = 0.0
    threshold: float = 0.5

    def score(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """`(rows,)` sums for features `(rows, features)`."""
        score: NDArray[np.float32] = np.asarray(table, dtype=np.float32) @ self.weights + np.float32(self.bias)
        return score

    def probability(self, table: NDArray[np.float32]) -> NDArray[np.float32]:
        """`(rows,)` logistic probabilities of the sums."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.score(table), -60, 60))), dtype=np.float32)


@cache
def trained(name: str, features: Sequence[str], keyworded: bool = False) -> LinearModel:
    """The model that ships as `weights/<name>.json`, its weights in the order of `features`; `keyworded`: the one of
    that name for papers that were ranked by their keywords, too.

    Raises:
        FootnoteError: when it was trained on other features.
    """
    name = f"{name}_keywords" if keyworded else name
    stored = json.loads(files("rag.weights").joinpath(f"{name}.json").read_text(encoding="utf8"))
    weights: dict[str, float] = stored["weights"]
    if set(weights) != set(features):
        odd = sorted(set(weights) ^ set(features))
        raise FootnoteError(
            f"weights/{name}.json and the code disagree about {odd}", "run `python -m eval.training --pages FOLDER`"
        )
    ordered = np.asarray([weights[feature] for feature in features], dtype=np.float32)
    return LinearModel(ordered, float(stored["bias"]), float(stored["threshold"]))
