"""Follow-ups: whether a question leans on the turns before it, and what it asks with their topic in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.question.chat import is_chat
from rag.question.route import route_of
from rag.question.subject import subject_of
from rag.question.wording import understood
from rag.text.names import capitalised, names
from rag.text.words import words
from rag.types import Turn

MAX_QUESTION = 4000  # characters that are read; a longer question is cut
_TURNS_READ = 12  # turns of the history that are looked at
_ANSWER_READ = 300  # characters of the last answer
_OPENERS = r"(?:and|but|so|also|then|ok|okay|now|what about|how about|same for)"
_CONTINUES = re.compile(
    r"^\W*(?:and|but|so|what about|how about|same for|also|then|ok|which one|is it|does it|did they)\b", re.I
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|she|these|those|this|"
    r"that(?=\s*(?:$|[?.!,;]|(?:is|was|one|paper|method|model|mean|compare|work)\b))|"
    r"the (?:method|model|paper|authors?|approach|same|latter|former|other|second|first|third|last)"
    r"(?!\s+(?:that|which|who|whose|of|on|for|about|with|to|in|by|from)\b)|"
    r"(?:which|the \w+|that|this|each|no|another) one|ones)\b",
    re.I,
)
_DEFINES = re.compile(
    r"^\W*(?:what(?:'s| is| are)|who|define|explain|tell me about|how (?:does|do|is|are|can))\s+(?!the\b|it\b)\w", re.I
)
_BESIDE = re.compile(r"\b(?:with|to|than|from|against|and|or|of|like|over)\s+$", re.I)
_INNER = re.compile(r",|\?|\band\b")
_FEW = 4  # fewer words than this seldom stand alone
_MORE = re.compile(
    rf"^\W*(?:{_OPENERS}\W+)+(?:(?:those|the ones|ones|papers|which|any|is there)\W+)*"
    r"(?:(?:on|about|for|with|of|in|use|using|mention|mentioning)\W+)?(?P<rest>.+?)\W*$",
    re.I,
)
_ASKS = re.compile(
    r"\b(?:what|why|how|when|where|who|which|does|do|did|is|are|was|were|can|it|its|they|their|them|that|this|the)\b",
    re.I,
)
_AGAIN = re.compile(
    r"^\W*(?:and )?(?:which(?: ones| papers)?(?: are (?:they|those))?|"
    r"(?:list|show|name)(?: me)?(?: them| those| these| all)+|how many(?: are (?:there|they))?)\W*$",
    re.I,
)
_AMONG = re.compile(
    r"^\W*(?:and |so )?(?:which|how many|do any|are any|any|only those|(?:which|what) papers)(?: of| among| in)? "
    r"(?:them|these|those)(?: papers| ones)?\b\W*(?:that |which |are |is |also |about )*",
    re.I,
)
_HOW_MANY = re.compile(r"^\W*(?:and )?how many", re.I)
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "1st": 1, "2nd": 2, "3rd": 3, "last": -1}
_NTH = re.compile(
    rf"\bthe ({'|'.join(_PLACES)})(?: (?:one|paper|entry|of (?:them|these|those)))?\b|(?:\bnumber |#)(\d{{1,2}})\b",
    re.I,
)
_ENTRY = re.compile(r"^- (.+?): ", re.M)
_REFUSED = re.compile(r"^(?:The papers do not answer this|None of \d)")


def leans(text: str) -> bool:
    """Whether a question seems to lean on what was said before: a pronoun, a bare opening, or few words."""
    spoken = _PRONOUN.search(text)
    if spoken and not _within(text, spoken.start()):
        return True
    if route_of(text) in ("survey", "count"):
        return not words(subject_of(text))
    if _CONTINUES.search(text):
        return True
    return len(words(text)) < _FEW and not (_DEFINES.search(text) and words(text))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said before a question, without greetings and the replies to them: the turns, the questions as the rules
    understand them, and the last answer, empty where it was a refusal."""

    turns: tuple[Turn, ...]
    asked: tuple[str, ...]
    answered: str

    @classmethod
    def of(cls, history: Sequence[Turn]) -> Spoken:
        """What was said in these turns, oldest first."""
        turns = tuple(_on_papers(history))
        asked = tuple(understood(turn.content[:MAX_QUESTION]) for turn in turns if turn.role == "user")
        answers = [turn.content for turn in turns if turn.role == "assistant"]
        return cls(turns, asked, answers[-1] if answers and not _REFUSED.match(answers[-1]) else "")


def completed(text: str, spoken: Spoken) -> str:
    """The question that a short remark makes of a listing before it: the same on another subject ("and on music?"),
    narrowed ("which of these use LoRA?"), told again, or on one of its entries; `text` where it makes none."""
    if not spoken.asked:
        return text
    return _entry(text, spoken.answered) or _listing(text, _previous(spoken.asked)) or text


def standalone(text: str, spoken: Spoken) -> str:
    """The words to search for: the question, and where it leans on the turns before it, the last two questions and the
    opening of the last answer as well. A listing is of the subject spoken of."""
    if not spoken.asked or not leans(text) or _has_subject(text, spoken.turns):
        return text
    if route_of(text) in ("survey", "count"):
        return f"{text} {subject_of(_previous(spoken.asked))}"
    return " ".join([*spoken.asked[-2:], spoken.answered[:_ANSWER_READ], text]).strip()


def _on_papers(history: Sequence[Turn]) -> Iterator[Turn]:
    """The turns without greetings and the replies to them."""
    chat = False
    for turn in history:
        if turn.role == "user":
            chat = is_chat(turn.content[:MAX_QUESTION])
        if not chat:
            yield turn


def _previous(asked: Sequence[str]) -> str:
    """The last question; a continued listing with the subject that it was continued by."""
    previous = asked[0]
    for text in asked[1:]:
        previous = _listing(text, previous) or text
    return previous


def _listing(text: str, previous: str) -> str:
    """The listing or count that a short remark makes of the one before it; empty where it makes none, or the question
    before it was neither."""
    if route_of(previous) not in ("survey", "count"):
        return ""
    if _AGAIN.match(text):
        return _counted(text, previous) or _as_listing(previous)
    if among := _AMONG.match(text):
        narrowed = _narrowed(previous, text[among.end() :].strip(" ?.!"))
        return _counted(text, narrowed) or narrowed
    more = _MORE.match(text)
    if more and len(more["rest"].split()) <= 5 and not _ASKS.search(more["rest"]):
        return _with_subject(previous, more["rest"])
    return ""


def _counted(text: str, listing: str) -> str:
    """The count of what a listing lists, where the remark asks how many there are; else empty."""
    return f"How many papers: {listing}" if _HOW_MANY.match(text) and route_of(listing) == "survey" else ""


def _narrowed(previous: str, rest: str) -> str:
    """The listing of those among the earlier ones that are like this, too."""
    if not rest:
        return ""
    if names(rest) or capitalised(f"the {rest}"):
        return f"{previous.rstrip(' ?.!')} and both {rest}?"
    return re.sub(r"\bpapers\b", f"papers about {rest}, too,", previous, count=1)


def _as_listing(previous: str) -> str:
    return re.sub(r"^(\W*)(?:in )?how many (?:of the )?(\w+)", r"\1which \2", previous, count=1, flags=re.I)


def _with_subject(previous: str, subject: str) -> str:
    """The same question about another subject."""
    old = subject_of(previous)
    if old and old in previous:
        return previous.replace(old, subject)
    frame = "How many papers are about" if route_of(previous) == "count" else "Which papers are about"
    return f"{frame} {subject}?"


def _entry(text: str, answered: str) -> str:
    """A question on an entry of the list before it, with the title in place of the number."""
    nth, titles = _NTH.search(text), _ENTRY.findall(answered)
    if nth is None or not titles:
        return ""
    place = _PLACES[nth[1].casefold()] if nth[1] else int(nth[2])
    if place > len(titles) or place == 0:
        return ""
    title = titles[place - 1 if place > 0 else -1]
    rest = (text[: nth.start()] + text[nth.end() :]).strip(" ?.!")
    bare = not words(_CONTINUES.sub("", rest))
    return f"What is {title}?" if bare else f"{rest}: {title}?"


def _has_subject(text: str, history: Sequence[Turn]) -> bool:
    """Whether a question names something that was not spoken of, before any pronoun: it stands on its own.

    In "How does COAT compare with it?" the pronoun still means what was spoken of.
    """
    if _CONTINUES.search(text):
        return False
    said = " ".join(turn.content[:MAX_QUESTION] for turn in history[-_TURNS_READ:]).casefold()
    fresh = [name for name in (*names(text), *capitalised(text)) if name.casefold() not in said]
    if not fresh:
        return False
    first = min(text.index(name) for name in fresh)
    return not any(m.start() < first or _BESIDE.search(text[: m.start()]) for m in _PRONOUN.finditer(text))


def _within(text: str, start: int) -> bool:
    """Whether the pronoun at `start` means something in the question itself: two words and a break precede it."""
    before = text[:start]
    head = _INNER.split(before)[0]
    return head != before and len(words(head)) >= 2 and not _CONTINUES.search(text)
