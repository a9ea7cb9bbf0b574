"""How likely papers are about a topic: a learned model over what retrieval finds out about each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.keywords import ENOUGH
from rag.linear_model import trained
from rag.retrieval import features, keyword_features
from rag.retrieval.retriever import Hits, Retriever
from rag.snapshot import Snapshot
from rag.text.searchable import searchable
from rag.text.words import stem, words
from rag.types import Paper
from rag.writing.listing.terms import says

NAMES = (*features.NAMES, "phrase", "phrase_in_title")
KEYWORDED = (*NAMES, *keyword_features.NAMES)
POOL = 150  # candidates that a topic is judged over
LOOSE = 0.3  # share of the threshold that is enough for a paper of which something else is known
_TOO_FEW = 12  # papers, the best of which would seem to belong anywhere
_FEW = 3  # words of a topic, each of which counts
_DERIVED = re.compile(r"(?P<root>\w{3,}i[sz])(?:e|ed|er|ers|es|ing|able|ation|ations)\Z")


def topic_features(snapshot: Snapshot, hits: Hits, subject: str) -> NDArray[np.float32]:
    """`(candidates, len(NAMES))`: retrieval's features, and whether text and title have the subject as a phrase."""
    said = [
        says(snapshot.paper(candidate.paper), subject) if subject else (False, False) for candidate in hits.candidates
    ]
    return np.column_stack([hits.table, np.asarray(said, dtype=np.float32).reshape(len(said), 2)]).astype(np.float32)


def keyworded_features(snapshot: Snapshot, hits: Hits, subject: str) -> NDArray[np.float32]:
    """`(candidates, len(KEYWORDED))`: these, and how the subject meets each paper's keywords; zeros without any."""
    papers = [candidate.paper for candidate in hits.candidates]
    table = topic_features(snapshot, hits, subject)
    met = (
        keyword_features.keyword_features(snapshot.keywords, hits.query, papers)
        if snapshot.keywords is not None
        else np.zeros((len(papers), len(keyword_features.NAMES)), dtype=np.float32)
    )
    return np.column_stack([table, met])


def topic_probability(snapshot: Snapshot, hits: Hits, subject: str) -> NDArray[np.float32]:
    """`(candidates,)`: how likely each candidate is about the subject; those with keywords are judged by them, too."""
    keywords = snapshot.keywords
    if keywords is None:
        return trained("topic", NAMES).probability(topic_features(snapshot, hits, subject))
    table = keyworded_features(snapshot, hits, subject)
    by_text = trained("topic", NAMES).probability(table[:, : len(NAMES)])
    by_keywords = trained("topic_keywords", KEYWORDED).probability(table)
    enough = keywords.counts([candidate.paper for candidate in hits.candidates]) >= ENOUGH
    return np.where(enough, by_keywords, by_text)


def threshold() -> float:
    """The probability from which a paper is about a topic, with keywords or without."""
    return trained("topic", NAMES).threshold


def about(retriever: Retriever, hits: Hits, likely: NDArray[np.float32], subject: str) -> NDArray[np.bool_]:
    """`(candidates,)`: which candidates are about the subject, those left out that only have words which its own are
    derived from: "tokens" is not "tokenizers"."""
    parts = subject.casefold().split()
    few = parts if len(parts) <= _FEW else []
    derived = [found["root"] for word in few if (found := _DERIVED.match(word.strip("?.,!:;")))]
    enough = likely >= threshold()
    for root in derived:
        if not stem(f"{root}e").endswith(root):
            for rank in np.flatnonzero(enough):
                enough[rank] = not _only_underived(retriever.snapshot.paper(hits.candidates[int(rank)].paper), root)
    return enough


def near(
    retriever: Retriever, subject: str, among: NDArray[np.bool_], *, beside: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """`(papers,)`: those of `among` that may be about a subject, or have its words. They are judged beside one another,
    or where there are few of them, beside the best of all papers in `beside`."""
    snapshot, few = retriever.snapshot, int(among.sum()) < _TOO_FEW
    pool, count = (beside, POOL) if few else (among, max(int(among.sum()), 1))
    hits = retriever.hits(subject, pool, candidates=count)
    likely = topic_probability(snapshot, hits, subject) >= threshold() * LOOSE
    found = _papers(snapshot, hits, likely)
    for paper in np.flatnonzero(among & ~found):
        found[paper] = _has_words(snapshot.paper(int(paper)), subject)
    return found & among


def about_any(retriever: Retriever, parts: Sequence[str], allowed: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    """`(papers,)`: those that are about one of the parts of a topic at least."""
    among = np.zeros(retriever.snapshot.paper_count, dtype=bool)
    for part in parts:
        hits = retriever.hits(part, allowed, candidates=POOL)
        enough = about(retriever, hits, topic_probability(retriever.snapshot, hits, part), part)
        among |= _papers(retriever.snapshot, hits, enough)
    return among


def about_all(retriever: Retriever, parts: Sequence[str], hits: Hits, enough: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`(candidates,)`: which of those that are about a topic have something of each of its parts; all, if none has."""
    among = _papers(retriever.snapshot, hits, enough)
    for part in parts:
        among &= near(retriever, part, among)
    kept = enough & among[[candidate.paper for candidate in hits.candidates]]
    return kept if kept.any() else enough


def _papers(snapshot: Snapshot, hits: Hits, enough: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`(papers,)`: those of the candidates that are `enough`."""
    found = np.zeros(snapshot.paper_count, dtype=bool)
    found[[hits.candidates[rank].paper for rank in np.flatnonzero(enough)]] = True
    return found


def _has_words(paper: Paper, text: str) -> bool:
    return set(words(text)) <= set(words(f"{paper.title} {paper.text}"))


def _only_underived(paper: Paper, root: str) -> bool:
    """Whether a paper has the word that a derived one comes from, and never that one."""
    text = f"{paper.title} {paper.text}"
    return stem(f"{root}e") in words(text) and not _having(root[:-1]).search(searchable(text))


@lru_cache(maxsize=256)
def _having(beginning: str) -> re.Pattern[str]:
    return re.compile(rf"{re.escape(beginning)}[sz](?:e|a|i)")
