"""Listings by what records say rather than texts: who wrote a paper, when it came out, where it was published."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rag.question import NEWEST, WRITE, Plan, subject_of
from rag.retrieval.retriever import Retriever
from rag.selection import year_of
from rag.text.words import words
from rag.writing.draft import Draft
from rag.writing.extractive import entry
from rag.writing.of_record import Field, Has, OfRecord
from rag.writing.terms import asked_terms, mentioning

_PAPERS = r"(?:papers?|works?|articles?|studies|study|publications?|preprints?|abstracts?)"
_OUT = r"(?:published|released|written|posted|out|appeared|came out|come out|presented|accepted)"
_REST = r"[\w.'’-]{0,40}"  # of a word of a name: bounded, or a word of 4,000 letters takes seconds
_PART = rf"[^\W\d_]{_REST}"
_PROPER = (
    rf"(?-i:[^\W\d_a-z]{_REST}"
    rf"(?: (?:(?:van|von|der|den|de|da|di|la|le|el|al)\b|[^\W\d_a-z]{_REST})){{0,4}})"
)
_PLAIN = (
    rf"(?!(?:the|an?|my|our|this|that|these|those|it|them)\b){_PART}(?: {_PART}){{0,2}}?"
    r"(?=\W*$| (?:on|about|in|from|since)\b)"
)
_PERSON = rf"(?:{_PROPER}(?:,? (?:and|or|&) {_PROPER})*|{_PLAIN})"
_AUTHORS = re.compile(
    rf"\b{_PAPERS}(?P<how>,?(?: (?:that|which) (?:are|were))?(?: (?:(?:co-?)?(?:written|authored)|published))?"
    r" by (?:the )?)"
    rf"(?P<by>{_PERSON})(?!\w)"
    rf"|\b(?:that|which|did|has|have|does) (?P<did>{_PERSON})(?: (?:ha[sd]|have))? {WRITE}\b"
    rf"|(?P<own>{_PERSON})['’]s? (?:\w+ )?(?={_PAPERS}\b)"
    rf"|(?P<are> (?:are |is |there )*by (?:the )?(?P<any>{_PROPER}(?:,? (?:and|or|&) {_PROPER})*))(?!\w)",
    re.I,
)
_YEAR = r"(?P<{0}>(?:19|20)\d\d)(?![\d%.x]|-(?!\d{{4}}))"
_SPAN = re.compile(
    rf"\b(?:(?:from|between|in|of)\s+)?{_YEAR.format('first')}\s*(?:to|and|until|through|-|–)\s*{_YEAR.format('last')}",
    re.I,
)
_SINCE = re.compile(
    r"\b(?P<how>(?:no|not) (?:older|earlier) than|since|as of|after|newer than|later than|more recent than)"
    rf"\s+{_YEAR.format('y')}",
    re.I,
)
_UNTIL = re.compile(
    r"\b(?P<how>(?:no|not) (?:newer|later) than|until|till|up to|before|(?<!no )(?<!not )older than|earlier than"
    r"|prior to)"
    rf"\s+{_YEAR.format('y')}",
    re.I,
)
_ONWARDS = re.compile(rf"\bfrom\s+{_YEAR.format('y')}\s+(?:onwards?\b|on(?=\W*$))", re.I)
_IN = re.compile(rf"\b(?:in|of|from|during|year)\s+{_YEAR.format('y')}|\b{_YEAR.format('z')}\s+(?={_PAPERS}\b)", re.I)
# Stands right before "from 2020" where nothing else is meant.
_FRAMED = re.compile(rf"\b(?:{_PAPERS}|{_OUT})(?: (?:are|is|were|was))?(?: there)?\W*$", re.I)
_TITLED = r"(?:[A-Z][\w&.-]{0,40}|of|on|and|the|for)"
_NEXT_PAPERS = re.compile(rf" {_PAPERS}\b", re.I)
_VENUE = re.compile(
    rf"\b(?:at|in|from)\s+(?:the )?(?P<in>{_TITLED}(?: {_TITLED})*)"
    rf"|\b(?P<of>[A-Z][\w&.-]{{0,40}}(?: [A-Z][\w&.-]{{0,40}}){{0,3}})(?= (?:(?:19|20)\d\d )?{_PAPERS}\b)"
)
_ACRONYM = re.compile(r"\w*[A-Z]\w*[A-Z]\w*")  # may be a venue wherever it stands, where Computer Vision is a topic
_LEFT_OVER = re.compile(rf"\b{_OUT}\b(?=\s*(?:[?.!,;]|$))", re.I)
_NEWEST_SHOWN = 10  # papers, where no number is asked for
_VENUES_TRIED = 3  # each has all records read
_TOLD = {"authors": "who wrote them", "year": "when they came out", "venue": "where they were published"}


def narrowed(
    retriever: Retriever, plan: Plan, allowed: NDArray[np.bool_] | None
) -> tuple[Plan, NDArray[np.bool_] | None] | Draft:
    """A listing that asks for what records say: as a listing of the rest among the papers `(papers,)` whose records say
    so; or at once the draft, where nothing else is asked, where no paper is such, or where no record says it at all.

    A plan that asks for no such thing comes back as it is.
    """
    asked, rest = _asked(retriever, plan.wording)
    newest = NEWEST.search(plan.wording) is not None
    subject, rest = subject_of(rest), NEWEST.sub("", rest) if newest else rest
    whole = not words(subject) and not asked_terms(rest)
    dated = bool(retriever.mask(Has("year")).any()) if newest else False
    if not asked.fields and not (newest and (dated or whole)):
        return plan, allowed
    everything = np.ones(retriever.snapshot.paper_count, dtype=bool) if allowed is None else allowed
    examined = int(everything.sum())
    fields: tuple[Field, ...] = (*asked.fields, "year") if newest and whole else asked.fields
    if lacking := [_TOLD[name] for name in dict.fromkeys(fields) if not retriever.mask(Has(name)).any()]:
        told = "The record of the one paper does" if examined == 1 else f"The records of the {examined} papers do"
        return _none(f"{told} not say {' or '.join(lacking)}.", examined)
    among = retriever.mask(asked) & everything
    if not among.any():
        return _none(f"By their records, none of {examined} papers is {asked}.", examined)
    plan = replace(plan, newest=newest and dated)
    if not whole:
        return replace(plan, wording=rest, query=rest, subject=subject, among=str(asked)), among
    if newest and not (among := among & retriever.mask(Has("year"))).any():
        return _none(f"The records of the papers {asked}".rstrip() + " do not say when they came out.", examined)
    return _all_of(retriever, plan, asked, among, examined)


def _asked(retriever: Retriever, text: str) -> tuple[OfRecord, str]:
    """What a listing wants of records, and the listing without it. What is said in words that may mean something else
    ("by", "in", a year behind some other noun) counts where a record has it."""
    asked = OfRecord()
    for part in (_by_authors, _of_years, _in_venue):
        found, rest = part(retriever, text)
        if found.fields:
            asked = asked.and_also(found)
            text = rest
    return asked, _LEFT_OVER.sub("", text) if asked.fields else text


def _by_authors(retriever: Retriever, text: str) -> tuple[OfRecord, str]:
    match = _AUTHORS.search(text)
    if match is None:
        return OfRecord(), text
    said = match["by"] or match["did"] or match["own"] or match["any"]
    asked = OfRecord(authors=tuple(name.strip(" ,.") for name in re.split(r" (?:and|or|&) ", said)))
    capitals = all(name[:1].isupper() for name in asked.authors)
    if not _some(retriever, asked) and (not capitals or _named_in_text(retriever, text)):
        return OfRecord(), text
    start = match.start("how") if match["by"] else match.start("are") if match["any"] else match.start()
    return asked, f"{text[:start]}{text[match.end() :]}"


def _named_in_text(retriever: Retriever, text: str) -> bool:
    """Whether some paper's text has the names of a listing: "papers by OpenAI" may be found by what they say."""
    terms = asked_terms(text)
    return bool(terms) and bool(mentioning(retriever.snapshot, terms).any())


def _of_years(retriever: Retriever, text: str) -> tuple[OfRecord, str]:
    match, asked = _years(text)
    if match is None:
        return OfRecord(), text
    before = text[: match.start()]
    at_end = not words(text[match.end() :])
    framed = _FRAMED.search(before) or at_end or match.groupdict().get("z") or _NEXT_PAPERS.match(text, match.end())
    if match[0][0].isdigit() and not framed:
        return OfRecord(), text  # two years of something else
    if not framed and not retriever.mask(Has("year")).any():
        return OfRecord(), text
    return asked, _without(text, match)


def _years(text: str) -> tuple[re.Match[str] | None, OfRecord]:
    if match := _SPAN.search(text):
        return match, OfRecord(since=int(match["first"]), until=int(match["last"]))
    if match := _UNTIL.search(text):
        within = match["how"].casefold() in ("until", "till", "up to") or match["how"].casefold().startswith("no")
        return match, OfRecord(until=int(match["y"]) - (not within))
    if match := _ONWARDS.search(text):
        return match, OfRecord(since=int(match["y"]))
    if match := _SINCE.search(text):
        within = match["how"].casefold().startswith(("since", "as of", "no"))
        return match, OfRecord(since=int(match["y"]) + (not within))
    if match := _IN.search(text):
        year = int(match["y"] or match["z"])
        return match, OfRecord(since=year, until=year)
    return None, OfRecord()


def _in_venue(retriever: Retriever, text: str) -> tuple[OfRecord, str]:
    for match in islice(_VENUE.finditer(text), _VENUES_TRIED):
        asked = OfRecord(venue=(match["in"] or match["of"]).strip())
        if asked.venue.islower():
            continue  # "in and after 2019"
        framed = match["of"] or _FRAMED.search(text[: match.start()]) or _ACRONYM.fullmatch(asked.venue)
        if framed and _some(retriever, asked):
            return asked, _without(text, match)
    return OfRecord(), text


def _without(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}".strip()


def _some(retriever: Retriever, asked: OfRecord) -> bool:
    """Whether some record says so. Where none has the field, as in listing pages, no further row is read for it."""
    return all(retriever.mask(Has(name)).any() for name in asked.fields) and bool(retriever.mask(asked).any())


def _none(opening: str, examined: int) -> Draft:
    return Draft((), opening=opening, abstained=True, confidence=1.0, examined=examined)


def _all_of(retriever: Retriever, plan: Plan, asked: OfRecord, among: NDArray[np.bool_], examined: int) -> Draft:
    """Every paper whose record says what is asked, newest first."""
    snapshot = retriever.snapshot
    places = sorted(np.flatnonzero(among), key=lambda place: -(year_of(snapshot.paper(int(place))) or 0))
    shown = places[: plan.most or (_NEWEST_SHOWN if plan.newest else None)]
    hits = retriever.hits(plan.query, np.isin(np.arange(len(among)), shown), candidates=len(shown))
    candidates = {candidate.paper: candidate for candidate in hits.candidates}
    found = (entry(snapshot, plan.wording, hits.query, candidates[int(place)]) for place in shown)
    entries = tuple(one for one in found if one is not None)
    number = f"{len(entries)} of {len(places)}" if len(entries) < len(places) else str(len(places))
    noun = "paper" if len(places) == 1 else "papers"
    order = ", newest first" if plan.newest else ""
    opening = f"By their records, {number} {noun} {asked}".rstrip() + f", of {examined} examined{order}:"
    return Draft(entries, opening=opening, confidence=1.0, examined=examined)
