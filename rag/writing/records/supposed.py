"""Questions that suppose something of a paper's record: was it published in Nature, is it by Reed, is it of 2019?"""

from __future__ import annotations

import re

from rag.retrieval.retriever import Hits
from rag.snapshot import Snapshot
from rag.text.brackets import unbracketed
from rag.writing.draft import Draft
from rag.writing.records.asked import PEOPLE, TITLED, named, titled
from rag.writing.records.asked_years import years_said
from rag.writing.records.conditions import OfRecord
from rag.writing.records.lacking import unsaid
from rag.writing.records.record import meant, said

_ASKS = re.compile(r"^\W*+(?:(?:and|so|but|ok|okay|then)\b\W*)?(?:was|is|were|are|did|has)\b", re.I)
_MADE = r"(?:(?:co-?)?(?:written|authored)|published|proposed|introduced|developed|created|invented|made)"
_BY = (
    re.compile(
        rf"(?:\b(?:{_MADE}|paper|work)|(?-i:(?<!\w)[A-Z0-9]\S*)) by (?P<who>{PEOPLE})(?=\W*$| (?:in|and|or)\b)", re.I
    ),
    re.compile(
        rf"^\W*+(?:did|has) (?P<who>{PEOPLE}) (?:really |also |ever )?(?:co-?)?"
        r"(?:write|written|author|authored|publish|published|propose|introduce|invent|create|develop)\b",
        re.I,
    ),
    re.compile(
        rf"^\W*+(?:is|was|are|were) (?P<who>{PEOPLE}) "
        r"(?:(?:an?|one|of|the|among|first|last|senior|lead) )*(?:co-?)?authors? (?:of|on|behind)\b",
        re.I,
    ),
)
_OUT = r"(?:published|presented|accepted|released|printed|appear(?:ed)?|come out|out|from|written|posted)"
_PLACED = re.compile(
    rf"\b(?:{_OUT}(?: as [a-z ]{{2,20}})?|a paper) (?:in|at|to) (?:the )?(?P<at>(?-i:{TITLED}(?: {TITLED})*))"
    r"|\ban? (?P<kind>(?-i:[A-Z][\w-]+)) (?:(?:19|20)\d\d )?(?:paper|publication)\b",
    re.I,
)
_DATED = re.compile(rf"\b{_OUT}\b", re.I)


def supposes(question: str) -> bool:
    """Whether a question wants a yes or no to something that only a record could tell."""
    return bool(_supposed(question)[0].fields)


def agreed(snapshot: Snapshot, question: str, query: str, hits: Hits) -> Draft | None:
    """Whether the record of the paper that `query` (the question with what it leans on) names says what the question
    supposes, and what it says; None where no paper is named."""
    asked, rest = _supposed(question)
    leaning = query if query != question else rest
    paper = meant(snapshot, rest, leaning, hits) if asked.fields else None
    if paper is None:
        return None
    title = unbracketed(paper.title)
    told = [said(field, paper) for field in asked.fields]
    if lacking := [field for field, is_told in zip(asked.fields, told, strict=True) if not is_told]:
        return unsaid(paper, lacking)
    opening = f"{'Yes' if asked(paper) else 'No'}: by its record, “{title}” is {', '.join(told)}."
    return Draft((), opening=opening, confidence=1.0)


def _supposed(question: str) -> tuple[OfRecord, str]:
    """What is supposed, and the question without it."""
    found, rest = OfRecord(), question
    if not _ASKS.match(question):
        return found, rest
    if match := next((match for pattern in _BY if (match := pattern.search(question))), None):
        found = OfRecord(authors=named(match["who"]), together=True)
        rest = rest.replace(match["who"], " ")
    placed = _PLACED.search(question)
    venue = titled(placed["at"] or placed["kind"]) if placed else ""
    if venue and not venue.islower():
        found = found.and_also(OfRecord(venues=(venue,), whole=True))
        rest = rest.replace(venue, " ")
    year, years = years_said(question)
    if year is not None and (found.fields or _DATED.search(question)):
        found = found.and_also(years)
        rest = rest.replace(year[0], " ")
    return found, rest
