"""Follow-ups: whether a question leans on the turns before it, and what to search for with their topic in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rag.question.chat import is_chat
from rag.question.remark import NO_SUBJECT, OPENERS, last_question
from rag.question.route import route_of
from rag.question.subject import subject_of
from rag.question.wording import understood
from rag.text.names import capitalised, names, phrases
from rag.text.words import words
from rag.types import Turn

MAX_QUESTION = 4000  # characters that are read; a longer question is cut
_TURNS_READ = 12  # turns of the history that are looked at
_ANSWER_READ = 300  # characters of the last answer
_CONTINUES = re.compile(
    rf"^\W*(?:{OPENERS}|which one|is it|does it|did they)\b|^\W*(?:on|in|with|for|at|under|without) (?:\S+ ?){{1,2}}$",
    re.I,
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
    r"^\W*(?:what(?:'s| is| are)|who|define|explain|tell me (?:more )?about|how (?:does|do|is|are|can))\s+"
    r"(?!the\b|it\b)\w",
    re.I,
)
_VERDICT = re.compile(r"^\W*(?:do|does|did|is|are|was|were|has|have|had|can|could|will|would|any|with|without)\b", re.I)
_OPENING = re.compile(rf"^\W*(?:(?:{OPENERS}|something else)\W+)+", re.I)
_WHOLE = re.compile(  # a question of its own behind "and" or "so"
    r"(?:what|which|who|why|how|when|where|does|do|did|is|are|was|were|can|could|has|have)\b(?! about\b)", re.I
)
_LEAST_WHOLE = 3  # words
_BESIDE = re.compile(r"\b(?:with|to|than|from|against|and|or|of|like|over)\s+$", re.I)
_INNER = re.compile(r",|\?|\band\b")
_FEW = 4  # fewer words than this seldom stand alone
_REFUSED = re.compile(
    r"^(?:The papers do not answer this|No paper (?:of the index fits|has|says what) |None of (?:the )?\d|"
    r"By their records, none|The records? of)"
)
OF_ANY = frozenset(  # what may be asked of any paper, and so is no topic of its own
    words(
        """results result limitation limitations weakness drawback downside advantage benefit contribution finding
        conclusion abstract summary summarize detail details more example examples code github link url
        repository licence license dataset datasets data benchmark benchmarks baseline baselines metric
        metrics accuracy score number numbers figure percent speed speedup speed-up fast faster slow slower
        latency throughput memory cost cheap expensive size large small big parameters parameter billion gpu
        gpus hardware training train trained time long hours days tokens steps epochs hyperparameters setting
        settings architecture layers method methods technique techniques approach approaches model models
        algorithm idea trick key main step stages novelty difference better worse best worst problem solve
        work works use used compare compared prior others author authors year venue reason why explain simple
        simpler terms words year show tell give way ways general release released available evaluate evaluated
        tested test task tasks language languages domain domains improvement gain gains loss many much take
        took budget error tpu tpus"""
    )
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
    """What was said before a question, without greetings and the replies to them: the turns, the questions as the rules
    understand them, and the answers, empty where they were refusals."""

    turns: tuple[Turn, ...]
    asked: tuple[str, ...]
    answers: tuple[str, ...]

    @classmethod
    def of(cls, history: Sequence[Turn]) -> Spoken:
        """What was said in these turns, oldest first."""
        turns = tuple(_on_papers(history))
        asked = tuple(understood(one_line(turn.content)) for turn in turns if turn.role == "user")
        answers = [turn.content for turn in turns if turn.role == "assistant"]
        return cls(turns, asked, tuple("" if _REFUSED.match(answer) else answer for answer in answers))

    @property
    def answered(self) -> str:
        """The last answer that was none of a refusal."""
        return next((answer for answer in reversed(self.answers) if answer), "")


def standalone(text: str, spoken: Spoken) -> tuple[str, str]:
    """The words to search for, and those to search for where the first find no answer (empty for none).

    A question that leans on the turns before it is searched for with the last two questions and the opening of the last
    answer; a listing, with the subject spoken of. Few words that say neither may stand alone as well: with a topic of
    their own ("pruning methods") they do so first, else ("how fast?") behind the conversation's.
    """
    if not spoken.asked or not leans(text) or _has_subject(text, spoken.turns):
        return text, ""
    if route_of(text) in ("survey", "count"):
        return f"{text} {_spoken_of(spoken)}", ""
    both = folded(text, spoken)
    if refers(text) or not _topic(text, spoken.turns):
        return both, ""
    return (both, text) if _VERDICT.search(text) else (text, both)


def folded(text: str, spoken: Spoken) -> str:
    """The last two questions, the opening of the last answer, and what is asked now."""
    return " ".join([*spoken.asked[-2:], spoken.answered[:_ANSWER_READ], text]).strip()


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
    return subject_of(last_question(spoken.asked, spoken.answers))


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
    return not any(m.start() < first or _BESIDE.search(text[: m.start()]) for m in _PRONOUN.finditer(text))


def _within(text: str, start: int) -> bool:
    """Whether the pronoun at `start` means something in the question itself: two words and a break precede it."""
    before = text[:start]
    head = _INNER.split(before)[0]
    return head != before and len(words(head)) >= 2 and not _CONTINUES.search(text)
