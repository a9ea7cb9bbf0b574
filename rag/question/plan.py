"""What to search for, and how the answer is to be shaped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.question.follow_up import Spoken, folded, one_line, refers, standalone
from rag.question.many import asks_for_many
from rag.question.remark import continued, is_further, is_shorter, last_question, of_list, on_entry, without_opening
from rag.question.route import ALIKE, counts, route_of
from rag.question.subject import is_topic, most_wanted, subject_of
from rag.question.wording import understood
from rag.text.words import words
from rag.types import Route, Turn


@dataclass(frozen=True, slots=True)
class Plan:
    """What to search for, and how the answer is to be shaped.

    `question` is as it was asked, `wording` as the rules understand it; `query` is that with the topic of its history
    folded in, and `otherwise`, if not empty, what to search for where that finds no answer. `subject` is what listed
    or counted papers must have, and `most` how many of them are wanted, 0 for all; `searches` are the searches to make
    where one for `query` is not enough. `among` says what the records of listed papers must say ("by A, from 2020 on"),
    and `newest` or `oldest` which come first. `like` finds the paper that listed ones must be like: its name, or where
    that was spoken of before, the conversation. `within` has the openings of the titles in the list that a remark looks
    into. `topic` says that the question is but a topic, or sounds like a request for a list: that is made where several
    papers are about it, else the question is looked up.
    `said` is the answers before, where a remark asks for more than they say; `brief` says that one sentence is wanted.
    """

    question: str
    wording: str
    query: str
    route: Route
    subject: str = ""
    most: int = 0
    searches: tuple[str, ...] = ()
    otherwise: str = ""
    among: str = ""
    newest: bool = False
    oldest: bool = False
    like: str = ""
    within: tuple[str, ...] = ()
    topic: bool = False
    said: str = ""
    brief: bool = False


def plan(question: str, history: Sequence[Turn] = ()) -> Plan:
    """How to answer `question`, which may lean on the turns before it, oldest first."""
    asked = one_line(question)
    spoken = Spoken.of(history)
    text, entry = understood(asked), ""
    if spoken.asked:
        asks, titles = of_list(text, spoken.answers)
        if titles:
            return Plan(asked, asks, asks, route_of(asks), subject_of(asks), most_wanted(asks), within=titles)
        entry = on_entry(text, spoken.answers)
        text = entry or continued(text, last_question(spoken.asked, spoken.answers)) or text
    else:
        text = without_opening(text)
    query, otherwise = (entry, "") if entry else standalone(text, spoken)
    route = route_of(text)
    if route == "survey" and (like := ALIKE.match(text)):
        behind = text[like.end() :]
        return Plan(asked, text, text, route, subject_of(behind), most_wanted(text), like=_likened(behind, spoken))
    if route in ("survey", "count"):
        return Plan(asked, query, query, route, subject_of(query), most_wanted(query))
    if not spoken.asked and route != "chat" and (is_topic(text) or asks_for_many(text)):
        return Plan(asked, text, query, "count" if counts(text) else "survey", subject_of(text), topic=True)
    said = "\n".join(spoken.answers) if is_further(text) else ""
    brief = bool(spoken.asked) and is_shorter(asked)
    return Plan(asked, text, query, route, otherwise=otherwise, said=said, brief=brief)


def _likened(behind: str, spoken: Spoken) -> str:
    """What finds the paper that others are to be like, from the words `behind` "similar to"."""
    said = behind.strip(' ?.!"“”')
    if spoken.asked and (not words(said) or refers(said)):
        return folded(said, spoken)
    return said
