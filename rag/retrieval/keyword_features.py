"""How a query meets the keywords of papers: a row of numbers each, none above about 1."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.keywords import ENOUGH, Keywords
from rag.linear_model import trained
from rag.retrieval.query import Query

NAMES = ("keyword", "keyword_three", "keyword_six", "keyword_covered", "keywords_covered", "keyword_share")
RANKED = ("keyword", "keywords_covered")


def keyword_features(keywords: Keywords, query: Query, papers: Sequence[int]) -> NDArray[np.float32]:
    """`(papers, len(NAMES))`: the cosine of the nearest keyword, the mean of the nearest three and six; the share of
    the query's weight whose words stand in one keyword, and in all of them; the nearest beside that of the others."""
    codes, counts = keywords.entries(papers), keywords.counts(papers)
    table = np.zeros((len(papers), len(NAMES)), dtype=np.float32)
    having = np.flatnonzero(counts)
    if not len(having):
        return table
    alike = keywords.vectors[codes].astype(np.float32) @ query.vector
    found = _found(keywords, query, codes)
    shares = query.weights / max(float(query.weights.sum()), 1e-6)
    ends = np.cumsum(counts)
    for place in having:
        span = slice(int(ends[place] - counts[place]), int(ends[place]))
        nearest = np.sort(alike[span])[::-1]
        means = nearest[0], nearest[:3].mean(), nearest[:6].mean()
        table[place, :5] = (*means, (shares @ found[:, span]).max(), shares @ found[:, span].any(axis=1))
    table[:, 5] = table[:, 0] / max(float(table[:, 0].max()), 1e-6)
    return table


def has_enough(keywords: Keywords | None, paper: int) -> bool:
    """Whether the paper at a position has keywords enough to be judged by them."""
    return keywords is not None and int(keywords.counts([paper])[0]) >= ENOUGH


def ranking_features(keywords: Keywords, query: Query, papers: Sequence[int]) -> NDArray[np.float32]:
    """`(papers, len(RANKED))`: how much better than those of the others each paper's keywords meet the query; zeros,
    which neither raise nor lower a paper, where it has too few."""
    columns = [NAMES.index(name) for name in RANKED]
    table = keyword_features(keywords, query, papers)[:, columns]
    enough = keywords.counts(papers) >= ENOUGH
    if enough.any():
        table -= table[enough].mean(axis=0)
    table[~enough] = 0.0
    return table


def keyword_scores(keywords: Keywords, query: Query, papers: Sequence[int]) -> NDArray[np.float32]:
    """`(papers,)`: what keywords add to the papers' scores."""
    return trained("ranker_keywords", RANKED).score(ranking_features(keywords, query, papers))


def _found(keywords: Keywords, query: Query, codes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """`(words, entries)`: which keywords have which words of the query."""
    found = np.zeros((len(query.words), len(codes)), dtype=bool)
    for row, word in enumerate(query.words):
        having = keywords.words.postings(word)  # in order; of a million papers there may be very many
        if len(having):
            found[row] = having[np.minimum(np.searchsorted(having, codes), len(having) - 1)] == codes
    return found
