"""Listings and counts: every paper of the index that qualifies, each with the sentence that shows it.

Two kinds. A listing by terms ("which papers mention ImageNet") keeps each paper that has one of them; a
listing by topic judges each of many candidates by a learned model, from the whole index's scores.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from rag.linear_model import trained
from rag.question import BY_DATE, CITED, MOST_OF_ALL, NEWEST, OLDEST, Plan
from rag.retrieval import features
from rag.retrieval.retriever import Hits, Retriever
from rag.retrieval.spelling import corrected
from rag.selection import year_of
from rag.snapshot import Snapshot
from rag.text.words import words
from rag.writing.draft import Draft
from rag.writing.extractive import entry
from rag.writing.terms import Terms, asked_terms, beyond_terms, mentioning, says, topic_beside

NAMES = (*features.NAMES, "phrase", "phrase_in_title")
_POOL = 150  # candidates that a topic is judged over
_ALSO_TOPIC = 4  # words beyond the terms from which the topic decides, and the terms help
_SHARE = re.compile(r"\b(?:percent(?:age)?|share|fraction|proportion)\b", re.I)
_BEST = re.compile(r"\b(?:best|most (?!recent)[a-z]+|seminal|influential) (?=(?:[\w-]+ ){0,3}papers?\b)", re.I)
_SHORT_TOPIC = 2  # search words
_LOOSE = 0.3  # share of the threshold that is enough for a paper that has the term


def listing(retriever: Retriever, plan: Plan, allowed: NDArray[np.bool_] | None) -> Draft:
    """The papers that qualify, most certain first, under a line that counts them."""
    snapshot = retriever.snapshot
    terms = asked_terms(plan.wording)
    examined = int(allowed.sum()) if allowed is not None else snapshot.paper_count
    if asks_for_all(plan):
        return Draft((), opening=_whole(examined), confidence=1.0, examined=examined)
    named = mentioning(snapshot, terms) if terms else None
    if named is not None and allowed is not None:
        named &= allowed
    subject = plan.subject or plan.query
    beyond = len(beyond_terms(plan.wording, terms).split()) if terms else 0
    if named is not None and (not beyond or (terms.wanted and beyond < _ALSO_TOPIC)):
        return _by_terms(retriever, plan, named, terms, topic_beside(plan.wording, terms), examined)
    among = named if terms.unwanted and not terms.wanted else allowed
    # entries of a list are judged beside all papers: beside few, the best of them would seem to belong
    hits = retriever.hits(subject, None if plan.within else among, candidates=_POOL)
    likely = topic_probability(snapshot, hits, subject)
    threshold = trained("topic", NAMES).threshold
    enough = likely >= threshold
    if plan.within and among is not None:
        enough &= among[[candidate.paper for candidate in hits.candidates]]
    if named is not None and terms.wanted:
        has = named[[candidate.paper for candidate in hits.candidates]]
        enough |= has & (likely >= threshold * _LOOSE)
    return _draft(retriever, plan, hits, likely, enough, Terms(unwanted=terms.unwanted), examined, subject)


def _by_terms(
    retriever: Retriever, plan: Plan, named: NDArray[np.bool_], terms: Terms, beside: str, examined: int
) -> Draft:
    """The papers that have the terms; of these, where more is said than terms, those that are about it or say it."""
    snapshot, subject = retriever.snapshot, plan.subject or plan.query
    count = max(int(named.sum()), 1)
    hits = retriever.hits(subject, named, candidates=count)
    likely = topic_probability(snapshot, hits, subject)
    enough = np.ones(len(likely), dtype=bool)
    if beside:
        about = retriever.hits(beside, named, candidates=count)
        among = topic_probability(snapshot, about, beside) >= trained("topic", NAMES).threshold * _LOOSE
        right = {candidate.paper for candidate, is_in in zip(about.candidates, among, strict=True) if is_in}
        right |= {candidate.paper for candidate in hits.candidates if _has_words(snapshot, candidate.paper, beside)}
        enough = np.asarray([candidate.paper in right for candidate in hits.candidates], dtype=bool)
        if not enough.any():
            enough, beside = np.ones(len(likely), dtype=bool), ""
    return _draft(retriever, plan, hits, likely, enough, terms, examined, beside)


def _has_words(snapshot: Snapshot, position: int, text: str) -> bool:
    paper = snapshot.paper(position)
    return set(words(text)) <= set(words(f"{paper.title} {paper.text}"))


def lists_topic(retriever: Retriever, plan: Plan, allowed: NDArray[np.bool_] | None) -> bool:
    """Whether a question that is but a topic is answered by a list: several papers are about it, none has its name."""
    found = retriever.hits(plan.query, allowed)
    if not found.candidates or found.feature(0, "named") >= 1:
        return False
    draft = listing(retriever, plan, allowed)
    return not draft.abstained and len(draft.sentences) > 1


def asks_for_all(plan: Plan) -> bool:
    """Whether a listing or a count says nothing that its papers must be: it is about the collection as a whole."""
    return plan.route in ("survey", "count") and not words(plan.subject) and not asked_terms(plan.wording)


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
    terms: Terms,
    examined: int,
    beyond: str = "",
) -> Draft:
    """The candidates that qualify, likeliest first; as many as are wanted, where a number was said. `beyond` is what
    they are about beside having the terms."""
    ranks = [int(rank) for rank in np.argsort(-likely, kind="stable") if enough[rank]]
    if plan.newest or plan.oldest:
        years = {rank: year_of(retriever.snapshot.paper(hits.candidates[rank].paper)) for rank in ranks}
        ranks.sort(key=lambda rank: (years[rank] is None, (years[rank] or 0) * (1 if plan.oldest else -1)))
    shown = [hits.candidates[rank] for rank in ranks[: plan.most or None]]
    found = (entry(retriever.snapshot, plan.wording, hits.query, candidate) for candidate in shown)
    entries = tuple(one for one in found if one is not None)
    unknown = "" if terms else _unknown(retriever.snapshot, beyond)
    if unknown and len(set(words(beyond))) <= _SHORT_TOPIC:
        entries = ()  # of so few words none can be spared
    if not entries:
        opening = _none(plan, terms, unknown, examined)
        return Draft((), opening=opening, abstained=True, nearest=hits.nearest(retriever.snapshot), examined=examined)
    opening = _opening(plan, len(entries), len(ranks), terms, examined, beyond)
    if unknown:
        opening = f"No paper has “{unknown}”. By topic: {opening}"
    return Draft(entries, opening=opening, confidence=float(likely.max()), examined=examined)


def _none(plan: Plan, terms: Terms, unknown: str, examined: int) -> str:
    """What is said where no paper qualifies; empty for what is always said."""
    if terms:
        return f"None of {examined} papers {_verb(1, terms)} {terms}."
    if unknown:
        return f"No paper has “{unknown}”."
    return f"None of the {examined} listed papers is about “{plan.subject}”." if plan.within else ""


def _unknown(snapshot: Snapshot, subject: str) -> str:
    """A word of the subject that no paper has, nor one spelt much like it; empty for none."""
    typed = [part.strip("?.,:;()\"'“”") for part in subject.split()]
    for part in typed:
        forms = words(part)
        if forms and not any(snapshot.text.knows(form) for form in forms) and not corrected(forms, snapshot.text):
            return part
    return ""


def _opening(plan: Plan, shown: int, found: int, terms: Terms, examined: int, beyond: str) -> str:
    number = f"{shown} of {found}" if plan.most and found > shown else str(shown)
    noun = "paper" if found == 1 else "papers"
    how = f"that {_verb(shown, terms)} {terms}" if terms else f"about “{plan.subject or plan.wording}”"
    also = f", about “{beyond}”" if beyond and terms else ""
    share = f" ({found / max(examined, 1):.0%})" if _SHARE.search(plan.wording) else ""
    among = f", all {plan.among}" if plan.among else ""
    dated = plan.newest or plan.oldest
    order = f", {'oldest' if plan.oldest else 'newest'} first" if dated else _unordered(plan.wording)
    return f"{number} {noun} {how}{also}, of {examined} examined{among}{share}{order}:"


def _unordered(wording: str) -> str:
    """What is said where a listing asks for an order that only a comparison of all papers, their years, or a count of
    citations could tell."""
    asked = any(pattern.search(wording) for pattern in (MOST_OF_ALL, NEWEST, OLDEST, BY_DATE, CITED, _BEST))
    return ", in no order of that kind" if asked else ""


def _verb(count: int, terms: Terms) -> str:
    if terms.wanted:
        return "mentions" if count == 1 else "mention"
    return "does not mention" if count == 1 else "do not mention"


def _whole(count: int) -> str:
    """What is said of the collection itself."""
    noun = "paper is" if count == 1 else "papers are"
    return f"{count} {noun} in the index. Ask for those on a topic; `footnote papers` lists them all."
