"""A query in, papers ranked with their passages out.

Two stages. Dense and BM25 scores of every passage, each min-max normalised and mixed 0.6 : 0.4, pooled
by paper, choose the candidates; features of each, late interaction among them, give the final order. In
an index of more than 20,000 passages the first stage looks into cells and champion lists only.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.blas import one_thread
from rag.cells import Cells
from rag.embedding import Embedder
from rag.linear_model import LinearModel, trained
from rag.retrieval.features import NAMES, Candidate, Scores, exactly_named, features, gather
from rag.retrieval.keyword_features import has_enough, keyword_scores
from rag.retrieval.query import Query, prepare
from rag.retrieval.spelling import respelt
from rag.snapshot import Snapshot
from rag.text.brackets import NEAREST
from rag.types import Paper, RankedPaper, RankedPassage

_DENSE_SHARE = 0.6
_AHEAD = 0.1  # by how much the paper that a question is all about by name comes before the next
_SPELLING = 10  # best papers whose spelling tells what a misspelt word is
_MASKS = 64  # selections whose masks are kept
_POOL = 300  # passages of each measure, where not all are looked at


@dataclass(frozen=True, slots=True)
class Hits:
    """Everything retrieval found out about a query: candidates, best first, with features and scores.

    `keyworded` says whether keywords had a say in the best one's score.
    """

    query: Query
    candidates: tuple[Candidate, ...]
    table: NDArray[np.float32]
    scores: NDArray[np.float32]
    keyworded: bool = False

    def feature(self, rank: int, name: str) -> float:
        """One feature of the candidate at a rank, from 0."""
        return float(self.table[rank, NAMES.index(name)])

    def nearest(self, snapshot: Snapshot) -> tuple[str, ...]:
        """The titles of the best candidates, which are named where none of them answers."""
        return tuple(snapshot.title(candidate.paper) for candidate in self.candidates[:NEAREST])

    def led_by(self, rank: int) -> Hits:
        """The same with the candidate at a rank first, the others in their order behind it."""
        order = [rank, *(place for place in range(len(self.candidates)) if place != rank)]
        candidates = tuple(self.candidates[place] for place in order)
        return replace(self, candidates=candidates, table=self.table[order], scores=self.scores[order])

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
        self._masks: dict[Callable[[Paper], bool], NDArray[np.bool_]] = {}
        self._ranker = ranker or trained("ranker", NAMES)

    def search(self, text: str, k: int, allowed: NDArray[np.bool_] | None = None) -> list[RankedPaper]:
        """The `k` best papers for `text`, among those that the mask `allowed` `(papers,)` lets through."""
        hits = self.hits(text, allowed, candidates=max(self._candidates, k))
        return [self._ranked(hits, rank) for rank in range(min(k, len(hits.candidates)))]

    def mask(self, selection: Callable[[Paper], bool]) -> NDArray[np.bool_]:
        """`(papers,)`: which papers a selection lets through, or any condition that can be hashed.

        The last ones are kept.
        """
        mask = self._masks.get(selection)
        if mask is None:
            mask = self.snapshot.where(selection)
            if len(self._masks) >= _MASKS:
                self._masks = {}  # not cleared: another thread may be reading it
            self._masks[selection] = mask
        return mask

    def prepare(self, text: str) -> Query:
        """The query that `text` is."""
        return prepare(text, self._embedder, self.snapshot.text)

    def hits(self, text: str, allowed: NDArray[np.bool_] | None = None, *, candidates: int = 0) -> Hits:
        """The candidates for `text` with their features, best first; `candidates` overrides how many.

        What is misspelt is searched for as the papers found first spell it.
        """
        with one_thread():
            query = self.prepare(text)
            found = self._hits(query, allowed, candidates or self._candidates)
            if not query.slips:
                return found
            first = (self.snapshot.paper(candidate.paper) for candidate in found.candidates[:_SPELLING])
            mended = respelt(text, query.slips, (f"{paper.title}\n{paper.text}" for paper in first))
            if mended == text:
                return found
            return self._hits(replace(self.prepare(mended), asked=text), allowed, candidates or self._candidates)

    def _hits(self, query: Query, allowed: NDArray[np.bool_] | None, count: int) -> Hits:
        cells = self.snapshot.cells
        whole = cells is None or allowed is not None  # a selection may leave out all that is near
        scores = Scores(self.snapshot, query, whole=whole)
        passages = None if whole or cells is None else self._pool(query, cells, _POOL + 4 * count)
        chosen = self._choose(scores, passages, allowed, count)
        gathered, segments = gather(self.snapshot, chosen, query)
        table = features(self.snapshot, query, gathered, segments, scores)
        ranked = self._scored(query, chosen, gathered, table)
        order = np.argsort(-ranked, kind="stable")
        keyworded = bool(len(order)) and has_enough(self.snapshot.keywords, chosen[order[0]])
        return Hits(query, tuple(gathered[i] for i in order), table[order], ranked[order], keyworded)

    def _scored(
        self, query: Query, papers: Sequence[int], candidates: Sequence[Candidate], table: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """`(candidates,)`: the ranker's scores, and what keywords add to them. A name says more than a subject: by its
        keywords no paper overtakes one that is named, and one whose name is all that is asked about is first."""
        ranked = self._ranker.score(table)
        if self.snapshot.keywords is not None and len(papers):
            added = keyword_scores(self.snapshot.keywords, query, papers)
            is_named = table[:, NAMES.index("named")] >= 1
            ranked = ranked + (np.minimum(added, added[is_named].max()) if is_named.any() else added)
        alone = exactly_named(query, [self.snapshot.title(candidate.paper) for candidate in candidates])
        if alone is not None:
            ranked[alone] = ranked.max() + _AHEAD
        return ranked

    def _pool(self, query: Query, cells: Cells, count: int) -> NDArray[np.int64]:
        """The passages that are near by either measure, in order of position."""
        near = cells.nearest(query.vector, count)
        worded = self.snapshot.text.best(query.words, count)
        return np.union1d(near, worded).astype(np.int64)

    def _choose(
        self, scores: Scores, pool: NDArray[np.int64] | None, allowed: NDArray[np.bool_] | None, count: int
    ) -> list[int]:
        """The best papers by both scores, each of a paper its best passage's; of those in `pool`, or of all."""
        low = None if pool is None else 0.0
        if pool is None:
            pool, papers = np.arange(len(self.snapshot)), np.arange(self.snapshot.paper_count)
            firsts = self.snapshot.first_passage[:-1]
        else:
            papers, firsts = np.unique(self.snapshot.paper_of[pool], return_index=True)
        if not len(pool):
            return []
        dense = _spread(np.maximum.reduceat(scores.dense(pool), firsts), low)
        lexical = _spread(np.maximum.reduceat(scores.lexical(pool), firsts), low)
        mixed = _DENSE_SHARE * dense + (1 - _DENSE_SHARE) * lexical
        if allowed is not None:
            mixed = np.where(allowed[papers], mixed, -np.inf)
        order = np.argsort(-mixed, kind="stable")[:count]
        return [int(papers[place]) for place in order if np.isfinite(mixed[place])]

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


def _spread(scores: NDArray[np.float32], low: float | None) -> NDArray[np.float32]:
    """Min-max normalised to [0, 1]; all alike become 0. `low` stands for the least score where that is not known."""
    low = float(scores.min(initial=np.inf)) if low is None else low
    high = float(scores.max(initial=-np.inf))
    return (scores - low) / (high - low) if high > low else np.zeros_like(scores)
