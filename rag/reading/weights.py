"""Where the reader comes from: weights of our own (`rag.embedding.shipped`), a graph built once of them and of the
published word vectors, and the heads that stand on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedding.shipped import POSITIONS, READER, shipped
from rag.embedding.weights import Graph, built

WINDOW = POSITIONS  # word pieces of question, title and text together
_UNREAD = -9.0  # the score of a sentence that did not fit

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Heads:
    """What is computed from the network's states: a hidden layer `(384, 384)` on the first state and three scores of it
    `(3, 384)`; one score `(384,)` of a sentence's mean state."""

    hidden: Array
    hidden_bias: Array
    scores_of: Array
    scores_bias: Array
    sentence: Array
    sentence_bias: float

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> Heads:
        """Those among the shipped weights."""
        hidden, bias = arrays["heads.hidden"], arrays["heads.hidden_bias"]
        scores, scores_bias = arrays["heads.scores"], arrays["heads.scores_bias"]
        return cls(hidden, bias, scores, scores_bias, arrays["heads.sentence"], float(arrays["heads.sentence_bias"][0]))

    def scores(self, states: Array, spans: Sequence[tuple[int, int]]) -> tuple[Array, NDArray[np.float32]]:
        """The three scores for states `(n, 384)`, and one for each sentence at `spans`."""
        hidden = np.tanh(self.hidden @ states[0] + self.hidden_bias)
        means = [states[start:end].mean(axis=0) @ self.sentence if end > start else None for start, end in spans]
        evidence = [_UNREAD if mean is None else float(mean) + self.sentence_bias for mean in means]
        return self.scores_of @ hidden + self.scores_bias, np.asarray(evidence, dtype=np.float32)


def find_reader(folder: Path) -> tuple[Graph, Heads]:
    """The reader's graph, out of `folder`, built there first where it is not; and its heads."""
    graph = built(folder, "reader-int8-1", READER, WINDOW)
    return graph, Heads.of(shipped(READER, "heads."))
