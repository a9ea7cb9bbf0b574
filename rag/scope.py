"""What a question is asked of: which papers may answer it, and what is told before any is asked."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from rag.clock import Clock
from rag.question import Plan, is_task, reply, route_of
from rag.retrieval.features import all_about
from rag.retrieval.retriever import Retriever
from rag.selection import Selection
from rag.types import Route
from rag.writing.draft import Draft
from rag.writing.listing.alike import alike
from rag.writing.listing.survey import lists_topic
from rag.writing.records.conditions import Opening
from rag.writing.records.listings import narrowed
from rag.writing.records.record import asks_for_record, record
from rag.writing.records.supposed import agreed, supposes

# a second part of a question, which the text may answer where the record does not answer the first
_AND_MORE = re.compile(r"\band (?:what|how|which|why|does|do|is|are|can|by how)\b", re.I)

# a named paper's overview, or what is used or found in it
_OF_ONE = re.compile(
    r"^(?!.*\b(?:papers|works|studies|articles)\b).*\b(?:overview of|what(?:['’]s| is) new (?:in|with|about)|used for|"
    r"(?:used|evaluated|tested|compared|introduced|proposed|released|reported|contained) (?:in|by))"
    r"(?: the)? (?P<name>[\w.+-]+)(?: paper)?\W*$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """A plan, and the mask `(papers,)` of those that may answer it; None for all."""

    plan: Plan
    allowed: NDArray[np.bool_] | None


def chatted(rules: Plan) -> Draft:
    """What is said to a greeting, or to a task that is none of ours."""
    return Draft((), opening=reply(rules.question), abstained=is_task(rules.question))


def scoped(retriever: Retriever, rules: Plan, selection: Selection, clock: Clock) -> Scope | tuple[Draft, Route]:
    """Which papers a question looks at: those selected, of the list it speaks of, with the records it asks for.

    Where no paper is left, or records or nearness answer it: that answer at once, and its kind.
    """
    with clock("retrieve"):
        allowed, wanted = _selected(retriever, rules, selection)
    if allowed is not None and not allowed.any():
        return Draft((), opening=f"No paper of the index fits {wanted}.", abstained=True), rules.route
    if rules.route == "survey" and _is_on_one(retriever, rules, allowed):
        return Scope(replace(rules, route="lookup", subject=""), allowed)
    if rules.topic:
        with clock("survey"):
            hits = retriever.hits(rules.query, allowed)
            if not lists_topic(retriever, rules, allowed, hits):
                named = bool(hits.candidates) and hits.feature(0, "named") >= 1  # then no model need think about it
                rules = replace(rules, route=route_of(rules.wording), subject="", topic=not named)
    if rules.route in ("survey", "count"):
        with clock("survey"):
            near = alike(retriever, rules, allowed) if rules.like else None
            found = near or narrowed(retriever, rules, allowed)
        return (found, rules.route) if isinstance(found, Draft) else Scope(*found)
    if supposes(rules.wording) or asks_for_record(rules.wording):
        with clock("retrieve"):
            found_for = retriever.snapshot, rules.wording, rules.query, retriever.hits(rules.query, allowed)
            told = agreed(*found_for) or record(*found_for)
        if told is not None and not (told.abstained and _AND_MORE.search(rules.wording)):
            return told, "lookup"
    return Scope(rules, allowed)


def _is_on_one(retriever: Retriever, rules: Plan, allowed: NDArray[np.bool_] | None) -> bool:
    """Whether what sounds like a listing asks one paper, by its name, for what it has or says."""
    asked = _OF_ONE.search(rules.wording)
    if asked is None or rules.within or rules.like:
        return False
    hits = retriever.hits(asked["name"], allowed)
    return bool(hits.candidates) and all_about(hits.query, [retriever.snapshot.title(hits.candidates[0].paper)])


def _selected(retriever: Retriever, rules: Plan, selection: Selection) -> tuple[NDArray[np.bool_] | None, str]:
    """The mask of the papers that were chosen, and by what."""
    allowed = None if selection.everything else retriever.mask(selection)
    if not rules.within or (allowed is not None and not allowed.any()):
        return allowed, f"the filter: {selection.said}"
    listed = retriever.mask(Opening(frozenset(rules.within)))
    return listed if allowed is None else allowed & listed, "the list that was spoken of"
