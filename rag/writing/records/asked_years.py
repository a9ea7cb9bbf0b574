"""The years that a question speaks of: since 2019, from 2017 to 2019, in the nineties, the last three years."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from rag.text.quantities import SMALL_NUMBERS
from rag.writing.records.conditions import OfRecord

PAPERS = r"(?:papers?|works?|articles?|studies|study|publications?|preprints?|abstracts?)"
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
_IN = re.compile(
    rf"\b(?:in|of|from|during|year)\s+{_YEAR.format('y')}|\b{_YEAR.format('z')}\s+(?=(?:[\w-]+ ){{0,2}}?{PAPERS}\b)"
    rf"|(?:^|\b{PAPERS} )\W*{_YEAR.format('x')}\)?(?=\W*$)",
    re.I,
)
_DECADE = re.compile(
    r"\b(?:from|in|of|during) the (?:early |mid |late )?(?:(?P<century>19|20)?(?P<ten>\d)0['’]?s|"
    r"(?P<word>sixties|seventies|eighties|nineties))\b",
    re.I,
)
_DECADES = {"sixties": 6, "seventies": 7, "eighties": 8, "nineties": 9}
_LATELY = re.compile(
    r"\b(?:(?:from|in|of|over|during|within) )?(?:the )?(?:last|past) "
    rf"(?:(?P<n>\d{{1,2}}|{'|'.join(SMALL_NUMBERS)}|couple of|few) )?years?\b"
    r"|\b(?:from|of|in) (?P<this>this year)\b|(?<=papers )(?P<now>this year)\b",
    re.I,
)
_FEW_YEARS = 3
_FIRST_OF_CENTURY = 3  # tens from which "the 30s" are of the last century


def years_said(text: str) -> tuple[re.Match[str] | None, OfRecord]:
    """The first span of years that a text speaks of, and where it does; None where it does of none. In the match, the
    groups `z` and `x` are of a year beside the papers themselves."""
    for pattern, meant in _SAID:
        if match := pattern.search(text):
            return match, meant(match)
    return None, OfRecord()


def _span(match: re.Match[str]) -> OfRecord:
    return OfRecord(since=int(match["first"]), until=int(match["last"]))


def _until(match: re.Match[str]) -> OfRecord:
    within = match["how"].casefold() in ("until", "till", "up to") or match["how"].casefold().startswith("no")
    return OfRecord(until=int(match["y"]) - (not within))


def _onwards(match: re.Match[str]) -> OfRecord:
    return OfRecord(since=int(match["y"]))


def _since(match: re.Match[str]) -> OfRecord:
    within = match["how"].casefold().startswith(("since", "as of", "no"))
    return OfRecord(since=int(match["y"]) + (not within))


def _in(match: re.Match[str]) -> OfRecord:
    year = int(match["y"] or match["z"] or match["x"])
    return OfRecord(since=year, until=year)


def _decade(match: re.Match[str]) -> OfRecord:
    ten = _DECADES[match["word"].casefold()] if match["word"] else int(match["ten"])
    century = int(match["century"] or (20 if ten < _FIRST_OF_CENTURY and not match["word"] else 19))
    first = century * 100 + ten * 10
    return OfRecord(since=first, until=first + 9)


def _lately(match: re.Match[str]) -> OfRecord:
    """This year, or so many years up to it."""
    year, said = date.today().year, (match["n"] or "one").casefold()
    if match["this"] or match["now"]:
        return OfRecord(since=year, until=year)
    return OfRecord(since=year - (int(said) if said.isdecimal() else SMALL_NUMBERS.get(said, _FEW_YEARS)))


_SAID: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], OfRecord]], ...] = (
    (_SPAN, _span), (_UNTIL, _until), (_ONWARDS, _onwards), (_SINCE, _since), (_IN, _in), (_DECADE, _decade),
    (_LATELY, _lately),
)  # fmt: skip
