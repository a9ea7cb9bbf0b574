"""Follow-ups: whether a question leans on the turns before it, and what to search for with their topic in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.question.chat import is_chat
from rag.question.listed import OPENERS, is_nearest, nearest
from rag.question.remark import NO_SUBJECT, OF_ANY, is_further, meant_by
from rag.question.route import route_of
from rag.question.subject import subject_of
from rag.question.wording import understood
from rag.text.names import capitalised, names, phrases
from rag.text.words import words
from rag.types import Turn

MAX_QUESTION = 4000  # characters that are read; a longer question is cut
_TURNS_READ = 12  # turns of the history that are looked at
_ASKED_READ = 600  # characters of a question before
_ANSWER_READ = 300  # characters of the last answer
_CONTINUES = re.compile(
    rf"^\W*+(?:{OPENERS}|which one|is it|does it|did they|(?:\w{{3,}}er|(?:more|less) \w+|better|worse) than|"
    r"compared (?:to|with)|versus|vs|relative to|instead of)\b|"
    r"^\W*+which (?:is|was|are|has|had|trains|runs|needs|uses|takes|gives|gets|does|would|should)\b"
    r"(?:\W+[\w-]+){1,4}\W*$|^\W*+(?:on|in|with|for|at|under|without) (?:\S+ ?){1,2}$",
    re.I,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|she|these|those|this|"
    r"that(?=\s*(?:$|[?.!,;]|(?:is|was|one|paper|method|model|mean|compare|work)\b))|"
    r"the (?:method|model|paper|authors?|approach|same|latter|former|other|second|first|third|last|code|weights)"
    r"(?!\s+(?:that|which|who|whose|of|on|for|about|with|to|in|by|from)\b)|"
    r"(?:which|the \w+|that|this|each|no|another) one|ones)\b",
    re.I,
)
_DEFINES = re.compile(
    r"^\W*+(?:what(?:'s| is| are)|who|define|explain|tell me (?:more )?about|how (?:does|do|is|are|can))\s+"
    r"(?!the\b|it\b)\w",
    re.I,
)
_VERDICT = re.compile(
    r"^\W*+(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|any|with|without)\b", re.I
)
_OPENING = re.compile(rf"^\W*+(?:(?:{OPENERS}|something else)\W+)+", re.I)
_WHOLE = re.compile(  # a question of its own behind "and" or "so"
    r"(?:what|which|who|why|how|when|where|does|do|did|is|are|was|were|can|could|has|have)\b(?! about\b)", re.I
)
_LEAST_WHOLE = 3  # words
_OF_NAMED = re.compile(
    r"^\W*+(?:what|which|how|when|where|who|why|does|do|did|is|are|was|were|can|could|has|have)\b", re.I
)
_GOVERNS = re.compile(r"\b(?:does|do|did|is|are|was|were|can|could|will|would|has|have|of)\s+(?:the\s+)?$", re.I)
_LONE = re.compile(rf"^\W*+(?:(?:{OPENERS})\W+)*(?P<name>[^\s?!,]+(?: [^\s?!,]+){{0,2}})\W*$", re.I)
_OF_IT = re.compile(  # these ask on what is spoken of, though no word says so
    r"^\W*+(?:how (?:many|much|long|fast|large|big|well|often|far|high|low|strong|good|accurate)\b|"
    r"(?:which|what) (?:[\w-]+ ){1,3}(?:(?:was|were|did)\b|(?:is|are) (?:\w+ed|lost|shown|given|taken)\W*$))",
    re.I,
)
_MEASURES = frozenset(
    words("length size speed accuracy rate ratio cost memory latency throughput time score perplexity error width rank")
)
_OF_TWO = re.compile(
    r"\b(?:the|those|these) two\b|\bboth\b|\bin common\b|\beach other\b|\bbetween (?:them|those|these)\b|"
    r"\b(?:they|those|these) (?:differ|compare|relate)\b|^\W*+compare (?:them|these|those)\b|"
    r"\bthe differences?\W*$|^\W*+differences?\W*$|^\W*+(?:and |so )?which (?:one |of them )?(?:\w+ ){0,3}?"
    r"(?!(?:other|under|over|after|paper|number|layer)\b)(?:\w{3,}er|more|less)\b",
    re.I,
)
_JOINS = re.compile(r"\b(?:and|und|et|y|e)\b|[:;&+]")  # by these a question asks of two; what was said before asks none
_BESIDE = re.compile(
    r"\b(?:with|to|than|from|against|and|or|of|like|over|among|beats?|outperforms?|surpass(?:es)?)\s+$", re.I
)
_OF_THE = re.compile(r"^\W*+(?:and |so )?(?:do|does|did|is|are|was|were|has|have) the\b", re.I)
_FOR = re.compile(r"\b(?:for|on|with|at|under|over|against|than)\s+$", re.I)
_INNER = re.compile(r",|\?|\band\b")
_FEW = 4  # fewer words than this seldom stand alone
_REFUSED = re.compile(
    r"^(?:The papers do not answer this|No paper (?:of the index fits|has|says what) |None of (?:the )?\d|"
    r"By their records, none|The records? of)"
)


def leans(text: str) -> bool:
    """Whether a question seems to lean on what was said before: a pronoun, a bare opening, or few words."""
    if refers(text):
        return True
    if route_of(text) in ("survey", "count"):
        return not words(subject_of(text))
    return len(words(text)) < _FEW and not (_DEFINES.search(text) and words(text))


def refers(text: str) -> bool:
    """Whether a question says that it leans on what was said before: by a pronoun or a bare opening."""
    spoken = _PRONOUN.search(text)
    if spoken and not _within(text, spoken.start()):
        return True
    return route_of(text) not in ("survey", "count") and bool(_CONTINUES.search(text))


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said before a question, without greetings and the replies to them: the turns, what the questions mean
    behind one another, and the answers, of refusals what they name as nearest."""

    turns: tuple[Turn, ...]
    asked: tuple[str, ...]
    answers: tuple[str, ...]

    @classmethod
    def of(cls, history: Sequence[Turn]) -> Spoken:
        """What was said in these turns, oldest first."""
        turns = tuple(_on_papers(history))
        asked = [understood(one_line(turn.content)[:_ASKED_READ]) for turn in turns if turn.role == "user"]
        answers = [turn.content for turn in turns if turn.role == "assistant"]
        told = tuple(nearest(answer) if _REFUSED.match(answer) else answer for answer in answers)
        meant = meant_by(asked, answers)
        named = [f"What is {lone}?" if (lone := _lone_name(text)) else text for text in meant]
        return cls(turns, tuple(named), told)

    @property
    def answered(self) -> str:
        """The last answer that was none of a refusal."""
        return next((answer for answer in reversed(self.answers) if answer and not is_nearest(answer)), "")

    @property
    def topic(self) -> str:
        """The last question that did not lean on others; the first where all did."""
        return next((text for text in reversed(self.asked) if _stands(text)), self.asked[0])

    @property
    def two(self) -> list[str]:
        """The two names that were asked of last, one in a question; fewer where a question has more, or there are
        none."""
        found: list[str] = []
        for text in reversed([text for text in self.asked if _stands(text) or route_of(text) == "compare"]):
            named = _named(text)
            if len(named) > 1 or len(found) > 1:
                break
            found = list(dict.fromkeys([*named, *found]))
        return found[:2]


def standalone(text: str, spoken: Spoken) -> tuple[str, str]:
    """The words to search for, and those to search for where the first find no answer (empty for none).

    A question that leans on the turns before it is searched for with the topic of the conversation; a listing, with the
    subject spoken of. Few words that say neither may stand alone as well: with a topic of their own ("pruning methods")
    or on a name ("what does COAT do?") they do so first, else ("how fast?") behind the conversation's.
    """
    if not spoken.asked or not leans(text) or _has_subject(text, spoken.turns):
        return text, ""
    if route_of(text) in ("survey", "count"):
        return f"{text} {_spoken_of(spoken)}", ""
    both = folded("" if is_further(text) else text, spoken)
    if (lone := _lone_name(text)) or _asks_of_name(text):
        return (f"What is {lone}?" if lone else text), both
    if is_further(text) or refers(text) or not _topic(text, spoken.turns):
        return both, ""
    return (both, text) if _VERDICT.search(text) or _OF_IT.search(text) or _is_measure(text) else (text, both)


def _is_measure(text: str) -> bool:
    """Whether a text only names what can be measured of something ("context length?")."""
    said = words(text)
    return len(text.split()) <= 3 and bool(said) and said[-1] in _MEASURES


def folded(text: str, spoken: Spoken) -> str:
    """The topic of the conversation, the question before, and what is asked now; the opening of the last answer as
    well, unless answers speak of what the topic names, and so add no name."""
    if _OF_TWO.search(text) and len(two := spoken.two) > 1:
        return f"{' and '.join(two)}: {text}"
    before = [asked for asked in spoken.asked if asked != text][-1:]
    said = list(dict.fromkeys([spoken.topic, *before]))
    answers = [answer for answer in spoken.answers if not is_nearest(answer)]
    told = any(name in answer for name in _named(spoken.topic) for answer in answers)
    if not told or route_of(spoken.topic) in ("survey", "count"):
        said.append(spoken.answered[:_ANSWER_READ])
    return f"{_JOINS.sub(' ', ' '.join(said))} {text}".strip()


def _stands(text: str) -> bool:
    """Whether a question named what it asks of."""
    return not refers(text) and (not leans(text) or bool(_named(text)))


def _named(text: str) -> list[str]:
    return [name for name in phrases(text) if name not in NO_SUBJECT and set(words(name)) - OF_ANY]


def _lone_name(text: str) -> str:
    """The name that is all that a remark says ("what about MiniPLM?"); empty for another."""
    lone = _LONE.match(text)
    return (
        lone["name"]
        if lone and lone["name"] not in NO_SUBJECT and phrases(f"the {lone['name']}") == [lone["name"]]
        else ""
    )


def _asks_of_name(text: str) -> bool:
    """Whether a question asks something of what it names ("how long does BESA take?"), not beside it ("how accurate on
    ImageNet?")."""
    if refers(text) or not _OF_NAMED.match(text):
        return False
    return any(_GOVERNS.search(text[: text.index(name)]) for name in _named(text))


def _on_papers(history: Sequence[Turn]) -> Iterator[Turn]:
    """The turns without greetings and the replies to them."""
    chat = False
    for turn in history:
        if turn.role == "user":
            chat = is_chat(one_line(turn.content))
        if not chat:
            yield turn


def one_line(question: str) -> str:
    """A question as it is read: its first characters, in one line."""
    return " ".join(question[:MAX_QUESTION].split())


def _spoken_of(spoken: Spoken) -> str:
    """The subject of what was asked: the name said last since the last listing, or what that is about."""
    for text in reversed(spoken.asked):
        if not refers(text) and route_of(text) in ("survey", "count"):
            break
        if named := phrases(text):
            return named[-1]
    return next((subject for text in reversed(spoken.asked) if (subject := _subject(text))), "")


def _subject(text: str) -> str:
    """What a question is about; nothing where it asks what may be asked of any paper."""
    subject = "" if refers(text) else subject_of(text)
    return subject if set(words(subject)) - OF_ANY else ""


def _topic(text: str, turns: Sequence[Turn]) -> set[str]:
    """The search words of a question that may be a topic and were not said before."""
    said = " ".join(turn.content[:MAX_QUESTION] for turn in turns[-_TURNS_READ:])
    return set(words(text)) - OF_ANY - set(words(said))


def _has_subject(text: str, history: Sequence[Turn]) -> bool:
    """Whether a question names something that was not spoken of, before any pronoun: it stands on its own.

    In "How does COAT compare with it?" the pronoun still means what was spoken of.
    """
    whole = _OPENING.sub("", text)
    if whole != text and _WHOLE.match(whole) and len(whole.split()) >= _LEAST_WHOLE:
        text = whole
    elif _CONTINUES.search(text):
        return False
    said = " ".join(turn.content[:MAX_QUESTION] for turn in history[-_TURNS_READ:]).casefold()
    named = [name for name in (*names(text), *capitalised(text)) if set(words(name)) - OF_ANY]
    fresh = [name for name in named if name not in NO_SUBJECT and name.casefold() not in said]
    if not fresh:
        return False
    first = min(text.index(name) for name in fresh)
    if _OF_THE.search(text) and all(_FOR.search(text[: text.index(name)]) for name in fresh):
        return False
    return not any(m.start() < first or _BESIDE.search(text[: m.start()]) for m in _PRONOUN.finditer(text))


def _within(text: str, start: int) -> bool:
    """Whether the pronoun at `start` means something in the question itself: two words and a break precede it."""
    before = text[:start]
    head = _INNER.split(before)[0]
    return head != before and len(words(head)) >= 2 and not _CONTINUES.search(text)
