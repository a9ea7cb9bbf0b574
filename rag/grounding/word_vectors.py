"""The words of a text with a vector each: the mean of its word pieces' vectors, which hold its context."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.embedding import TokenVectors
from rag.text.words import stem

_WORD = re.compile(r"[^\W\d_][^\W_]*(?:['’]\w+)?|\d[\d.,]*")


@dataclass(frozen=True, slots=True)
class Words:
    """Words in order: `texts` as written, `stems` of them in lower case, `starts` and `ends` their offsets, `vectors`
    `(n, d)` of unit length, rows of zeros where nothing was encoded."""

    texts: tuple[str, ...]
    stems: NDArray[np.str_]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    vectors: NDArray[np.float32]


def words_with_vectors(text: str, tokens: TokenVectors) -> Words:
    """The words of `text`, whose word pieces are `tokens` with offsets in it."""
    texts, stems, starts, ends = _cut(text)
    vectors = np.zeros((len(texts), tokens.vectors.shape[1]), dtype=np.float32)
    if len(texts) and len(tokens.vectors):
        owner = np.searchsorted(starts, tokens.offsets[:, 0], side="right") - 1
        inside = (owner >= 0) & (tokens.offsets[:, 0] < ends[np.maximum(owner, 0)])
        np.add.at(vectors, owner[inside], tokens.vectors[inside])
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return Words(texts, stems, starts, ends, vectors)


@lru_cache(maxsize=2048)
def _cut(text: str) -> tuple[tuple[str, ...], NDArray[np.str_], NDArray[np.int64], NDArray[np.int64]]:
    """Words, stems, starts and ends."""
    found = list(_WORD.finditer(text))
    texts = tuple(match.group() for match in found)
    stems = np.asarray([stem(word.casefold()) for word in texts], dtype=np.str_)
    starts = np.asarray([match.start() for match in found], dtype=np.int64)
    ends = np.asarray([match.end() for match in found], dtype=np.int64)
    return texts, stems, starts, ends
