"""A listing as it is written: a line that says how many papers there are and of what kind, and an entry for each."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.question import BY_DATE, CITED, MOST_OF_ALL, NEWEST, OLDEST, Plan
from rag.retrieval.query import Query
from rag.retrieval.retriever import Hits, Retriever
from rag.retrieval.spelling import corrected
from rag.selection import year_of
from rag.snapshot import Snapshot
from rag.text.words import words
from rag.writing.draft import Draft
from rag.writing.extractive import entry
from rag.writing.listing.facets import as_said
from rag.writing.listing.terms import Terms

MOST_SHOWN = 100  # papers of a list; how many there are is told
_SHARE = re.compile(r"\b(?:percent(?:age)?|share|fraction|proportion)\b", re.I)
_BEST = re.compile(
    r"\b(?:best|most (?!recent)[a-z]+|seminal|influential) (?=(?:[\w-]+ ){0,3}papers?\b)"
    r"|\bstate[ -]of[ -]the[ -]art\b|\bsota\b",
    re.I,
)
_SHORT_TOPIC = 2  # search words


@dataclass(frozen=True, slots=True)
class Listed:
    """Candidates, how likely each is meant, and whether that is enough.

    `beyond` is what they are about beside having the `terms`, or the topic itself; `told`, if given, says of so many
    papers what they are instead. `found` is how many there are, 0 for as many as are enough.
    """

    hits: Hits
    likely: NDArray[np.float32]
    enough: NDArray[np.bool_]
    terms: Terms
    examined: int
    beyond: str = ""
    told: Callable[[int], str] | None = None
    found: int = 0


def listed(retriever: Retriever, plan: Plan, of: Listed) -> Draft:
    """The candidates that qualify, likeliest first; as many as are wanted, where a number was said."""
    snapshot = retriever.snapshot
    ranks = [int(rank) for rank in np.argsort(-of.likely, kind="stable") if of.enough[rank]]
    if plan.newest or plan.oldest:
        years = {rank: year_of(snapshot.paper(of.hits.candidates[rank].paper)) for rank in ranks}
        ranks.sort(key=lambda rank: (years[rank] is None, (years[rank] or 0) * (1 if plan.oldest else -1)))
    shown = [of.hits.candidates[rank] for rank in ranks[: plan.most or MOST_SHOWN]]
    found = (entry(snapshot, plan.wording, of.hits.query, candidate) for candidate in shown)
    entries = tuple(one for one in found if one is not None)
    strange = [] if of.terms or of.told else _unknown(snapshot, of.beyond, of.hits.query)
    unknown = strange[0] if strange else ""
    if strange and len(set(words(of.beyond))) <= max(_SHORT_TOPIC, 3 * len(strange)):
        entries = ()  # of so few words none can be spared
    if not entries:
        nearest = of.hits.nearest(snapshot)
        return Draft((), opening=_none(plan, of, unknown), abstained=True, nearest=nearest, examined=of.examined)
    opening = _opening(plan, of, len(entries), of.found or len(ranks))
    if unknown:
        opening = f"No paper has “{unknown}”. By topic: {opening}"
    return Draft(entries, opening=opening, confidence=float(of.likely.max()), examined=of.examined)


def _none(plan: Plan, of: Listed, unknown: str) -> str:
    """What is said where no paper qualifies; empty for what is always said."""
    if of.told:
        return f"None of {of.examined} papers is one {of.told(1)}."
    if of.terms:
        return f"None of {of.examined} papers {_verb(1, of.terms)} {of.terms}."
    if unknown:
        return f"No paper has “{unknown}”."
    return f"None of the {of.examined} listed papers is about “{plan.subject}”." if plan.within else ""


def _unknown(snapshot: Snapshot, subject: str, query: Query) -> list[str]:
    """The words of the subject that no paper has, nor one spelt so much like them that it was searched for instead."""
    vocabularies = [snapshot.text, *([snapshot.keywords.words] if snapshot.keywords is not None else [])]
    typed = [part.strip("?.,:;()\"'“”") for part in subject.split()]
    return [
        part
        for part in typed
        if (forms := words(part))
        and not any(vocabulary.knows(form) for vocabulary in vocabularies for form in forms)
        and (part in query.text or not corrected(forms, snapshot.text))
    ]


def _opening(plan: Plan, of: Listed, shown: int, found: int) -> str:
    number = f"{shown} of {found}" if found > shown else str(shown)
    noun = "paper" if found == 1 else "papers"
    also = f", about “{of.beyond}”" if of.beyond and of.terms else ""
    share = f" ({found / max(of.examined, 1):.0%})" if _SHARE.search(plan.wording) else ""
    among = f", all {plan.among}" if plan.among else ""
    dated = plan.newest or plan.oldest
    order = f", {'oldest' if plan.oldest else 'newest'} first" if dated else _unordered(plan.wording)
    return f"{number} {noun} {_how(plan, of, found)}{also}, of {of.examined} examined{among}{share}{order}:"


def _how(plan: Plan, of: Listed, count: int) -> str:
    """What the papers of a list are."""
    if of.told:
        return of.told(count)
    if of.terms:
        return f"that {_verb(count, of.terms)} {of.terms}"
    return f"about “{as_said(plan.wording, plan.subject) or plan.wording}”"


def _unordered(wording: str) -> str:
    """What is said where a listing asks for an order that only a comparison of all papers, their years, or a count of
    citations could tell."""
    asked = any(pattern.search(wording) for pattern in (MOST_OF_ALL, NEWEST, OLDEST, BY_DATE, CITED, _BEST))
    return ", in no order of that kind" if asked else ""


def _verb(count: int, terms: Terms) -> str:
    if terms.wanted:
        return "mentions" if count == 1 else "mention"
    return "does not mention" if count == 1 else "do not mention"
