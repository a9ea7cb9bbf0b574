"""What is known of a candidate paper for a query: a row of numbers, each with a name, none above about 1.

The ranker is linear in these, so each is scaled by what a query could reach at most, not by what the
other candidates reached; the three `_share` columns add the comparison with the best candidate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.late_interaction import Met, interact
from rag.retrieval.query import Query
from rag.snapshot import Snapshot
from rag.text.words import words

NAMES = (
    "dense", "lexical", "title_lexical", "pieces", "piece_floor", "sentence_pieces", "title_pieces",
    "covered", "title_covered", "sentence_covered", "named", "dense_share", "lexical_share", "pieces_share",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that might answer: its position, its passages' positions, what late interaction found in each,
    and which words of the query stand in each passage's title and sentences, `(words, 1 + sentences)`."""

    paper: int
    passages: tuple[int, ...]
    met: tuple[Met, ...]
    covers: tuple[NDArray[np.bool_], ...]

    @property
    def words(self) -> NDArray[np.bool_]:
        """`(words,)`: which words of the query the paper has at all."""
        return np.asarray(np.any([cover.any(axis=1) for cover in self.covers], axis=0), dtype=bool)

    @property
    def pieces(self) -> NDArray[np.float32]:
        """`(pieces,)`: how well each piece of the query is met at best; empty without late interaction."""
        return np.asarray(np.max([met.passage for met in self.met], axis=0) if self.met else [], dtype=np.float32)


def gather(snapshot: Snapshot, papers: Sequence[int], query: Query) -> list[Candidate]:
    """The candidates at these positions, with late interaction where the index has token vectors."""
    ranges = [range(int(snapshot.first_passage[p]), int(snapshot.first_passage[p + 1])) for p in papers]
    flat = [passage for span in ranges for passage in span]
    met = interact(query.pieces, snapshot, flat) if flat and snapshot.has_tokens and len(query.pieces) else []
    found = dict(zip(flat, met, strict=False))
    covers = dict(zip(flat, _covers(query, snapshot, flat), strict=True))
    return [
        Candidate(paper, tuple(span), tuple(found[i] for i in span if i in found), tuple(covers[i] for i in span))
        for paper, span in zip(papers, ranges, strict=True)
    ]


def features(
    snapshot: Snapshot,
    query: Query,
    candidates: Sequence[Candidate],
    dense: NDArray[np.float32],
    lexical: NDArray[np.float32],
    titles: NDArray[np.float32],
) -> NDArray[np.float32]:
    """`(candidates, len(NAMES))`, from the scores of all passages `(n,)` and of all titles `(papers,)`."""
    rows = [_row(snapshot, query, candidate, dense, lexical, titles) for candidate in candidates]
    table = np.asarray(rows, dtype=np.float32).reshape(len(rows), len(NAMES) - 3)
    shares = [table[:, NAMES.index(name)] for name in ("dense", "lexical", "pieces")]
    return np.column_stack([table, *(_share(column) for column in shares)]).astype(np.float32)


def _share(column: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = float(column.min(initial=0.0)), float(column.max(initial=0.0))
    return (column - low) / (high - low) if high > low else np.zeros_like(column)


def _row(
    snapshot: Snapshot,
    query: Query,
    candidate: Candidate,
    dense: NDArray[np.float32],
    lexical: NDArray[np.float32],
    titles: NDArray[np.float32],
) -> list[float]:
    passages = list(candidate.passages)
    ceiling = float(query.weights.sum()) * _SATURATED or 1.0
    return [
        float(dense[passages].max()),
        float(lexical[passages].max()) / ceiling,
        float(titles[candidate.paper]) / ceiling,
        *_late(query, candidate),
        _share_of(query, candidate.words),
        _share_of(query, candidate.covers[0][:, 0]),
        max((_share_of(query, column) for cover in candidate.covers for column in cover[:, 1:].T), default=0.0),
        _named(query, snapshot.title(candidate.paper)),
    ]


_SATURATED = 2.2  # k1 + 1: the most that BM25 multiplies a word's idf with


def _late(query: Query, candidate: Candidate) -> tuple[float, float, float, float]:
    """Weighted MaxSim over passages, its weakest quarter, over the best sentence, over the title."""
    if not candidate.met:
        return 0.0, 0.0, 0.0, 0.0
    weights = query.piece_weights
    best = candidate.pieces
    weakest = np.sort(best)[: max(1, len(best) // 4)]
    sentence = max(float((weights @ met.sentences).max()) for met in candidate.met)
    return float(weights @ best), float(weakest.mean()), sentence, float(weights @ candidate.met[0].title)


def _covers(query: Query, snapshot: Snapshot, passages: Sequence[int]) -> list[NDArray[np.bool_]]:
    """For each passage, which words of the query stand in the title and in each sentence."""
    order = np.argsort(query.numbers)
    ranked = np.asarray(query.numbers, dtype=np.int64)[order]
    return [_cover(order, ranked, *snapshot.terms(passage), snapshot.sentence_count(passage)) for passage in passages]


def _cover(
    order: NDArray[np.int64],
    ranked: NDArray[np.int64],
    numbers: NDArray[np.int32],
    where: NDArray[np.int32],
    sentences: int,
) -> NDArray[np.bool_]:
    found = np.zeros((len(order), 1 + sentences), dtype=bool)
    if len(order):
        slots = np.minimum(np.searchsorted(ranked, numbers), len(ranked) - 1)
        hit = (ranked[slots] == numbers) & (numbers >= 0)
        found[order[slots[hit]], where[hit] + 1] = True
    return found


def _share_of(query: Query, present: NDArray[np.bool_]) -> float:
    """The share of the query's weight that the words present carry."""
    total = float(query.weights.sum())
    return float(query.weights[present].sum()) / total if total else 0.0


def _named(query: Query, title: str) -> float:
    """Whether the question has the name that the title opens with, as in `COAT: Compressing …`."""
    name = title.partition(":")[0] if ":" in title else ""
    parts = words(name)
    return float(0 < len(parts) <= 6 and set(parts) <= set(query.words))
