"""Questions on what something is ("What is dropout?"): answered by a paper that says so, not one that has the word."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.question import OPENERS
from rag.retrieval.features import all_about
from rag.retrieval.retriever import Hits
from rag.snapshot import Snapshot
from rag.text.words import opening_words, words
from rag.types import Paper
from rag.writing.referent import named_method

_LOOKED_AT = 5  # best papers that may introduce it
_LONGEST = 4  # words of a term
_OF_TITLE = 3  # words of a term from which a title that has it is about it
_ASKS = re.compile(
    rf"^\W*+(?:(?:{OPENERS})\W+)*(?:(?:what(?:'s| is) )?the (?:full (?:name|form)|meaning|definition) of|"
    r"what(?:'s| is| are)(?: meant by)?|define|explain|meaning of|(?:spell out|expand)(?: the acronym)?)"
    r"\s+(?:(?:an?|the)\s+)?(?P<term>\w[\w+./' -]*?)(?: short for)?\W*$|"
    r"\bwhat does (?:the (?:acronym|term|name) )?(?P<short>\w[\w+./' -]*?) (?:stand for|mean|refer to)\W*$",
    re.I,
)
_MEANS = re.compile(r"\bwhat does\b|\bmean(?:t|ing)\b", re.I)
_NO_TERM = re.compile(
    r"['’]s\b|\b(?:of|in|on|for|with|about|to|from|by|between|that|which|who|how|why|when|there|new|your?|my|our|it|this|these|those|"
    r"does|do|did|is|are|was|were|used|best|main|latest|paper|papers|difference|purpose|name|idea)\b",
    re.I,
)
_HEAD = re.compile(r"\s+(?:task|method|model|approach|algorithm|framework|benchmark|data ?set|metric|technique)$", re.I)
_MADE = r"\b(?:propos|introduc|present|develop|design)\w*"
_NAMED = r"\b(?:call|term|nam|dubb|defin|denot|coin)\w*"
_IS_ONE = (
    r"(?:(?:is|are|refers? to|means?|stands? (?:for|as)|serves? as|(?:has|have) (?:\w+ ){0,2}(?:become|emerged as))"
    r"\s+(?:(?:also|often|essentially)\s+)?(?:an?|the|where|when|one of))\b"
)
_DOING = r"(?!(?:achiev|outperform|reach|includ|yield|result|lead|dur|us|surpass|allow|show)ing\b)\w+ing\b"
_INTRODUCED, _EXPLAINED, _DEFINED, _OWN = 1, 2, 3, 4  # how well a paper says what a term is


def defined_term(question: str) -> str:
    """The term whose meaning is asked for ("What is a mixture of depths?" has none: what is asked of may be more than a
    name); empty without one."""
    asks = _ASKS.search(question)
    term = (asks["term"] or asks["short"]).strip() if asks else ""
    bare = _HEAD.sub("", term)
    term = term if bare.islower() and " " not in bare else bare  # "a world model", but "the COAT method"
    return term if 0 < len(term.split()) <= _LONGEST and words(term) and not _NO_TERM.search(term) else ""


def introducing(snapshot: Snapshot, question: str, hits: Hits) -> Hits | None:
    """`hits` with the paper first that best says what the term of a question is; None where none of the best does, and
    as they are for any other question."""
    term = defined_term(hits.query.text if hits.query.asked == question else question)
    if not term or not hits.candidates or all_about(hits.query, [snapshot.title(hits.candidates[0].paper)]):
        return hits
    papers = [snapshot.paper(candidate.paper) for candidate in hits.candidates]
    said = [_OWN if _is_own(paper, term) else _introduces(paper, term) for paper in papers[:_LOOKED_AT]]
    said += [well if (well := says_what(paper.text, term)) > _INTRODUCED else 0 for paper in papers[_LOOKED_AT:]]
    best = max(said)
    if not best:
        return hits if _MEANS.search(question) else None  # "what does … mean" may be asked of what no text defines
    return hits.led_by(said.index(best))


def introduces(paper: Paper, term: str) -> bool:
    """Whether a paper's title opens with the term or is it, or its text says what it is or stands for, or names it."""
    return _is_own(paper, term) or says_what(paper.text, term) > 0


def says_what(text: str, term: str, within: str = "") -> int:
    """How well a text, part of that `within` which an abbreviation is spelt out, says what a term is: 0 not at all, 1
    names it or spells it out, 2 explains it, 3 says that it is one of a kind."""
    spelt = _spelt_out(within or text, term)
    if not any(form and re.split(r"[\s-]", form)[0].casefold() in text.casefold() for form in (term, spelt)):
        return 0
    return max((well for well, shape in _shapes(term, spelt) if shape.search(text)), default=0)


def _is_own(paper: Paper, term: str) -> bool:
    name = opening_words(paper.title) or set(words(named_method(paper)))
    return set(words(term)) in (set(words(paper.title)), name)


def _introduces(paper: Paper, term: str) -> int:
    """How well a paper says what a term is; that it has a term of several words in its title is to introduce it."""
    said = words(term)
    titled = len(term.split()) >= _OF_TITLE and f" {' '.join(said)} " in f" {' '.join(words(paper.title))} "
    return max(says_what(paper.text, term), _INTRODUCED * titled)


def _spelt_out(text: str, term: str) -> str:
    """The words that an abbreviation such as `LMC` stands for where a text has them; empty where it has not."""
    letters = term.removesuffix("s")
    if not (letters.isupper() and letters.isalpha() and len(letters) > 2):
        return ""
    found = re.search(r"[\s-]+".join(rf"\b{letter}\w+" for letter in letters), text)
    return found.group() if found else ""


@lru_cache(maxsize=256)
def _shapes(term: str, spelt: str) -> tuple[tuple[int, re.Pattern[str]], ...]:
    """Ways of saying what a term is, each with how well it says so."""
    forms = [r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", form))) for form in (term, spelt) if form]
    said = rf"(?:{'|'.join(forms)})(?:e?s)?(?![\w-])"
    opens = (
        rf"(?:^|[.:;]\s+)(?:The\s+)?(?:(?!(?:We|In|To|This|Our)\b)(?:[\w-]+ ){{1,6}}\({said}\)|{said}(?:\s+\([^)]*\))?)"
    )
    defined = (
        rf"{opens}\s+{_IS_ONE}", rf"\({said}\)\s+{_IS_ONE}", rf"(?<!\w )\b{said}\s+{_IS_ONE}",
        rf"{opens},\s+(?:an?|the)\b",
    )  # fmt: skip
    explained = (
        rf"(?:^|[^\w\s]\s*|(?-i:\b[a-z][\w-]*\s)){said}(?:\s+\([^)]*\))?,\s+(?:which\b|i\.e\.|whereby\b)",
        rf"{opens}\s+(?:[\w-]+\s+){{1,14}}?(?:by \w+ing|that \w+s)\b",
    )  # fmt: skip
    introduced = (
        rf"\({said}\)", rf"\b{said}\s*\([a-z]",
        rf"{_MADE}\s+(?:(?:an?|the|new|novel|simple|called|named|dubbed|termed)\s+){{0,4}}{said}",
        rf"{_NAMED}\s+(?:[\w-]+\W+){{0,4}}?[\"“'‘]?{said}",
        rf"\b(?:known as|i\.e\.,?|namely)\s+(?:the |an? )?[\"“'‘]?{said}",
        rf"(?-i:\b[a-z][\w-]*\s){said},\s+{_DOING}",
    )  # fmt: skip
    return (
        (_DEFINED, re.compile("|".join(defined), re.I)),
        (_EXPLAINED, re.compile("|".join(explained), re.I)),
        (_INTRODUCED, re.compile("|".join(introduced), re.I)),
    )
