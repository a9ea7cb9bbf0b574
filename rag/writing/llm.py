"""The writer with a language model: what it is asked, and its reply as it comes."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prompts import Prompt, load
from rag.chat_model import Call, ChatModel, Message
from rag.text.language import is_english
from rag.text.visible import visible
from rag.types import Claim, Route
from rag.writing.evidence import Shown
from rag.writing.markers import Cites, End, MarkerScanner, Token

NOT_ANSWERED = "NOT ANSWERED"
AROUND_REFUSAL = "*_`\"' "  # how models set it off


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that has ended: as the model wrote it (hidden thoughts left out), `cut` where it ran out of room."""

    text: str
    cut: bool

    @property
    def refusal(self) -> str | None:
        """What is missing, where the model says that the papers do not answer; None where it answers."""
        said = self.text.strip().lstrip(AROUND_REFUSAL)
        if not said.casefold().startswith(NOT_ANSWERED.casefold()):
            return None
        return said[len(NOT_ANSWERED) :].lstrip(":.,–—-").strip(f"{AROUND_REFUSAL}:\n")


def prompt_for(route: Route, folder: Path | None) -> Prompt:
    """The prompt of an answer: comparisons have their own."""
    return load("compare" if route == "compare" else "answer", folder)


def asked(prompt: Prompt, question: str, shown: Sequence[Shown]) -> list[Message]:
    """The messages that ask for an answer."""
    return prompt.render(question=question, **_given(question, shown))


def asked_again(
    prompt: Prompt, question: str, shown: Sequence[Shown], reply: str, faults: Sequence[Claim]
) -> list[Message]:
    """The messages that ask for an answer without the faults found."""
    told = [{"sentence": fault.text, "reason": fault.reason} for fault in faults]
    return prompt.render(question=question, answer=reply, faults=told, **_given(question, shown))


def replied(
    model: ChatModel, messages: Sequence[Message], call: Call, max_tokens: int = 0
) -> Generator[Token, None, Reply]:
    """The reply's tokens as they come; the generator's value is the whole `Reply`. `max_tokens` is the room for it, 0
    what the settings say.

    Raises:
        ModelError: when the model gives none, or it breaks off.
    """
    reader = MarkerScanner(loose=True)
    written: list[str] = []
    pieces = model.stream(messages, call, max_tokens=max_tokens)
    while True:
        try:
            piece = next(pieces)
        except StopIteration as end:
            cut: bool = end.value
            break
        for token in reader.feed(visible(piece)):
            written.append(_as_written(token))
            yield token
    for token in reader.close():
        if cut and isinstance(token, End) and not token.text:
            continue  # the last sentence has lost its half
        written.append(_as_written(token))
        yield token
    return Reply("".join(written), cut)


def language_of(question: str) -> str:
    """How a prompt names the language to answer in."""
    return "English" if is_english(question) else "the language of the question"


def _given(question: str, shown: Sequence[Shown]) -> dict[str, object]:
    passages = [{"number": one.number, "title": one.title, "text": one.text} for one in shown]
    return {"language": language_of(question), "passages": passages}


def _as_written(token: Token) -> str:
    if isinstance(token, Cites):
        return " " + "".join(f"[{number}]" for number in token.numbers)
    return token.text
