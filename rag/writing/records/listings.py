"""Listings by what records say rather than texts: who wrote a paper, when it came out, where it was published."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rag.question import BY_DATE, CITED, NEWEST, OLDEST, Plan, subject_of
from rag.retrieval.retriever import Retriever
from rag.text.words import words
from rag.writing.draft import Draft
from rag.writing.extractive import entry
from rag.writing.listing.listed import MOST_SHOWN
from rag.writing.listing.terms import asked_terms
from rag.writing.records.asked import asked_of_record
from rag.writing.records.conditions import Field, Has, OfRecord
from rag.writing.records.lacking import none, unsaid_of_all
from rag.writing.records.tally import tally

_FEW_SHOWN = 10  # of the newest or oldest papers, where no number is asked for


def narrowed(
    retriever: Retriever, plan: Plan, allowed: NDArray[np.bool_] | None
) -> tuple[Plan, NDArray[np.bool_] | None] | Draft:
    """A listing that asks for what records say: as a listing of the rest among the papers `(papers,)` whose records say
    so; or at once the draft, where nothing else is asked, where no paper is such, or where no record says it at all.

    A plan that asks for no such thing comes back as it is.
    """
    if (counted := tally(retriever, plan, allowed)) is not None:
        return counted
    asked, rest = asked_of_record(retriever, plan.wording)
    subject = subject_of(BY_DATE.sub("", rest))
    plan, rest = _ordered(plan, rest)
    whole = not words(subject) and not asked_terms(rest)
    everything = np.ones(retriever.snapshot.paper_count, dtype=bool) if allowed is None else allowed
    examined = int(everything.sum())
    if (cited := CITED.search(plan.wording)) and (whole or "citation" in cited[0].casefold()):
        return none("How often papers are cited is in none of the records.", examined)
    ordered = plan.newest or plan.oldest
    if ordered and not whole and not retriever.mask(Has("year")).any():
        plan, ordered = replace(plan, newest=False, oldest=False), False
    if not asked.fields and not ordered:
        return plan, allowed
    fields: tuple[Field, ...] = (*asked.fields, "year") if ordered and whole else asked.fields
    among = retriever.mask(asked) & everything
    if unsaid := _unsaid(retriever, asked, fields, among, examined):
        return none(unsaid, examined)
    if not whole:
        return replace(plan, wording=rest, query=rest, subject=subject, among=str(asked)), among
    return _all_of(retriever, plan, asked, among & retriever.mask(Has("year")) if ordered else among, examined)


def _ordered(plan: Plan, rest: str) -> tuple[Plan, str]:
    """The plan with the order by years that it asks for, and the rest of its wording without that."""
    patterns = (BY_DATE, OLDEST, NEWEST)
    if not any(pattern.search(plan.wording) for pattern in patterns):
        return plan, rest
    for pattern in patterns:
        rest = pattern.sub("", rest)
    oldest = OLDEST.search(plan.wording) is not None
    return replace(plan, newest=not oldest, oldest=oldest), rest


def _unsaid(
    retriever: Retriever, asked: OfRecord, fields: tuple[Field, ...], among: NDArray[np.bool_], examined: int
) -> str:
    """Why records leave no paper to list; empty where they leave some."""
    if lacking := [name for name in dict.fromkeys(fields) if not retriever.mask(Has(name)).any()]:
        return unsaid_of_all(lacking, examined)
    if not among.any():
        return f"By their records, none of {examined} papers is {asked}."
    if "year" in fields and not (among & retriever.mask(Has("year"))).any():
        return f"The records of the papers {asked}".rstrip() + " do not say when they came out."
    return ""


def _all_of(retriever: Retriever, plan: Plan, asked: OfRecord, among: NDArray[np.bool_], examined: int) -> Draft:
    """The papers whose records say what is asked, newest first, or oldest."""
    snapshot = retriever.snapshot
    found_at = np.flatnonzero(among)
    years = np.maximum(snapshot.years[found_at], 0)
    places = [int(place) for place in found_at[np.argsort(years if plan.oldest else -years, kind="stable")]]
    ordered = plan.newest or plan.oldest
    few = ordered and not BY_DATE.search(plan.wording)
    shown = places[: plan.most or (_FEW_SHOWN if few else MOST_SHOWN)]
    hits = retriever.hits(plan.query, np.isin(np.arange(len(among)), shown), candidates=len(shown))
    candidates = {candidate.paper: candidate for candidate in hits.candidates}
    found = (entry(snapshot, plan.wording, hits.query, candidates[place]) for place in shown)
    entries = tuple(one for one in found if one is not None)
    found_in = f"By their records, {_counted(plan, len(entries), len(places), str(asked))}"
    of_all = f", of {examined} examined" if len(places) < examined else ""
    order = f", {'oldest' if plan.oldest else 'newest'} first" if ordered and len(entries) > 1 else ""
    opening = f"{found_in}{of_all}{order}:"
    return Draft(entries, opening=opening, confidence=1.0, examined=examined)


def _counted(plan: Plan, shown: int, found: int, asked: str) -> str:
    """How many of the papers found are listed, or which one."""
    noun = "paper" if found == 1 else "papers"
    if shown == 1 < found and (plan.newest or plan.oldest):
        return f"the {'oldest' if plan.oldest else 'newest'} of {found} {noun} {asked}".rstrip()
    return f"{f'{shown} of {found}' if shown < found else found} {noun} {asked}".rstrip()
