"""Short remarks on a listing or a count: on another subject, narrower, fewer, told again."""

from __future__ import annotations

import re

from rag.question.listed import OPENERS
from rag.question.route import route_of
from rag.question.subject import subject_of
from rag.text.names import capitalised, names

_MORE = re.compile(
    rf"^\W*+(?:{OPENERS}\W+)+(?:(?:those|the ones|ones|papers|which|any|is there)\W+)*"
    r"(?:(?:on|about|for|with|of|in|use|using|mention|mentioning)\W+)?(?P<rest>.+?)\W*$",
    re.I,
)
_LESS = re.compile(
    rf"^\W*+(?:(?:{OPENERS}|those|the ones|ones)\W+)*(?:but not|not|without|except(?: for)?|excluding)\W+"
    r"(?P<rest>.+?)\W*$",
    re.I,
)
_ASKS = re.compile(
    r"\b(?:what|why|how|when|where|who|which|does|do|did|is|are|was|were|can|it|its|they|their|them|that|this|the)\b",
    re.I,
)
_AGAIN = re.compile(
    r"^\W*+(?:and |ok(?:ay)? |so |now )*(?:which(?: ones| papers)?(?: are (?:they|those))?|"
    r"(?:list|show|name|repeat|give)(?: me)?(?: them| those| these| all| again| the list)+|again|"
    r"how many (?:is|was) (?:that|it)|how many(?: (?:are|were) (?:there|they|those|these))?)\W*$",
    re.I,
)
_FEWER = re.compile(
    r"^\W*+(?:(?:just |only )?(?:list|show|give|name)(?: me)?(?: only| just)?|only|just)(?: the)?(?: first| top| best)?"
    r" (?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?: of (?:them|these|those)| papers?| ones?)?\W*$",
    re.I,
)
_WHOLE = re.compile(
    rf"^\W*+(?:(?:{OPENERS}|please|show(?: me)?|list|give me)\W+)*(?:"
    r"the list|(?:only |just )?(?:the )?(?:titles|names)(?: only)?|"
    r"(?:the )?(?:next|other|rest|others|remaining)(?: (?:ones|papers|of (?:them|these|those)))?|"
    r"all(?: of (?:them|these|those))?|everything|more(?: (?:papers|of (?:them|these|those)))?)\W*$",
    re.I,
)
_USES = re.compile(r"^(?:use|mention|study|deal with|focus on|work on|propose|report)\s+", re.I)
_FIRST_FEW = re.compile(r"^list \w+ papers: ")
_SUCH = re.compile(r"^(?P<such>.+?) (?:ones|papers)$", re.I)
AMONG = re.compile(
    r"^\W*+(?:and |so )?(?:(?:which|how many|do any|are any|any|only those|(?:which|what) papers)(?: of| among| in)? "
    r"(?:them|these|those)(?: papers| ones)?|(?:do|does|are|is) any(?: of (?:them|these|those))?|"
    r"(?:only|just)(?: show| list)?(?: me)? (?:the ones|those|ones|the papers)(?= \w)|"
    r"which(?: ones)?(?= (?:use|mention|evaluate|test|train|report|propose|study|deal|focus|rely|build|work|"
    r"are (?!the\b|they\b))))\b"
    r"\W*(?:that |which |are |is |also |about |on )*",
    re.I,
)
HOW_MANY = re.compile(r"^\W*+(?:and |so |ok )*how many", re.I)
_LISTS = re.compile(
    r"^\W*+(?:which|what|(?:please )?(?:list|show|find|name|give|get)(?: me)?)\s+(?:all |the |any |some |of )*"
    r"(?=(?:\S+ ){0,3}?(?:papers|works|studies|articles)\b)",
    re.I,
)
_FRAMING_AND = re.compile(rf"^\W*+(?:(?:{OPENERS}|those|the ones|ones|papers)\W+)+", re.I)


def relisted(text: str, previous: str, *, further: bool = False) -> str:
    """The listing or count that a short remark makes of the one before it; `further` where it only asks for more, and
    all that qualify were listed, or as many as were wanted."""
    if further or _WHOLE.match(text):
        return _FIRST_FEW.sub("", _as_listing(previous))
    if _AGAIN.match(text):
        return _counted(text, previous) or _as_listing(previous)
    if fewer := _FEWER.match(text):
        return f"list {fewer['n']} papers: {_lowered(_as_listing(previous))}"
    if less := _LESS.match(text):
        return f"{previous.rstrip(' ?.!')} but not {less['rest']}?"
    if among := AMONG.match(text):
        narrowed = _narrowed(previous, text[among.end() :].strip(" ?.!"))
        return _counted(text, narrowed) or narrowed
    return _repeated(previous, text) or _with_more(previous, text)


def _repeated(previous: str, text: str) -> str:
    """The listing with another author, venue or year in the place of its own ("and by Tanaka?"), or with one more."""
    opening = _FRAMING_AND.match(text)
    rest = text[opening.end() :].strip(" ?.!") if opening else ""
    said = re.match(r"(by|at|in|from|since|after|before|until) (.+)", rest)
    if said is None:
        return ""
    own = re.compile(rf"\b{said[1]} (?:[A-Z0-9][\w.'’-]*)(?: [A-Z][\w.'’-]*)*")
    if own.search(previous):
        return own.sub(lambda _: rest, previous, count=1)
    return f"{previous.rstrip(' ?.!')} {rest}?" if re.match(r"[A-Z0-9]", said[2]) else ""


def _with_more(previous: str, text: str) -> str:
    """The listing about what the remark adds ("and on music?")."""
    more = _MORE.match(text)
    such = _SUCH.match(more["rest"]) if more else None
    if such and (old := subject_of(previous)) and old in previous and len(such["such"].split()) <= 3:
        return previous.replace(old, f"{such['such']} {old}")
    if more and len(more["rest"].split()) <= 5 and not _ASKS.search(more["rest"]):
        return _with_subject(previous, more["rest"])
    return ""


def _counted(text: str, listing: str) -> str:
    """The count of what a listing lists, where the remark asks how many there are; else empty."""
    if not listing or not HOW_MANY.match(text) or route_of(listing) != "survey":
        return ""
    frame = _LISTS.match(listing)
    return f"How many {listing[frame.end() :]}" if frame else f"How many papers: {_lowered(listing)}"


def _narrowed(previous: str, rest: str) -> str:
    """The listing of those among the earlier ones that are like this, too."""
    if not rest:
        return ""
    rest = _USES.sub("", rest)
    if names(rest) or capitalised(f"the {rest}"):
        return f"{previous.rstrip(' ?.!')} and both {rest}?"
    return re.sub(r"\bpapers\b", f"papers about {rest}, too,", previous, count=1)


def _as_listing(previous: str) -> str:
    return re.sub(r"^(\W*)(?:in )?how many (?:of the )?(\w+)", r"\1which \2", previous, count=1, flags=re.I)


def _lowered(listing: str) -> str:
    """The listing without the capital of its first word, which would be taken for a name behind others."""
    first = listing.split(maxsplit=1)[0]
    return listing if names(first) else listing[:1].lower() + listing[1:]


def _with_subject(previous: str, subject: str) -> str:
    """The same question about another subject."""
    old = subject_of(previous)
    if old and old in previous:
        return previous.replace(old, subject)
    frame = "How many papers are about" if route_of(previous) == "count" else "Which papers are about"
    return f"{frame} {subject}?"
