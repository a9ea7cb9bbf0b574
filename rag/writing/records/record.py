"""Questions on a paper's record rather than its text: who wrote it, when it came out, where it is to be found."""

from __future__ import annotations

import re

from rag.retrieval.retriever import Hits
from rag.snapshot import Snapshot
from rag.text.brackets import unbracketed
from rag.text.people import names_in
from rag.text.words import opening_name, opening_words, words
from rag.types import Paper
from rag.writing.draft import Draft
from rag.writing.records.lacking import UNSAID, unsaid

_OUT = r"(?:published|released|written|come out|came out|appear(?:ed)?|posted|from)"
_MADE = r"(?:proposed|invented|developed|created|introduced|came up with|designed|made|built)"
_DONE = re.compile(r"\b(?:do|did|does|have|had) (?:the )?authors? (?:of|behind)\b", re.I)  # papers say it
_ASKED = {
    "authors": re.compile(
        rf"\bwho (?:wrote|authored|published|{_MADE})\b|\bby whom\b"
        r"|\b(?:which|what) (?:company|lab|laborator\w+|group|team|universit\w+|institut\w+|organi[sz]ation) "
        rf"(?:\w+ )?(?:is behind|was behind|wrote|published|released|{_MADE})\b"
        r"|\bwho (?:is|are|was|were) (?:\w+ ){0,2}?(?:authors?|behind)\b"
        r"|^\W*+(?:[\w'’]+\W+){0,6}?(?:authors?|writers?) (?:of|behind)\b"
        r"|\b(?:first|last|senior|lead) author\b|\bwhose paper\b",
        re.I,
    ),
    "year": re.compile(
        rf"\bwhen (?:was|were|did|has)\b[^?]*\b{_OUT}\b|\b(?:what|which) year (?:was|were|did|is)\b[^?]*\b{_OUT}\b"
        r"|(?<=\w),? and when\W*$"
        r"|\b(?:year|date) of (?:publication|release)\b|\bpublication (?:year|date)\b|\bhow old is\b",
        re.I,
    ),
    "venue": re.compile(
        r"(?<=\w),? and where\W*$|\bwhere (?:was|were|did|has|is)\b[^?]*\b(?:published|presented|appear(?:ed)?)\b"
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
_OF_A_RECORD = re.compile(  # what no text tells of its own paper
    r"\bwho (?:wrote|authored)\b|\bauthors? of\b|\bdois?\b|\bwhen (?:was|were|did)\b[^?]*\b(?:published|come out)\b"
    r"|\bwhere (?:was|were)\b[^?]*\bpublished\b",
    re.I,
)
_DESCRIBED = re.compile(r"\b(?:paper|work|study|article) (?:on|about|that|which|where|with|using)\b", re.I)
_LOOKED_AT = 5  # best papers that may be meant
_ALIKE = 0.6  # share of a title's words that name the paper


def asks_for_record(question: str) -> bool:
    """Whether a question is on who wrote a paper, when it came out, or where it is."""
    return bool(_asked(question))


def record(snapshot: Snapshot, question: str, query: str, hits: Hits) -> Draft | None:
    """What the record says to `question` of the paper that `query` (the question with what it leans on) names; that no
    paper is meant, where only a record could tell; None where a text may have what records lack."""
    asked = _asked(question)
    if not asked or not hits.candidates:
        return None
    paper = meant(snapshot, question, query, hits)
    if paper is None:
        return _of_none(snapshot, hits) if _OF_A_RECORD.search(question) else None
    told = [what for kind in asked if (what := said(kind, paper))]
    if told:
        return Draft((), opening=f"By its record, “{unbracketed(paper.title)}” is {', '.join(told)}.", confidence=1.0)
    if missing := [kind for kind in asked if kind in UNSAID]:
        return unsaid(paper, missing)
    return None


def meant(snapshot: Snapshot, question: str, query: str, hits: Hits) -> Paper | None:
    """The best of the first papers that is named, one whose name is said in full before others; or the best at all of
    "the paper on …"."""
    papers = [snapshot.paper(candidate.paper) for candidate in hits.candidates[:_LOOKED_AT]]
    named = [paper for paper in papers if _named(paper.title, query)]
    names = [(re.escape(opening_name(paper.title) or paper.title), paper) for paper in named]
    exact = [paper for name, paper in names if re.search(rf"(?<![\w-]){name}(?![\w-])", query, re.I)]
    described = papers[:1] if _DESCRIBED.search(question) else []
    return next(iter([*exact, *named, *described]), None)


def _of_none(snapshot: Snapshot, hits: Hits) -> Draft:
    said = "No paper of the index has that name."
    return Draft((), opening=said, abstained=True, confidence=1.0, nearest=hits.nearest(snapshot))


def _asked(question: str) -> list[str]:
    kinds = [kind for kind, pattern in _ASKED.items() if pattern.search(question)]
    if _DONE.search(question):
        kinds = [kind for kind in kinds if kind != "authors"]
    return [kind for kind in kinds if kind in ("authors", "venue", "doi") or not _OF_ITS_WORK.search(question)]


def said(kind: str, paper: Paper) -> str:
    """What the record says of one kind, as in “is of 2019”; empty where it says nothing."""
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
    return names_in(paper.metadata.get("authors", ""))


def _named(title: str, query: str) -> bool:
    """Whether a question names the paper, by the name that its title opens with or by most of its title."""
    asked, own = set(words(query)), set(words(title))
    name = opening_words(title)
    return bool(name and name <= asked) or len(own & asked) >= _ALIKE * max(1, len(own))
