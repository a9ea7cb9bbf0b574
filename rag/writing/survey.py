"""Listings and counts: every paper of the index that qualifies, each with the sentence that shows it.

Two kinds. A listing by terms ("which papers mention ImageNet") keeps each paper that has one of them; a
listing by topic judges each of many candidates by a learned model, from the whole index's scores.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from rag.linear_model import trained
from rag.question import Plan
from rag.retrieval import features
from rag.retrieval.retriever import Hits, Retriever
from rag.snapshot import Snapshot
from rag.writing.draft import Draft, DraftSentence
from rag.writing.extractive import best_sentence, quoted
from rag.writing.terms import beyond_terms, mentioning, says, terms_of

NAMES = (*features.NAMES, "phrase", "phrase_in_title")
_POOL = 150  # candidates that a topic is judged over
_ALSO_TOPIC = 4  # words beyond the terms from which the topic counts as well
_LOOSE = 0.3  # share of the threshold that is enough for a paper that has the term


def listing(retriever: Retriever, plan: Plan, allowed: NDArray[np.bool_] | None) -> Draft:
    """The papers that qualify, most certain first, under a line that counts them."""
    terms = terms_of(plan.question)
    named = mentioning(retriever.snapshot, terms) if terms else None
    if named is not None and allowed is not None:
        named &= allowed
    examined = int(allowed.sum()) if allowed is not None else retriever.snapshot.paper_count
    subject = plan.subject or plan.query
    beyond = len(beyond_terms(plan.question, terms).split()) if terms else 0
    if named is not None and beyond < _ALSO_TOPIC:
        hits = retriever.hits(subject, named, candidates=max(int(named.sum()), 1))
        likely = topic_probability(retriever.snapshot, hits, subject)
        return _draft(retriever, plan, hits, likely, np.ones(len(likely), dtype=bool), terms, examined)
    hits = retriever.hits(subject, allowed, candidates=_POOL)
    likely = topic_probability(retriever.snapshot, hits, subject)
    threshold = trained("topic", NAMES).threshold
    enough = likely >= threshold
    if named is not None:
        has = named[[candidate.paper for candidate in hits.candidates]]
        enough |= has & (likely >= threshold * _LOOSE)
    return _draft(retriever, plan, hits, likely, enough, (), examined)


def topic_features(snapshot: Snapshot, hits: Hits, subject: str) -> NDArray[np.float32]:
    """`(candidates, len(NAMES))`: retrieval's features, and whether text and title have the subject as a phrase."""
    said = [
        says(snapshot.paper(candidate.paper), subject) if subject else (False, False) for candidate in hits.candidates
    ]
    return np.column_stack([hits.table, np.asarray(said, dtype=np.float32).reshape(len(said), 2)]).astype(np.float32)


def topic_probability(snapshot: Snapshot, hits: Hits, subject: str) -> NDArray[np.float32]:
    """`(candidates,)`: how likely each candidate is about the subject."""
    return trained("topic", NAMES).probability(topic_features(snapshot, hits, subject))


def _draft(
    retriever: Retriever,
    plan: Plan,
    hits: Hits,
    likely: NDArray[np.float32],
    enough: NDArray[np.bool_],
    terms: Sequence[str],
    examined: int,
) -> Draft:
    """The candidates that qualify, likeliest first."""
    entries: list[DraftSentence] = []
    for rank in [int(rank) for rank in np.argsort(-likely, kind="stable") if enough[rank]]:
        found = best_sentence(retriever.snapshot, plan.question, hits.query, hits.candidates[rank])
        if found is not None:
            sentence, score = found
            entries.append(quoted(sentence, score, f"- {sentence.passage.title}: "))
    if not entries:
        near = tuple(retriever.snapshot.title(candidate.paper) for candidate in hits.candidates[:3])
        return Draft((), abstained=True, nearest=near, examined=examined)
    noun = "paper" if len(entries) == 1 else "papers"
    how = f"that mention {' or '.join(terms)}" if terms else f"about “{plan.subject or plan.question}”"
    opening = f"{len(entries)} {noun} {how}, of {examined} examined:"
    return Draft(tuple(entries), opening=opening, confidence=float(likely.max()), examined=examined)
