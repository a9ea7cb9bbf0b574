"""The text of a paper's first pages in, its title and abstract out, told by their places and headings."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl"}
_SPACES = re.compile(r"[ \t]+")
_HYPHENATED = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_ABSTRACT = re.compile(r"^[ \t]*a[ ]?b[ ]?s[ ]?t[ ]?r[ ]?a[ ]?c[ ]?t\b[ \t]*[.:\-–—]*\s*", re.I | re.M)
_END = re.compile(
    r"^[ \t]*(?:(?:[1I]|§)?[ \t]*\.?[ \t]*i[ ]?n[ ]?t[ ]?r[ ]?o[ ]?d[ ]?u[ ]?c[ ]?t[ ]?i[ ]?o[ ]?n\b"
    r"|(?:index terms|key ?words|ccs concepts|acm reference|categories and subject|general terms|contents$)"
    r"|1[ \t]*\.?[ \t]+[A-Z][A-Za-z ]{3,40}$)",
    re.I | re.M,
)
_LONGEST_ABSTRACT, _SHORTEST_ABSTRACT = 6_000, 40
_NO_TITLE = re.compile(
    r"\.(?:pdf|docx?|tex|dvi|ps|indd)$|^(?:untitled|microsoft word|title|template|arxiv:|manuscript|doi:)",
    re.I,
)
_NO_FIRST_LINE = re.compile(r"arxiv:|published as|under review|proceedings|journal|preprint|vol\.|https?:|doi", re.I)


class Fragment(NamedTuple):
    """A run of text and the size of its type, in points."""

    text: str
    size: float


def abstract_in(text: str) -> str:
    """The text between the heading "Abstract" and the next, in one line; empty where that is not found."""
    text = _SPACES.sub(" ", text)
    start = _ABSTRACT.search(text)
    end = _END.search(text, start.end()) if start else None
    if not start or not end or not _SHORTEST_ABSTRACT <= end.start() - start.end() <= _LONGEST_ABSTRACT:
        return ""
    return " ".join(_joined(text[start.end() : end.start()]).split())


def likely_title(given: str, fragments: Sequence[Fragment], page: str) -> str:
    """The title that the file gives, if the first page has its words; else what is set largest; else the
    first line of some length that is no running head. Empty where there is nothing of the kind."""
    return next(filter(None, (_given(given, page), _largest(fragments), _first_line(page))), "")


def _given(given: str, page: str) -> str:
    words = re.findall(r"\w{3,}", given.casefold())
    on_page = _joined(page).casefold()
    known = sum(word in on_page for word in words)
    sensible = len(words) >= 2 and len(given) <= 300 and not _NO_TITLE.search(given.strip())
    return given if sensible and known >= 0.6 * len(words) else ""


def _largest(fragments: Sequence[Fragment]) -> str:
    for size in sorted({fragment.size for fragment in fragments}, reverse=True)[:4]:
        runs = [fragment.text for fragment in fragments if fragment.size == size]
        text = "".join(run if run.endswith("-\n") else f"{run} " for run in runs)
        title = " ".join(_joined(text).split())
        if len(title.split()) >= 2 and 10 <= len(title) <= 300 and not _NO_FIRST_LINE.match(title):
            return title
    return ""


def _first_line(page: str) -> str:
    lines = (line.strip() for line in page.split("\n"))
    fitting = (line for line in lines if len(line.split()) >= 3 and not _NO_FIRST_LINE.search(line))
    return next(fitting, "")[:300]


def _joined(text: str) -> str:
    return _HYPHENATED.sub("", text.translate(_LIGATURES))
