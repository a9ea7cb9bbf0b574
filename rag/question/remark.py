"""Short remarks that change the question before them: on another subject, narrowed, told again, on an entry of a list.

Each gives the whole question that is meant, or nothing where the remark is no such one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.route import route_of
from rag.question.subject import LATEST, subject_of
from rag.text.common_words import is_common
from rag.text.names import capitalised, names, phrases
from rag.text.words import STOPWORDS, stem, words

OPENERS = r"(?:and|but|so|also|then|ok|okay|now|what about|how about|same for)"
NO_SUBJECT = frozenset("AI ML NLP LLM LLMs GPU GPUs TPU TPUs CPU CPUs API APIs FLOPs FLOPS".split())
_ANOTHER = re.compile(
    rf"^\W*(?:{OPENERS}\W+)+(?:(?P<by>on|about|for|with|of|in|using|to|from)\s+)?"
    r"(?P<name>[^\s?!,]+(?: [^\s?!,]+){0,2})\W*$",
    re.I,
)
_BARE = re.compile(
    r"^\W*+(?:and |so )?(?:(?P<when>when|in (?:which|what) year)|(?P<where>where)|(?P<who>who|by whom))\W*$", re.I
)
_ON_A_RECORD = re.compile(r"\bwho wrote\b|\bauthors?\b|\bpublished\b|\bcome out\b|\bdoi\b", re.I)
_QUANTITY = re.compile(r"^\W*+(?:and |so )?(?:how (?:many|much|large|big|long|fast)|which|what)\b", re.I)
_SPOKEN_OF = re.compile(r"\b(?:it|they|this (?:paper|model|method)|the (?:paper|model|method))\b", re.I)
_MORE = re.compile(
    rf"^\W*(?:{OPENERS}\W+)+(?:(?:those|the ones|ones|papers|which|any|is there)\W+)*"
    r"(?:(?:on|about|for|with|of|in|use|using|mention|mentioning)\W+)?(?P<rest>.+?)\W*$",
    re.I,
)
_LESS = re.compile(
    rf"^\W*(?:(?:{OPENERS}|those|the ones|ones)\W+)*(?:but not|not|without|except(?: for)?|excluding)\W+"
    r"(?P<rest>.+?)\W*$",
    re.I,
)
_ASKS = re.compile(
    r"\b(?:what|why|how|when|where|who|which|does|do|did|is|are|was|were|can|it|its|they|their|them|that|this|the)\b",
    re.I,
)
_AGAIN = re.compile(
    r"^\W*(?:and |ok(?:ay)? |so |now )*(?:which(?: ones| papers)?(?: are (?:they|those))?|"
    r"(?:list|show|name|repeat|give)(?: me)?(?: them| those| these| all| again| the list)+|again|"
    r"how many (?:is|was) (?:that|it)|how many(?: (?:are|were) (?:there|they|those|these))?)\W*$",
    re.I,
)
_FEWER = re.compile(
    r"^\W*(?:(?:just |only )?(?:list|show|give|name)(?: me)?(?: only| just)?|only|just)(?: the)?(?: first| top| best)?"
    r" (?P<n>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten)"
    r"(?: of (?:them|these|those)| papers?| ones?)?\W*$",
    re.I,
)
_AMONG = re.compile(
    r"^\W*(?:and |so )?(?:(?:which|how many|do any|are any|any|only those|(?:which|what) papers)(?: of| among| in)? "
    r"(?:them|these|those)(?: papers| ones)?|(?:do|does|are|is) any(?: of (?:them|these|those))?)\b"
    r"\W*(?:that |which |are |is |also |about |on )*",
    re.I,
)
_OF_RECORDS = re.compile(
    r"^\W*+(?:and |so )?(?:only|just|which(?: ones)?(?: are| is| were)?|the ones|those|only those|only the ones)"
    r"\s+(?=(?:published |written )?(?:by|at|in|from|since|after|before|until) (?-i:[A-Z0-9]))",
    re.I,
)
_BY_TIME = re.compile(
    r"^\W*+(?:and |so )?(?:only |just |which (?:one )?is |what is |show |list )*the "
    r"(?:(?P<n>\d{1,2}|two|three|four|five) )?"
    rf"(?P<which>{LATEST})(?: ones?| papers?)?(?: of (?:them|these|those))?\W*$",
    re.I,
)
_HOW_MANY = re.compile(r"^\W*(?:and |so |ok )*how many", re.I)
_LISTS = re.compile(
    r"^\W*(?:which|what|(?:please )?(?:list|show|find|name|give|get)(?: me)?)\s+(?:all |the |any |some |of )*"
    r"(?=(?:\S+ ){0,3}?(?:papers|works|studies|articles)\b)",
    re.I,
)
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "1st": 1, "2nd": 2, "3rd": 3, "last": -1}
_NTH = re.compile(
    rf"\b(?:the )?({'|'.join(_PLACES)}) (?:one|paper|entry|of (?:them|these|those))\b|\bthe ({'|'.join(_PLACES)})"
    r"(?=\W*$|[,:;])|(?:\bnumber |#)(\d{1,2})\b",
    re.I,
)
_ENTRY = re.compile(r"^- (.+?): ", re.M)
_FRAMING_AND = re.compile(rf"^\W*+(?:(?:{OPENERS}|those|the ones|ones|papers)\W+)+", re.I)
_FRAMING = re.compile(rf"^\W*(?:(?:{OPENERS}|please|tell me(?: more)? about|more about|more on|about|on)\W+)+", re.I)


def continued(text: str, previous: str) -> str:
    """The question that a remark makes of the one before it; empty where it makes none."""
    if route_of(previous) in ("survey", "count"):
        return _listing(text, previous)
    return _of_record(text, previous) or _of_another(text, previous)


def last_question(asked: Sequence[str], answers: Sequence[str]) -> str:
    """The last of some questions, as it was meant behind those before it and their answers."""
    previous = asked[0]
    for place, text in enumerate(asked[1:], 1):
        previous = on_entry(text, answers[:place]) or continued(text, previous) or text
    return previous


def on_entry(text: str, answers: Sequence[str]) -> str:
    """A question on an entry of the last list among `answers`, with its title in place of its number; empty where
    there is none such."""
    titles = _entries(answers)
    nth = _NTH.search(text)
    if nth is None or not titles:
        return ""
    said = nth[1] or nth[2]
    place = _PLACES[said.casefold()] if said else int(nth[3])
    if place > len(titles) or place == 0:
        return ""
    title = titles[place - 1 if place > 0 else -1]
    before, behind = _FRAMING.sub("", text[: nth.start()]).strip(), text[nth.end() :].lstrip(" ,:;").strip()
    if not words(f"{before} {behind}"):
        return f"What is {title}?"
    return f"{before} “{title}” {behind}".strip()


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


def of_list(text: str, answers: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What a remark asks of the entries of the last list ("which of them are training-free?"), and their titles; empty
    where it asks nothing of them, or there is no list."""
    titles = tuple(_entries(answers))
    if titles and (ordered := _BY_TIME.match(text)):
        return f"the {ordered['n'] or 1} {ordered['which']} papers", titles
    among = _AMONG.match(text) or _OF_RECORDS.match(text)
    rest = text[among.end() :].strip(" ?.!") if among else ""
    if not titles or not words(rest):
        return "", ()
    return f"{'how many' if _HOW_MANY.match(text) else 'which'} papers {rest}", titles


def _entries(answers: Sequence[str]) -> list[str]:
    """The titles in the last list among some answers; empty without one."""
    return next((found for answer in reversed(answers) if len(found := _ENTRY.findall(answer)) > 1), [])


def _listing(text: str, previous: str) -> str:
    """The listing or count that a short remark makes of the one before it."""
    if _AGAIN.match(text):
        return _counted(text, previous) or _as_listing(previous)
    if fewer := _FEWER.match(text):
        return f"list {fewer['n']} papers: {_lowered(_as_listing(previous))}"
    if less := _LESS.match(text):
        return f"{previous.rstrip(' ?.!')} but not {less['rest']}?"
    if among := _AMONG.match(text):
        narrowed = _narrowed(previous, text[among.end() :].strip(" ?.!"))
        return _counted(text, narrowed) or narrowed
    return _repeated(previous, text) or _with_more(previous, text)


def _with_more(previous: str, text: str) -> str:
    """The listing about what the remark adds ("and on music?")."""
    more = _MORE.match(text)
    if more and len(more["rest"].split()) <= 5 and not _ASKS.search(more["rest"]):
        return _with_subject(previous, more["rest"])
    return ""


def _of_record(text: str, previous: str) -> str:
    """A bare "and when?" behind a question on who made a paper, or where it came out."""
    bare = _BARE.match(text)
    if bare is None or not _ON_A_RECORD.search(previous):
        return ""
    return "who wrote it?" if bare["who"] else f"{'where' if bare['where'] else 'when'} was it published?"


def _of_another(text: str, previous: str) -> str:
    """The same question on what the remark names ("and GLM-130B?"), in place of what the question names."""
    another = _ANOTHER.match(text)
    if another is None or not _is_name(another["name"]):
        return ""
    named = [name for name in phrases(previous) if name not in NO_SUBJECT]
    if another["by"]:
        named = [name for name in named if re.search(rf"\b{another['by']} (?:the )?{re.escape(name)}", previous, re.I)]
    if named:
        return previous.replace(named[0], another["name"])
    if another["by"] or not _QUANTITY.search(previous):
        return ""
    spoken = _SPOKEN_OF.sub(another["name"], previous, count=1)
    return spoken if spoken != previous else f"{previous.rstrip(' ?.!')} for {another['name']}?"


def _is_name(text: str) -> bool:
    """Whether a word or two name something: by their capitals and digits, or since no paper has them as plain words."""
    if phrases(f"the {text}") == [text]:
        return True
    word = text.casefold()
    return word.isalpha() and len(word) > 2 and word not in STOPWORDS and not is_common(stem(word))


def _counted(text: str, listing: str) -> str:
    """The count of what a listing lists, where the remark asks how many there are; else empty."""
    if not listing or not _HOW_MANY.match(text) or route_of(listing) != "survey":
        return ""
    frame = _LISTS.match(listing)
    return f"How many {listing[frame.end() :]}" if frame else f"How many papers: {_lowered(listing)}"


def _narrowed(previous: str, rest: str) -> str:
    """The listing of those among the earlier ones that are like this, too."""
    if not rest:
        return ""
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
