"""Listings and counts: every paper of the index that qualifies, each with the sentence that shows it.

By terms ("which papers mention ImageNet") each paper is kept that has one of them; by what papers make or are ("that
release code", "surveys") each whose text says so; by topic a learned model judges each of many candidates.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rag.question import Plan, is_topic, probability_of_many
from rag.retrieval.retriever import Hits, Retriever
from rag.text.words import words
from rag.writing import answerability
from rag.writing.answer_type import asked_types
from rag.writing.draft import Draft
from rag.writing.listing.facets import Facets, as_said, facets_of
from rag.writing.listing.listed import Listed, listed
from rag.writing.listing.offered import SpokenOf, offered
from rag.writing.listing.reviews import asks_for_surveys, is_survey, topic_of_surveys
from rag.writing.listing.terms import Terms, asked_terms, beyond_terms, mentioning, spelled_out, topic_beside
from rag.writing.listing.topic import (
    LOOSE,
    NAMES,
    POOL,
    about,
    about_all,
    about_any,
    near,
    threshold,
    topic_features,
    topic_probability,
)
from rag.writing.sentence_features import tabulate

__all__ = ["NAMES", "asks_for_all", "listing", "lists_topic", "topic_features", "topic_probability"]

_ALSO_TOPIC = 4  # words beyond the terms from which the topic decides, and the terms help
# Of questions on one paper 88% are found with a lead of more than 3 in the ranker's score, of listings 18%.
_SURE = 0.7  # probability of a list that is enough without a lead
_SURER = 0.1  # what each point of a lead adds to that
_LEAST_ANSWERABLE = 0.1  # of requests for lists 77% are above, of what nothing answers, and yet lists, 20%
_PHRASE = 3  # search words of a term that papers need not have as it stands
_GIVEN_AWAY = "code"  # is had by most papers, and the topic of few
_MOST_RANKED = 1000  # papers that have what is asked, put in an order by how near they are


def listing(retriever: Retriever, plan: Plan, allowed: NDArray[np.bool_] | None) -> Draft:
    """The papers that qualify, most certain first, under a line that counts them."""
    examined = int(allowed.sum()) if allowed is not None else retriever.snapshot.paper_count
    if asks_for_all(plan):
        return Draft((), opening=_whole(examined), confidence=1.0, examined=examined)
    terms = asked_terms(plan.wording)
    if not terms.unwanted and (made := offered(plan.wording)) is not None:
        mask = _within(retriever.mask(made), allowed)
        mask = near(retriever, made.topic, mask) if words(made.topic) and mask.any() else mask
        return _of_mask(retriever, plan, mask, made.told, examined)
    if not terms and asks_for_surveys(plan.wording):
        return _of_surveys(retriever, plan, allowed, examined)
    terms = spelled_out(retriever.snapshot, plan.wording, terms)
    named = _within(mentioning(retriever.snapshot, terms), allowed) if terms else None
    beyond = len(beyond_terms(plan.wording, terms).split()) if terms else 0
    if named is not None and not named.any() and any(_is_paraphrase(term, plan.wording) for term in terms.wanted):
        named, terms = None, Terms(unwanted=terms.unwanted)
    if named is not None and (not beyond or (terms.wanted and beyond < _ALSO_TOPIC)):
        return _by_terms(retriever, plan, named, terms, examined)
    return _by_topic(retriever, plan, allowed, named, terms, examined)


def lists_topic(retriever: Retriever, plan: Plan, allowed: NDArray[np.bool_] | None, found: Hits) -> bool:
    """Whether a question that is but a topic, or sounds like a request for a list, is answered by one: several papers
    are about it, and none has its name. Where it is more than a topic, none is ahead as if it were asked about alone,
    and the best is as near as to a question that papers answer. `found` is what its query finds."""
    if not found.candidates or found.feature(0, "named") >= 1:
        return False
    if not is_topic(plan.wording) and (_one_is_meant(plan, found) or _is_astray(retriever, plan, found)):
        return False
    draft = listing(retriever, plan, allowed)
    return not draft.abstained and len(draft.sentences) > 1


def _is_paraphrase(term: str, question: str) -> bool:
    """Whether a term that no paper has is so long that it is a topic in somebody's own words; not if it is quoted."""
    place = question.find(term)
    return len(words(term)) >= _PHRASE and question[place - 1 : place] not in ("“", '"', "‘", "'", "`")


def _one_is_meant(plan: Plan, found: Hits) -> bool:
    """Whether the best paper is so far ahead that the wording would have to be the surer of a list."""
    lead = float(found.scores[0] - found.scores[1]) if len(found.scores) > 1 else 0.0
    return probability_of_many(plan.wording) < _SURE + _SURER * lead


def _is_astray(retriever: Retriever, plan: Plan, found: Hits) -> bool:
    """Whether no paper seems to answer, as for what is none of the collection's subjects."""
    table = tabulate(retriever.snapshot, found.query, found.candidates[0], asked_types(plan.wording))
    return answerability.probability(plan.wording, found, table, None) < _LEAST_ANSWERABLE


def asks_for_all(plan: Plan) -> bool:
    """Whether a listing or a count says nothing that its papers must be: it is about the collection as a whole."""
    return plan.route in ("survey", "count") and not words(plan.subject) and not asked_terms(plan.wording)


def _by_topic(
    retriever: Retriever,
    plan: Plan,
    allowed: NDArray[np.bool_] | None,
    named: NDArray[np.bool_] | None,
    terms: Terms,
    examined: int,
) -> Draft:
    """The papers that are about the subject; where terms help it, those that are less surely and have one."""
    subject = plan.subject or plan.query
    among = named if terms.unwanted and not terms.wanted else allowed
    if subject.casefold().strip() == _GIVEN_AWAY:
        among = _within(retriever.mask(SpokenOf(_GIVEN_AWAY)), among)
    facets = facets_of(plan.wording, subject) if not terms.wanted and not plan.within else Facets()
    if facets and facets.how == "any":
        among = about_any(retriever, facets.parts, among)
    # entries of a list are judged beside all papers: beside few, the best of them would seem to belong
    hits = retriever.hits(subject, None if plan.within else among, candidates=POOL)
    likely = topic_probability(retriever.snapshot, hits, subject)
    enough = about(retriever, hits, likely, subject)
    papers = [candidate.paper for candidate in hits.candidates]
    if plan.within and among is not None:
        enough &= among[papers]
    if facets:
        enough = enough | True if facets.how == "any" else about_all(retriever, facets.parts, hits, enough)
    if named is not None and terms.wanted:
        enough |= named[papers] & (likely >= threshold() * LOOSE)
    return listed(retriever, plan, Listed(hits, likely, enough, Terms(unwanted=terms.unwanted), examined, subject))


def _by_terms(retriever: Retriever, plan: Plan, named: NDArray[np.bool_], terms: Terms, examined: int) -> Draft:
    """The papers that have the terms; of these, where more is said than terms, those that are about it or say it."""
    subject, beside = plan.subject or plan.query, topic_beside(plan.wording, terms)
    right = near(retriever, beside, named) if beside else named
    if not right.any():
        right, beside = named, ""
    return listed(retriever, plan, replace(_all_of(retriever, subject, right, terms, examined), beyond=beside))


def _of_surveys(retriever: Retriever, plan: Plan, allowed: NDArray[np.bool_] | None, examined: int) -> Draft:
    """The papers that survey others, on the topic if there is one."""
    surveys = _within(retriever.mask(is_survey), allowed)
    topic = topic_of_surveys(plan.subject)
    if words(topic):
        # not in place: a mask is kept for the next question
        surveys = surveys & near(retriever, topic, surveys, beside=allowed)
    of = f" about “{as_said(plan.wording, topic)}”" if words(topic) else ""
    return _of_mask(
        retriever, plan, surveys, lambda n: f"that {'surveys' if n == 1 else 'survey'} others{of}", examined
    )


def _of_mask(
    retriever: Retriever, plan: Plan, mask: NDArray[np.bool_], told: Callable[[int], str], examined: int
) -> Draft:
    """The papers of a mask, those first that the question is nearest to; `told` says of so many what they are."""
    all_of = _all_of(retriever, plan.subject or plan.query, mask, Terms(), examined)
    return listed(retriever, plan, replace(all_of, told=told))


def _all_of(retriever: Retriever, subject: str, mask: NDArray[np.bool_], terms: Terms, examined: int) -> Listed:
    """All papers of a mask, those first that the subject is nearest to."""
    found = int(mask.sum())
    hits = retriever.hits(subject, mask, candidates=min(max(found, 1), _MOST_RANKED))
    likely = topic_probability(retriever.snapshot, hits, subject)
    return Listed(hits, likely, np.ones(len(likely), dtype=bool), terms, examined, found=found)


def _within(mask: NDArray[np.bool_], allowed: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
    return mask if allowed is None else mask & allowed


def _whole(count: int) -> str:
    """What is said of the collection itself."""
    noun = "paper is" if count == 1 else "papers are"
    return f"{count} {noun} in the index. Ask for those on a topic; `footnote papers` lists them all."
