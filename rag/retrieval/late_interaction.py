"""Late interaction: how well each word piece of a question is met somewhere in a text.

MaxSim after Khattab & Zaharia, "ColBERT", SIGIR 2020, with the built-in encoder's own token vectors and
each piece of the question weighted by how rare its word is.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def interact(pieces: NDArray[np.float32], snapshot: Snapshot, passages: Sequence[int]) -> list[Met]:
    """The best matches of `(m, d)` question pieces in each of the passages at these positions."""
    packed = [snapshot.packed_tokens(passage) for passage in passages]
    values = np.concatenate([entry.values for entry in packed]).astype(np.float32)
    scales = np.concatenate([entry.scales for entry in packed])
    similarity = (pieces @ values.T) * scales[None, :]
    starts = np.cumsum([0, *(len(entry.scales) for entry in packed[:-1])])
    segments = [_segments(snapshot, passage, len(entry.scales)) for passage, entry in zip(passages, packed, strict=True)]
    edges = np.concatenate([first + start for first, start in zip(segments, starts, strict=True)])
    best = _best_of_segments(similarity, edges)
    ends = np.cumsum([len(first) for first in segments])
    return [_met(best[:, end - len(first) : end]) for first, end in zip(segments, ends, strict=True)]


def _segments(snapshot: Snapshot, passage: int, count: int) -> NDArray[np.int64]:
    """Where the title and each sentence of a passage start, in its word pieces."""
    return np.concatenate([[0], np.minimum(snapshot.sentence_tokens(passage), count)]).astype(np.int64)


def _best_of_segments(similarity: Similarities, edges: NDArray[np.int64]) -> Similarities:
    """The maximum over each segment `(m, segments)`; -1 where a segment is empty."""
    if not similarity.shape[1]:
        return np.full((len(similarity), len(edges)), -1.0, dtype=np.float32)
    inside = np.minimum(edges, similarity.shape[1] - 1)
    best: Similarities = np.maximum.reduceat(similarity, inside, axis=1)
    lengths = np.diff(np.append(edges, similarity.shape[1]))
    best[:, lengths == 0] = -1.0
    return best


def _met(best: Similarities) -> Met:
    """From the best matches in the title and in each sentence, `(m, 1 + s)`."""
    sentences = best[:, 1:] if best.shape[1] > 1 else best
    return Met(best[:, 0], best.max(axis=1), sentences)
