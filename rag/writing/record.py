"""Questions on a paper's record rather than its text: who wrote it, when it came out, where it is to be found."""

from __future__ import annotations

import re

from rag.retrieval.retriever import Hits
from rag.snapshot import Snapshot
from rag.text.brackets import unbracketed
from rag.text.words import opening_words, words
from rag.types import Paper
from rag.writing.draft import Draft

_OUT = r"(?:published|released|written|come out|came out|appear(?:ed)?|posted|from)"
_MADE = r"(?:proposed|invented|developed|created|introduced|came up with|designed|made|built)"
_DONE = re.compile(r"\b(?:do|did|does|have|had) (?:the )?authors? (?:of|behind)\b", re.I)  # papers say it
_ASKED = {
    "authors": re.compile(
        rf"\bwho (?:wrote|authored|published|{_MADE})\b|\bby whom\b"
        r"|\b(?:which|what) (?:company|lab|laborator\w+|group|team|universit\w+|institut\w+|organi[sz]ation) "
        rf"(?:\w+ )?(?:is behind|was behind|wrote|published|released|{_MADE})\b"
        r"|\bwho (?:is|are|was|were) (?:\w+ ){0,2}?(?:authors?|behind)\b"
        r"|\b(?:authors?|writers?) (?:of|behind)\b|\b(?:first|last|senior|lead) author\b|\bwhose paper\b",
        re.I,
    ),
    "year": re.compile(
        rf"\bwhen (?:was|were|did|has)\b[^?]*\b{_OUT}\b|\b(?:what|which) year (?:was|were|did|is)\b[^?]*\b{_OUT}\b"
        r"|\b(?:year|date) of (?:publication|release)\b|\bpublication (?:year|date)\b|\bhow old is\b",
        re.I,
    ),
    "venue": re.compile(
        r"\bwhere (?:was|were|did|has|is)\b[^?]*\b(?:published|presented|appear(?:ed)?)\b"
        r"|\b(?:which|what) (?:conference|journal|venue|workshop)\b[^?]*\b(?:published|presented|appear(?:ed)?|in)\b",
        re.I,
    ),
    "doi": re.compile(r"\bdois?\b|\bdigital object identifier\b", re.I),
    "address": re.compile(
        r"\b(?:url|link|arxiv (?:id|number|identifier|link))\b(?! prediction)"
        r"|\bwhere (?:can|could|do|may) (?:i|we|one) (?:find|get|read|download)\b",
        re.I,
    ),
}
_OF_ITS_WORK = re.compile(r"\b(?:code|github|repositor\w+|demo|data ?sets?|weights|checkpoints?|models?)\b", re.I)
_ALIKE = 0.6  # share of a title's words that name the paper
_UNSAID = {  # nor do abstracts
    "authors": "who wrote it", "year": "when it came out", "venue": "where it was published", "doi": "its DOI",
}  # fmt: skip
_BETWEEN = re.compile(r"\s*;\s*|\s+and\s+")


def asks_for_record(question: str) -> bool:
    """Whether a question is on who wrote a paper, when it came out, or where it is."""
    return bool(_asked(question))


def record(snapshot: Snapshot, question: str, query: str, hits: Hits) -> Draft | None:
    """What the record of the best paper says to `question`; nothing where `query` (the question with what it leans on)
    does not name that paper, or where its text may have what the record lacks."""
    if not hits.candidates:
        return None
    asked, paper = _asked(question), snapshot.paper(hits.candidates[0].paper)
    if not asked or not _named(paper.title, query):
        return None
    told = [said for kind in asked if (said := _said(kind, paper))]
    if told:
        return Draft((), opening=f"By its record, “{unbracketed(paper.title)}” is {', '.join(told)}.", confidence=1.0)
    if missing := [_UNSAID[kind] for kind in asked if kind in _UNSAID]:
        opening = f"The record of “{unbracketed(paper.title)}” does not say {' or '.join(missing)}."
        return Draft((), opening=opening, abstained=True, confidence=1.0)
    return None


def _asked(question: str) -> list[str]:
    kinds = [kind for kind, pattern in _ASKED.items() if pattern.search(question)]
    if _DONE.search(question):
        kinds = [kind for kind in kinds if kind != "authors"]
    return [kind for kind in kinds if kind in ("authors", "venue", "doi") or not _OF_ITS_WORK.search(question)]


def _said(kind: str, paper: Paper) -> str:
    about = {name: unbracketed(value).strip() for name, value in paper.metadata.items()}
    if kind == "authors":
        names = authors_of(paper)
        return f"by {' and '.join(filter(None, (', '.join(names[:-1]), names[-1])))}" if names else ""
    if kind == "year":
        return f"of {about['year']}" if about.get("year") else ""
    if kind == "venue":
        return f"in {about['venue']}" if about.get("venue") else ""
    doi = about.get("doi", "").removeprefix("https://doi.org/").removeprefix("http://dx.doi.org/")
    at_doi = f"https://doi.org/{doi}" if doi else ""
    place = at_doi if kind == "doi" else about.get("url") or at_doi
    return f"at {place}" if place else ""


def authors_of(paper: Paper) -> list[str]:
    """The authors that a paper's record names, given names first; empty where it names none."""
    parts = [part for part in _BETWEEN.split(unbracketed(paper.metadata.get("authors", "")).strip()) if part]
    return [_given_first(name) for part in parts for name in _people(part)]


def _people(part: str) -> list[str]:
    """The names between commas, where each is more than one word; else the part itself, which is `Hu, Edward J.`"""
    names = part.split(", ")
    return names if len(names) > 1 and all(" " in name for name in names) else [part]


def _given_first(name: str) -> str:
    """`Hu, Edward J.` as `Edward J. Hu`; several names between commas stay."""
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and "," not in given and given.count(" ") < 3 else name


def _named(title: str, query: str) -> bool:
    """Whether a question names the paper, by the name that its title opens with or by most of its title."""
    asked, own = set(words(query)), set(words(title))
    name = opening_words(title)
    return bool(name and name <= asked) or len(own & asked) >= _ALIKE * max(1, len(own))
