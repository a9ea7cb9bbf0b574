"""How a query meets each segment of a passage: its title, then each of its sentences.

Two ways of meeting. Late interaction: each word piece of the query against its most similar one in the
segment (MaxSim after Khattab & Zaharia, "ColBERT", SIGIR 2020, with the built-in encoder's own token
vectors). Words: which search words of the query stand in it. Both are found for all passages at once:
one small numpy call a sentence took ten times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.query import Query
from rag.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Segments:
    """The segments of some passages, in order.

    `met` `(pieces, s)` are cosines in [-1, 1], without rows where the index has no token vectors; `alike`
    `(s,)` the mean cosine of the segment's word pieces to the mean of the query's; `found` `(words, s)`;
    `firsts` `(passages + 1,)`: the segments of passage i are firsts[i]:firsts[i + 1], its title first.
    """

    met: NDArray[np.float32]
    alike: NDArray[np.float32]
    found: NDArray[np.bool_]
    firsts: NDArray[np.int64]

    def part(self, start: int, end: int) -> Segments:
        """The segments of the passages start:end, without copying."""
        first, last = self.firsts[start], self.firsts[end]
        return Segments(
            self.met[:, first:last],
            self.alike[first:last],
            self.found[:, first:last],
            self.firsts[start : end + 1] - first,
        )

    @property
    def sentences(self) -> NDArray[np.bool_]:
        """`(s,)`: which segments are sentences rather than titles."""
        kept = np.ones(self.found.shape[1], dtype=bool)
        kept[self.firsts[:-1]] = False
        return kept


def meet(query: Query, snapshot: Snapshot, passages: Sequence[int]) -> Segments:
    """How `query` meets the segments of the passages at these positions."""
    counts = [1 + snapshot.sentence_count(passage) for passage in passages]
    firsts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    late = bool(passages) and snapshot.has_tokens and len(query.pieces) > 0
    none = np.zeros((0, int(firsts[-1])), dtype=np.float32)
    met, alike = _met(query, snapshot, passages) if late else (none, none.sum(axis=0))
    return Segments(met, alike, _found(query, snapshot, passages, firsts), firsts)


def _met(query: Query, snapshot: Snapshot, passages: Sequence[int]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    packed = [snapshot.packed_tokens(passage) for passage in passages]
    values = np.concatenate([entry.values for entry in packed]).astype(np.float32)
    scales = np.concatenate([entry.scales for entry in packed])
    similarity = (query.pieces @ values.T) * scales
    starts = np.cumsum([0, *(len(entry.scales) for entry in packed[:-1])])
    edges = [
        edge
        for passage, start in zip(passages, starts, strict=True)
        for edge in (start, *(snapshot.sentence_tokens(passage) + start))
    ]
    bounds = np.asarray(edges, dtype=np.int64)
    # The mean of the cosines is the product with the mean, which need not be computed over all values again.
    alike = similarity.mean(axis=0) / max(float(np.linalg.norm(query.pieces.mean(axis=0))), 1e-9)
    return _best(similarity, bounds), _mean(alike, bounds)


def _mean(alike: NDArray[np.float32], edges: NDArray[np.int64]) -> NDArray[np.float32]:
    """The mean over each segment `(segments,)`; 0 where a segment has no word pieces."""
    lengths = np.diff(np.append(edges, len(alike)))
    if not len(alike):
        return np.zeros(len(edges), dtype=np.float32)
    sums = np.add.reduceat(alike, np.minimum(edges, len(alike) - 1))
    return np.where(lengths > 0, sums / np.maximum(lengths, 1), 0.0).astype(np.float32)


def _best(similarity: NDArray[np.float32], edges: NDArray[np.int64]) -> NDArray[np.float32]:
    """The maximum over each segment `(pieces, segments)`; -1 where a segment has no word pieces."""
    width = similarity.shape[1]
    if not width:
        return np.full((len(similarity), len(edges)), -1.0, dtype=np.float32)
    best: NDArray[np.float32] = np.maximum.reduceat(similarity, np.minimum(edges, width - 1), axis=1)
    best[:, np.diff(np.append(edges, width)) == 0] = -1.0
    return best


def _found(query: Query, snapshot: Snapshot, passages: Sequence[int], firsts: NDArray[np.int64]) -> NDArray[np.bool_]:
    found = np.zeros((len(query.words), int(firsts[-1])), dtype=bool)
    if not len(query.words) or not passages:
        return found
    terms = [snapshot.terms(passage) for passage in passages]
    numbers = np.concatenate([entry[0] for entry in terms])
    where = np.concatenate([entry[1] + first + 1 for entry, first in zip(terms, firsts[:-1], strict=True)])
    order = np.argsort(query.numbers)
    ranked = np.asarray(query.numbers, dtype=np.int64)[order]
    slots = np.minimum(np.searchsorted(ranked, numbers), len(ranked) - 1)
    hit = (ranked[slots] == numbers) & (numbers >= 0)
    found[order[slots[hit]], where[hit]] = True
    return found
