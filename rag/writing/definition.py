"""Questions on what something is ("What is dropout?"): answered by a paper that says so, not one that has the word."""

from __future__ import annotations

import re

from rag.question import OPENERS
from rag.retrieval.features import all_about
from rag.retrieval.retriever import Hits
from rag.snapshot import Snapshot
from rag.text.words import opening_words, words
from rag.types import Paper
from rag.writing.referent import named_method

_LOOKED_AT = 5  # best papers that may say what it is
_LONGEST = 4  # words of a term
_ASKS = re.compile(
    rf"^\W*+(?:(?:{OPENERS})\W+)*(?:what(?:'s| is| are)|define|explain)\s+(?:(?:an?|the)\s+)?"
    r"(?P<term>\w[\w+./' -]*?)\W*$",
    re.I,
)
_NO_TERM = re.compile(
    r"['’]s\b|\b(?:of|in|on|for|with|about|to|from|by|between|that|which|who|how|why|when|there|new|your?|my|our|it|this|these|those|"
    r"does|do|did|is|are|was|were|used|best|main|latest|paper|papers|difference|purpose|name|idea)\b",
    re.I,
)
_HEAD = re.compile(r"\s+(?:task|method|model|approach|algorithm|framework|benchmark|data ?set|metric|technique)$", re.I)
_MADE = r"\b(?:propos|introduc|present|develop|design)\w*"
_NAMED = r"\b(?:call|term|nam|dubb|defin|denot|coin)\w*"


def defined_term(question: str) -> str:
    """The term whose meaning is asked for ("What is a mixture of depths?" has none: what is asked of may be more than a
    name); empty without one."""
    asks = _ASKS.match(question)
    term = _HEAD.sub("", asks["term"].strip()) if asks else ""
    return term if 0 < len(term.split()) <= _LONGEST and words(term) and not _NO_TERM.search(term) else ""


def introducing(snapshot: Snapshot, question: str, hits: Hits) -> Hits | None:
    """`hits` with the best paper first that says what the term of a question is; None where none of the best does, and
    as they are for any other question."""
    term = defined_term(question)
    if not term or not hits.candidates or all_about(hits.query, [snapshot.title(hits.candidates[0].paper)]):
        return hits
    for rank, candidate in enumerate(hits.candidates[:_LOOKED_AT]):
        if introduces(snapshot.paper(candidate.paper), term):
            return hits.led_by(rank)
    return None


def introduces(paper: Paper, term: str) -> bool:
    """Whether a paper's title opens with the term or is it, or its text says what it is or stands for, or names it."""
    own = (set(words(paper.title)), opening_words(paper.title), set(words(named_method(paper))))
    if set(words(term)) in own:
        return True
    said = r"[\s-]+".join(re.escape(part) for part in re.split(r"[\s-]+", term)) + r"(?:e?s)?(?![\w-])"
    is_one = (
        r"(?:is|are|refers? to|means?|stands? for)\s+(?:(?:also|often|essentially)\s+)?(?:an?|the|where|when|one of)\b"
    )
    shapes = (
        rf"\({said}\)", rf"\b{said}\s*\([a-z]", rf"\b{said},\s+(?:which\b|i\.e\.)", rf"(?<!\w )\b{said}\s+{is_one}",
        rf"(?:[.:;]\s|^)(?:The\s+)?{said}(?:,\s+(?:an?|the)\b|\s+{is_one})",
        rf"{_MADE}\s+(?:(?:an?|the|new|novel|simple|called|named|dubbed|termed)\s+){{0,4}}{said}",
        rf"{_NAMED}\s+(?:[\w-]+\W+){{0,4}}?[\"“'‘]?{said}",
        rf"\b(?:known as|i\.e\.,?|namely)\s+(?:the |an? )?[\"“'‘]?{said}",
    )  # fmt: skip
    return re.search("|".join(shapes), paper.text, re.I) is not None
