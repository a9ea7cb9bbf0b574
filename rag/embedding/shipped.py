"""Trained weights of our own, as the package ships them: int8 beside the published word vectors.

A file holds the matrices as codes with one scale an output channel, already smoothed (`rag.embedding.smoothing`), the
norms and biases, the positions, and whatever stands on top of the network (`heads.`). Word vectors were not trained
further: the published ones are used, which are installed apart, and so need not be shipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import Any

import numpy as np
from numpy.typing import NDArray

POSITIONS = 512  # word pieces that the network has places for
WORDS = "embeddings.word_embeddings.weight"
_TYPES = "embeddings.token_type_embeddings.weight"
_PLACES = "embeddings.position_embeddings.weight"

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Trained:
    """A file in `rag/weights`, and the first eight hexadecimal digits of its SHA-256: written here, since reading the
    file for them would double what a start reads."""

    file: str
    mark: str


ENCODER = Trained("encoder.safetensors", "2b8af365")
READER = Trained("reader.safetensors", "4d11b6df")


def packed(weights: Mapping[str, Array], heads: Mapping[str, Array] | None = None) -> dict[str, Array]:
    """What is shipped of smoothed `weights`, and of heads by their names."""
    from rag.embedding.graph import quantised

    made: dict[str, Array] = {f"heads.{name}": np.asarray(values, np.float32) for name, values in (heads or {}).items()}
    placed = weights[_PLACES][:POSITIONS] + weights[_TYPES][0]
    for name, values in ({**weights, _PLACES: placed}).items():
        if name in (WORDS, _TYPES) or not name.startswith(("encoder.", "embeddings.")) or name.endswith("position_ids"):
            continue
        if name.endswith(".weight") and values.ndim == 2 and "embeddings" not in name:
            codes, scales = quantised(values.T)
            made[f"{name}.codes"], made[f"{name}.scales"] = np.ascontiguousarray(codes), scales
        else:
            made[name] = values.astype(np.float16 if values.ndim == 2 else np.float32)
    return made


def unpacked(trained: Trained, words: Array) -> dict[str, Array]:
    """The shipped weights in floating point beside the word vectors `(30522, 384)`, under the names that
    `packed` takes."""
    codes = shipped(trained)
    weights: dict[str, Array] = {WORDS: words, _TYPES: np.zeros((2, words.shape[1]), dtype=np.float32)}
    for name, values in codes.items():
        if name.endswith(".codes"):
            base = name.removesuffix(".codes")
            weights[base] = (values.astype(np.float32) * codes[f"{base}.scales"]).T
        elif not name.endswith(".scales") and not name.startswith("heads."):
            weights[name] = values.astype(np.float32)
    return weights


def shipped(trained: Trained, prefix: str = "") -> dict[str, Array]:
    """The shipped arrays whose names start so."""
    from safetensors import safe_open

    with as_file(files("rag.weights").joinpath(trained.file)) as path, safe_open(path, "np") as opened:
        return {name: opened.get_tensor(name) for name in opened.keys() if name.startswith(prefix)}  # noqa: SIM118
