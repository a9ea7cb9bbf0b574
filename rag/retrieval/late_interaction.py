"""Late interaction: how well each word piece of a question is met somewhere in a text.

MaxSim after Khattab & Zaharia, "ColBERT", SIGIR 2020, with the built-in encoder's own token vectors and
each piece of the question weighted by how rare its word is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.snapshot import Snapshot

Similarities = NDArray[np.float32]
"""`(m, ...)`: cosine of each of m question pieces to its best match, in [-1, 1]."""


@dataclass(frozen=True, slots=True)
class Met:
    """For one passage, each question piece's best match in the title `(m,)`, in the whole passage `(m,)`
    and in each of its s sentences `(m, s)`."""

    title: Similarities
    passage: Similarities
    sentences: Similarities


def interact(pieces: NDArray[np.float32], snapshot: Snapshot, passages: list[int]) -> list[Met]:
    """The best matches of `(m, d)` question pieces in each of the passages at these positions."""
    packed = [snapshot.packed_tokens(passage) for passage in passages]
    values = np.concatenate([entry.values for entry in packed]).astype(np.float32)
    scales = np.concatenate([entry.scales for entry in packed])
    similarity = (pieces @ values.T) * scales[None, :]
    met: list[Met] = []
    start = 0
    for passage, entry in zip(passages, packed, strict=True):
        end = start + len(entry.scales)
        met.append(_met(similarity[:, start:end], entry.spans, snapshot, passage))
        start = end
    return met


def _met(similarity: Similarities, spans: NDArray[np.int32], snapshot: Snapshot, passage: int) -> Met:
    starts = np.searchsorted(spans[:, 0], [start for start, _ in snapshot.sentence_spans(passage)])
    in_title = int(np.searchsorted(spans[:, 0], 0))
    none = np.full(len(similarity), -1.0, dtype=np.float32)
    title = similarity[:, :in_title].max(axis=1) if in_title else none
    by_sentence = [
        similarity[:, start:end].max(axis=1) if end > start else none
        for start, end in zip(starts, [*starts[1:], similarity.shape[1]], strict=True)
    ]
    best = similarity.max(axis=1) if similarity.shape[1] else none
    return Met(title, best, np.stack(by_sentence, axis=1) if by_sentence else none[:, None])
