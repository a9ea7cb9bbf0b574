"""Where the reader comes from: weights of our own in int8, the encoder's word vectors, and a graph built of both once.

`rag/weights/reader.safetensors` holds the matrices as codes with one scale an output channel, already smoothed
(`rag.embedding.smoothing`), the norms and biases, the positions, and the heads. Word vectors were not trained further,
so the encoder's are used and need not be shipped twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedding.weights import WORDS, Graph, keep, kept, with_tokenizer, word_vectors

WINDOW = 512  # word pieces of question, title and text together; what the network has positions for
_FILE = "reader.safetensors"
_TYPES = "embeddings.token_type_embeddings.weight"
_POSITIONS = "embeddings.position_embeddings.weight"
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
    name = f"reader-int8-1-{_digest()[:8]}"
    path = kept(folder, name) or keep(folder, name, _built)
    return Graph(name, path, True), Heads.of(shipped("heads."))


def packed(weights: Mapping[str, Array], heads: Mapping[str, Array]) -> dict[str, Array]:
    """What is shipped of smoothed `weights` and of the heads, named as in `Heads`."""
    from rag.embedding.graph import quantised

    made: dict[str, Array] = {f"heads.{name}": np.asarray(values, np.float32) for name, values in heads.items()}
    placed = weights[_POSITIONS][:WINDOW] + weights[_TYPES][0]
    for name, values in ({**weights, _POSITIONS: placed}).items():
        if name in (WORDS, _TYPES) or not name.startswith(("encoder.", "embeddings.")) or name.endswith("position_ids"):
            continue
        if name.endswith(".weight") and values.ndim == 2 and "embeddings" not in name:
            codes, scales = quantised(values.T)
            made[f"{name}.codes"], made[f"{name}.scales"] = np.ascontiguousarray(codes), scales
        else:
            made[name] = values.astype(np.float16 if values.ndim == 2 else np.float32)
    return made


def unpacked(words: Array) -> dict[str, Array]:
    """The shipped weights in floating point beside the encoder's word vectors, under the names that `packed` takes."""
    codes = shipped()
    weights: dict[str, Array] = {WORDS: words, _TYPES: np.zeros((2, words.shape[1]), dtype=np.float32)}
    for name, values in codes.items():
        if name.endswith(".codes"):
            base = name.removesuffix(".codes")
            weights[base] = (values.astype(np.float32) * codes[f"{base}.scales"]).T
        elif not name.endswith(".scales") and not name.startswith("heads."):
            weights[name] = values.astype(np.float32)
    return weights


def shipped(prefix: str = "") -> dict[str, Array]:
    """The shipped arrays whose names start so."""
    from safetensors import safe_open

    with as_file(files("rag.weights").joinpath(_FILE)) as path, safe_open(path, "np") as opened:
        return {name: opened.get_tensor(name) for name in opened.keys() if name.startswith(prefix)}  # noqa: SIM118


def _built() -> Any:
    from rag.embedding.graph import build

    words, tokenizer = word_vectors()
    return with_tokenizer(build(unpacked(words), window=WINDOW), tokenizer)


@cache
def _digest() -> str:
    return hashlib.sha256(files("rag.weights").joinpath(_FILE).read_bytes()).hexdigest()
