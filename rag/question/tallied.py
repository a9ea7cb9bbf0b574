"""Questions that count a collection up by its records: its authors, venues and years, and who wrote with whom."""

from __future__ import annotations

import re
from typing import Literal

Tally = Literal["authors", "venue", "year", "coauthors", ""]

_WHOLE = (
    r"(?: (?:are )?(?:there|(?:in|of|from|across) (?:the|this|your|my|our|these) (?:\w+ )?"
    r"(?:collection|index|corpus|papers|library|database)"
    r"|(?:are )?(?:covered|included|represented|listed|indexed)|do (?:you|we) (?:have|know|cover)))*\W*$"
)
_ASKING = (
    r"^\W*+(?:please )?(?:(?:can|could) you )?(?:list|show|give|name|count|tell me|which|what|how many|the)?"
    r"(?: me)?(?: (?:are|is))?(?: (?:all|the|of|different|distinct|unique|most|common|frequent|prolific|productive|top|"
    r"many|\d{1,3}))* ?"
)
_VENUES = r"(?:venues?|conferences?|journals?|(?:publication )?outlets)"
_MOST_PAPERS = (
    r"(?:ha(?:s|ve|d) |did )?(?:written |wrote |published |authored |write |publish |the )*"
    r"(?:most|more than (?:one|\d+)|several) (?:papers?|publications?|articles?|works?)"
)
_EACH = r"(?:per|by|for each|each|every|in each|over the)"
_PATTERNS: tuple[tuple[Tally, re.Pattern[str]], ...] = (
    (
        "coauthors",
        re.compile(
            r"\b(?:co-?authors?|collaborators?) of (?P<a>[^?]+?)\W*$"
            r"|(?P<b>(?-i:[A-Z])[^\s?]*(?: [^\s?]+){0,3}|[^\s?]+)['’]s? (?:co-?authors|collaborators)\b"
            r"|\bwho (?:(?:has|have|had|did|else) )*(?:co-?)?(?:written|wrote|write|worked|work|published|publish|"
            r"collaborated|collaborate|authored)(?: (?:an?y? )?(?:papers?|works?))?(?: together)? with "
            r"(?P<c>(?-i:[A-Z])[^?]+?)\W*$"
            r"|\b(?:with whom|who) (?:did|has|does) (?P<d>(?-i:[A-Z])[^?]+?) (?:co-?)?(?:write|written|work|worked|"
            r"publish|published|collaborate|collaborated|author|authored)\b(?: \w+)?(?: with)?\W*$",
            re.I,
        ),
    ),
    (
        "authors",
        re.compile(
            rf"{_ASKING}(?:authors|writers|researchers){_WHOLE}"
            rf"|^\W*+(?:who|which (?:authors?|researchers?|people)) {_MOST_PAPERS}\b"
            r"|^\W*+(?:the )?most (?:prolific|productive|frequent) (?:author|writer|researcher)s?\b"
            rf"|\bpapers {_EACH} author\b",
            re.I,
        ),
    ),
    (
        "venue",
        re.compile(
            rf"{_ASKING}{_VENUES}{_WHOLE}|^\W*+which {_VENUES} {_MOST_PAPERS}\b|\bpapers {_EACH} {_VENUES}\b"
            rf"|^\W*+(?:where|in (?:which|what) {_VENUES}) (?:are|were) (?:the|these|all|most)(?: of the)? papers "
            r"published\W*$",
            re.I,
        ),
    ),
    (
        "year",
        re.compile(
            rf"\b(?:how many|number of) (?:papers|publications|articles) (?:\w+ ){{0,3}}?{_EACH} years?\b"
            rf"|^\W*+(?:papers|publications) (?:per|each|every|for each) year\W*$|{_ASKING}years{_WHOLE}"
            rf"|^\W*+which years? {_MOST_PAPERS}\b"
            r"|^\W*+(?:from|in) (?:which|what) years? (?:are|were|is) (?:the|these|most|all)(?: of the)? papers\b"
            r"[^?]{0,20}\W*$",
            re.I,
        ),
    ),
)  # fmt: skip


def tallied(text: str) -> tuple[Tally, str]:
    """What of records is to be counted up, and of whom where it is co-authors; empty where nothing is."""
    for kind, pattern in _PATTERNS:
        if match := pattern.search(text):
            return kind, next((said for said in match.groupdict().values() if said), "").strip()
    return "", ""
