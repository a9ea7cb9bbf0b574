"""Which two papers a question compares, if it compares any.

The pair is chosen together: the two candidates that between them meet the most of the question. Whether
it is a comparison at all is decided by how much the second paper adds, beside the question's wording.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from rag.linear_model import trained
from rag.retrieval.features import Candidate
from rag.retrieval.retriever import Hits
from rag.text.common_words import is_common
from rag.text.names import capitalised, names
from rag.text.words import stem, words

NAMES = (
    "wording", "pieces_gained", "words_gained", "words_apart", "pieces_apart", "lead", "pair_lead", "named", "length",
)  # fmt: skip
_COMPARES = re.compile(r"^\W*(?:please )?compare\b|\bdifferences? between\b|\bdiffer\W*$", re.I)
_JOINS = re.compile(r"\b(?:and|und|et|y|e|и)\b|[:;&+]|[和与と]", re.I)  # "and", as in "what do A and B ..."
_POOL = 10  # candidates that pairs are made of
_MOST = 4  # papers that are compared at once
_UNNAMED = 0.5  # probability that is enough where neither paper is named, nor the second brings a name
_OF_TITLE = 2  # words of a title that name a paper
_SCORE_SHARE = 0.1  # of the ranker's scores, beside the shares of pieces and words that are met


@dataclass(frozen=True, slots=True)
class Pair:
    """The ranks of two candidates, better first, and the features of their being compared, `(len(NAMES),)`.

    `named` is told by names: True where a question that asks for a comparison has both papers' names, False where it
    has one paper's and the other brings none of its further names, or it joins nothing; None leaves it to the model,
    from the probability `least` on. `beside` are the ranks of further papers that such a question names.
    """

    pair: tuple[int, int]
    features: NDArray[np.float32]
    named: bool | None = None
    beside: tuple[int, ...] = ()
    least: float = 0.0

    @property
    def ranks(self) -> tuple[int, ...]:
        """The ranks of all papers that are compared."""
        return self.pair + self.beside

    @property
    def probability(self) -> float:
        """How likely the question compares the two."""
        return float(trained("comparison", NAMES).probability(self.features[None, :])[0])

    @property
    def compared(self) -> bool:
        """Whether the question is to be answered from both."""
        if self.named is not None:
            return self.named
        return self.probability >= max(self.least, trained("comparison", NAMES).threshold)


def best_pair(hits: Hits, wording: bool) -> Pair | None:
    """The two candidates that together meet the question best; None with fewer than two.

    `wording` says whether the question's own words ask for a comparison.
    """
    count = min(_POOL, len(hits.candidates))
    if count < 2:
        return None
    pieces = np.stack([_pieces(candidate, len(hits.query.pieces)) for candidate in hits.candidates[:count]])
    present = np.stack([candidate.words for candidate in hits.candidates[:count]])
    shares = hits.query.weights / max(float(hits.query.weights.sum()), 1e-6)
    weights = hits.query.piece_weights

    def worth(pair: tuple[int, int]) -> float:
        first, second = pair
        met = float(weights @ np.maximum(pieces[first], pieces[second]))
        covered = float(shares[present[first] | present[second]].sum())
        return met + covered + _SCORE_SHARE * float(hits.scores[first] + hits.scores[second])

    by_name = [rank for rank in range(count) if hits.feature(rank, "named") >= 1]
    both = wording and len(by_name) > 1
    first, second = by_name[:2] if both else max(combinations(range(count), 2), key=worth)
    meant, other = (second, first) if by_name == [second] else (first, second)
    brings = bool(_COMPARES.search(hits.query.text)) or _brings_name(hits, other, present[other] & ~present[meant])
    alone = len(by_name) == 1 and not (brings and (wording or _JOINS.search(hits.query.text)))
    features = _features(hits, (first, second), pieces, present, shares, wording)
    named = True if both else False if alone else None
    least = 0.0 if brings or by_name else _UNNAMED
    return Pair((first, second), features, named, tuple(by_name[2:_MOST]) if both else (), least)


def _brings_name(hits: Hits, other: int, brought: NDArray[np.bool_]) -> bool:
    """Whether one of the words `(words,)` that the paper at rank `other` adds is a name, or some are of its title."""
    in_title = hits.candidates[other].segments.found[:, 0]
    if int((brought & in_title).sum()) >= _OF_TITLE:
        return True
    query = hits.query
    opening = [word for word in query.text.split()[:1] if not is_common(stem(word.casefold()))]
    own = {form for name in (*names(query.text), *capitalised(query.text), *opening) for form in words(name)}
    return any(word in own for word, one in zip(query.words, brought, strict=True) if one)


def _features(
    hits: Hits,
    pair: tuple[int, int],
    pieces: NDArray[np.float32],
    present: NDArray[np.bool_],
    shares: NDArray[np.float32],
    wording: bool,
) -> NDArray[np.float32]:
    first, second = pair
    weights, scores = hits.query.piece_weights, hits.scores
    alone = max(float(weights @ pieces[rank]) for rank in (0, first, second))
    words_alone = max(float(shares[present[rank]].sum()) for rank in pair)
    row = (
        float(wording),
        float(weights @ np.maximum(pieces[first], pieces[second])) - alone,
        float(shares[present[first] | present[second]].sum()) - words_alone,
        min(float(shares[present[a] & ~present[b]].sum()) for a, b in (pair, pair[::-1])),
        min(float(weights @ np.clip(pieces[a] - pieces[b], 0, 1)) for a, b in (pair, pair[::-1])),
        float(scores[0] - scores[1]),
        float(scores[first] + scores[second] - scores[0] - (scores[2] if len(scores) > 2 else scores[1])),
        sum(hits.feature(rank, "named") for rank in pair),
        len(hits.query.words) / 20,
    )
    return np.asarray(row, dtype=np.float32)


def _pieces(candidate: Candidate, count: int) -> NDArray[np.float32]:
    return candidate.pieces if len(candidate.segments.met) else np.zeros(count, dtype=np.float32)
