"""A query in, papers ranked with their passages out.

Two stages. Dense and BM25 scores of every passage, each min-max normalised and mixed 0.6 : 0.4, pooled
by paper, choose the candidates; features of each, late interaction among them, give the final order.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.blas import one_thread
from rag.embedding import Embedder
from rag.linear_model import LinearModel, trained
from rag.retrieval.features import NAMES, Candidate, Scores, features, gather
from rag.retrieval.query import Query, prepare
from rag.snapshot import Snapshot
from rag.types import Paper, RankedPaper, RankedPassage

_DENSE_SHARE = 0.6


@dataclass(frozen=True, slots=True)
class Hits:
    """Everything retrieval found out about a query: candidates, best first, with features and scores."""

    query: Query
    candidates: tuple[Candidate, ...]
    table: NDArray[np.float32]
    scores: NDArray[np.float32]

    def feature(self, rank: int, name: str) -> float:
        """One feature of the candidate at a rank, from 0."""
        return float(self.table[rank, NAMES.index(name)])

    def passage_scores(self, rank: int) -> list[float]:
        """How well each passage of the candidate at a rank meets the query; higher is better."""
        return _passage_scores(self.query, self.candidates[rank])


class Retriever:
    """Searches one snapshot."""

    def __init__(
        self,
        snapshot: Snapshot,
        embedder: Embedder,
        *,
        candidates: int = 20,
        ranker: LinearModel | None = None,
    ) -> None:
        self.snapshot = snapshot
        self._embedder = embedder
        self._candidates = candidates
        self._ranker = ranker or trained("ranker", NAMES)

    def search(self, text: str, k: int, allowed: NDArray[np.bool_] | None = None) -> list[RankedPaper]:
        """The `k` best papers for `text`, among those that the mask `allowed` `(papers,)` lets through."""
        hits = self.hits(text, allowed)
        return [self._ranked(hits, rank) for rank in range(min(k, len(hits.candidates)))]

    def prepare(self, text: str) -> Query:
        """The query that `text` is."""
        return prepare(text, self._embedder, self.snapshot.text)

    def hits(self, text: str, allowed: NDArray[np.bool_] | None = None, *, candidates: int = 0) -> Hits:
        """The candidates for `text` with their features, best first; `candidates` overrides how many."""
        with one_thread():
            return self._hits(self.prepare(text), allowed, candidates or self._candidates)

    def _hits(self, query: Query, allowed: NDArray[np.bool_] | None, count: int) -> Hits:
        scores = Scores(
            self.snapshot.vectors @ query.vector,
            self.snapshot.text.scores(query.words),
            self.snapshot.titles.scores(query.words),
        )
        chosen = self._choose(scores, allowed, count)
        gathered, segments = gather(self.snapshot, chosen, query)
        table = features(self.snapshot, query, gathered, segments, scores)
        ranked = self._ranker.score(table)
        order = np.argsort(-ranked, kind="stable")
        return Hits(query, tuple(gathered[i] for i in order), table[order], ranked[order])

    def _choose(self, scores: Scores, allowed: NDArray[np.bool_] | None, count: int) -> list[int]:
        dense, lexical = self._by_paper(scores.dense), self._by_paper(scores.lexical)
        mixed = _DENSE_SHARE * _spread(dense) + (1 - _DENSE_SHARE) * _spread(lexical)
        if allowed is not None:
            mixed = np.where(allowed, mixed, -np.inf)
        order = np.argsort(-mixed, kind="stable")[:count]
        return [int(paper) for paper in order if np.isfinite(mixed[paper])]

    def _by_paper(self, scores: NDArray[np.float32]) -> NDArray[np.float32]:
        """The best passage's score of each paper."""
        if not len(scores):
            return np.zeros(0, dtype=np.float32)
        best: NDArray[np.float32] = np.maximum.reduceat(scores, self.snapshot.first_passage[:-1])
        return best

    def _ranked(self, hits: Hits, rank: int) -> RankedPaper:
        candidate = hits.candidates[rank]
        passages = [self.snapshot.passage(position) for position in candidate.passages]
        scores = hits.passage_scores(rank)
        ranked = [RankedPassage(p, s) for p, s in zip(passages, scores, strict=True)]
        ranked.sort(key=lambda entry: -entry.score)
        return RankedPaper(passages[0].paper_id, passages[0].title, float(hits.scores[rank]), tuple(ranked))


def _passage_scores(query: Query, candidate: Candidate) -> list[float]:
    """How well each passage meets the query: weighted MaxSim, or without late interaction the words' share."""
    segments = candidate.segments
    if len(segments.met):
        best = np.maximum.reduceat(segments.met, segments.firsts[:-1], axis=1)
        return [float(score) for score in query.piece_weights @ best]
    found = np.logical_or.reduceat(segments.found, segments.firsts[:-1], axis=1)
    return [float(score) for score in (query.weights / max(float(query.weights.sum()), 1e-6)) @ found]


def mask(snapshot: Snapshot, wanted: Callable[[Paper], bool]) -> NDArray[np.bool_]:
    """Which papers of the snapshot `wanted` lets through."""
    return np.fromiter((wanted(paper) for paper in snapshot.papers()), dtype=bool, count=snapshot.paper_count)


def _spread(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Min-max normalised to [0, 1]; all alike become 0."""
    low, high = scores.min(initial=np.inf), scores.max(initial=-np.inf)
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
