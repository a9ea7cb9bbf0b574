"""What is known of a candidate paper for a query: a row of numbers, each with a name, none above about 1.

The ranker is linear in these, so each is scaled by what a query could reach at most, not by what the
other candidates reached; the three `_share` columns add the comparison with the best candidate.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.retrieval.query import Query
from rag.retrieval.segments import Segments, meet
from rag.snapshot import Snapshot
from rag.text.common_words import is_common
from rag.text.words import opening_name, opening_words, stem, words

NAMES = (
    "dense", "lexical", "title_lexical", "pieces", "piece_floor", "sentence_pieces", "title_pieces",
    "covered", "title_covered", "sentence_covered", "sentence_alike", "title_alike", "named",
    "dense_share", "lexical_share", "pieces_share",
)  # fmt: skip
Positions = Sequence[int] | NDArray[np.integer]
_LONGEST_NAME = 6  # search words of a name that a title opens with
_TOKEN = re.compile(r"[\w^.+'’-]+")
_OF_ANY = frozenset(
    words(
        "explain define describe tell know summarize summarise work works mean means idea behind method model "
        "technique compare compares compared comparison differ differs difference different differences versus vs "
        "relate give main key result finding contribution overview abstract conclusion takeaway experiment goal aim "
        "purpose motivation novelty novel new special point advantage benefit problem solve found good please"
    )
)
_OF_ONE = _OF_ANY | frozenset(  # and what a paper may say of itself or not: by these it is not known to answer
    words(
        "dataset data benchmark baseline code github repository implementation available open source open-source "
        "result limitation drawback weakness downside disadvantage strength pro con licence license issue address "
        "fix prior existing previous state-of-the-art sota beat outperform performance perform train trained tested "
        "evaluated used cost size parameter memory speed fast faster accurate accuracy any link download "
        "weights official paper"
    )
)
_SATURATED = 2.2  # k1 + 1: the most that BM25 multiplies a word's idf with


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper that might answer: its position, its passages' positions, and how the query meets them."""

    paper: int
    passages: tuple[int, ...]
    segments: Segments

    @property
    def words(self) -> NDArray[np.bool_]:
        """`(words,)`: which words of the query the paper has at all."""
        return np.asarray(self.segments.found.any(axis=1), dtype=bool)

    @property
    def pieces(self) -> NDArray[np.float32]:
        """`(pieces,)`: how well each piece of the query is met at best; empty without late interaction."""
        met = self.segments.met
        return met.max(axis=1) if len(met) else met[:, 0]


class Scores:
    """First-stage scores of one query: dense and BM25 of passages, BM25 of titles.

    `whole` computes those of the entire index at once, which is quickest while it is small; else they are computed for
    the positions asked for.
    """

    def __init__(self, snapshot: Snapshot, query: Query, *, whole: bool) -> None:
        self._snapshot, self._query = snapshot, query
        self._dense = snapshot.vectors @ query.vector if whole else None
        self._lexical = snapshot.text.scores(query.words) if whole else None
        self._titles = snapshot.titles.scores(query.words) if whole else None

    def dense(self, passages: Positions) -> NDArray[np.float32]:
        """The cosine of each passage's vector with the query's."""
        if self._dense is not None:
            return self._dense[passages]
        products: NDArray[np.float32] = self._snapshot.vectors[passages] @ self._query.vector
        return products

    def lexical(self, passages: Positions) -> NDArray[np.float32]:
        """The BM25 score of each passage with its title."""
        if self._lexical is not None:
            return self._lexical[passages]
        return self._snapshot.text.scores_of(self._query.words, np.asarray(passages))

    def titles(self, papers: Positions) -> NDArray[np.float32]:
        """The BM25 score of each paper's title."""
        if self._titles is not None:
            return self._titles[papers]
        return self._snapshot.titles.scores_of(self._query.words, np.asarray(papers))


def gather(snapshot: Snapshot, papers: Sequence[int], query: Query) -> tuple[list[Candidate], Segments]:
    """The candidates at these positions, and the segments of all of them together, in their order."""
    ranges = [range(int(snapshot.first_passage[p]), int(snapshot.first_passage[p + 1])) for p in papers]
    segments = meet(query, snapshot, [passage for span in ranges for passage in span])
    ends = np.cumsum([len(span) for span in ranges], dtype=np.int64)
    candidates = [
        Candidate(paper, tuple(span), segments.part(int(end) - len(span), int(end)))
        for paper, span, end in zip(papers, ranges, ends, strict=True)
    ]
    return candidates, segments


def features(
    snapshot: Snapshot, query: Query, candidates: Sequence[Candidate], segments: Segments, scores: Scores
) -> NDArray[np.float32]:
    """`(candidates, len(NAMES))`."""
    if not candidates:
        return np.zeros((0, len(NAMES)), dtype=np.float32)
    starts = np.cumsum([0, *(len(candidate.passages) for candidate in candidates[:-1])])
    flat = [passage for candidate in candidates for passage in candidate.passages]
    ceiling = float(query.weights.sum()) * _SATURATED or 1.0
    papers = [candidate.paper for candidate in candidates]
    first_segments = segments.firsts[starts]
    columns = [
        np.maximum.reduceat(scores.dense(flat), starts),
        np.maximum.reduceat(scores.lexical(flat), starts) / ceiling,
        scores.titles(papers) / ceiling,
        *_late(query, segments, first_segments),
        *_covered(query, segments, first_segments),
        np.maximum.reduceat(np.where(segments.sentences, segments.alike, -1.0), first_segments),
        segments.alike[first_segments],
        _named_of(query, [snapshot.title(paper) for paper in papers]),
    ]
    shares = [_share(columns[NAMES.index(name)]) for name in ("dense", "lexical", "pieces")]
    return np.column_stack([*columns, *shares]).astype(np.float32)


def _share(column: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = float(column.min()), float(column.max())
    low = min(low, 0.0)
    return (column - low) / (high - low) if high > low else np.zeros_like(column)


def _late(query: Query, segments: Segments, firsts: NDArray[np.int64]) -> list[NDArray[np.float32]]:
    """Weighted MaxSim over each paper, its weakest quarter, over its best sentence, over its title."""
    met, weights = segments.met, query.piece_weights
    if not len(met):
        return [np.zeros(len(firsts), dtype=np.float32)] * 4
    best = np.maximum.reduceat(met, firsts, axis=1)
    weakest = np.sort(best, axis=0)[: max(1, len(best) // 4)]
    by_segment = np.where(segments.sentences, weights @ met, -1.0)
    return [
        weights @ best,
        weakest.mean(axis=0),
        np.maximum.reduceat(by_segment, firsts),
        weights @ met[:, firsts],
    ]


def _covered(query: Query, segments: Segments, firsts: NDArray[np.int64]) -> list[NDArray[np.float32]]:
    """The share of the query's weight whose words stand in the paper, in its title, in one sentence."""
    total = float(query.weights.sum())
    if not total:
        return [np.zeros(len(firsts), dtype=np.float32)] * 3
    shares = query.weights / total
    anywhere = np.logical_or.reduceat(segments.found, firsts, axis=1)
    by_segment = np.where(segments.sentences, shares @ segments.found, 0.0)
    return [shares @ anywhere, shares @ segments.found[:, firsts], np.maximum.reduceat(by_segment, firsts)]


def _named_of(query: Query, titles: Sequence[str]) -> NDArray[np.float32]:
    """Whether the question has the name that each title opens with, as in `COAT: Compressing …`; not where it has it
    only within another's (`LLaMA` in `Sheared LLaMA`)."""
    found = np.asarray([_named(query, title) for title in titles], dtype=np.float32)
    names = {place: opening_name(title) for place, title in enumerate(titles) if found[place]}
    for place, name in names.items():
        longer = [other for other in names.values() if frozenset(words(name)) < frozenset(words(other))]
        rest = re.sub("|".join(map(re.escape, longer)), " ", query.text, flags=re.I) if longer else query.text
        found[place] = float(frozenset(words(name)) <= set(words(rest)) or not longer)
    return found


def _named(query: Query, title: str) -> float:
    parts = opening_words(title)
    if not 0 < len(parts) <= _LONGEST_NAME or not parts <= set(query.words):
        return 0.0
    return float(len(parts) > 1 or _said(opening_name(title), query.text))


def exactly_named(query: Query, titles: Sequence[str]) -> int | None:
    """Which of the titles opens with the name that the question is all about ("What is ELECTRA?"), or of which it asks
    what may be asked of any paper ("any code for ELECTRA?"); None where none or several do."""
    found = [place for place, title in enumerate(titles) if all_about(query, [title], _OF_ONE)]
    return found[0] if len(found) == 1 else None


def all_about(query: Query, titles: Sequence[str], besides: frozenset[str] = _OF_ANY) -> bool:
    """Whether the question names what these titles open with, and says nothing `besides` but what is asked of any
    paper: what it is, or how two differ."""
    asked = frozenset(words(query.text)) - besides
    names = [opening_words(title) for title in titles]
    return bool(asked) and asked == frozenset().union(*names) and all(_named(query, title) for title in titles)


def _said(name: str, text: str) -> bool:
    """Whether a text says a name of one word as such: not within a longer one (`ZeRO` in `ZeRO-Infinity`), and a plain
    word only with the name's capitals (`LiST` is no "list")."""
    if is_common(stem(name.casefold())) and not name.istitle():
        return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) is not None
    tokens = [token.strip("-.'’").casefold() for token in _TOKEN.findall(text)]
    within = any(name.casefold() in token.split("-") for token in tokens if "-" in token)
    return name.casefold() in tokens or not within
