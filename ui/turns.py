"""The turns of a conversation: a question and the dictionary of its `Answer`, as the chat shows them and `ask` takes
them."""

from __future__ import annotations

from typing import Any

from rag.types import Answer
from ui.answer_view import chat_text, plain, remarks

Chat = list[dict[str, Any]]
Turns = list[tuple[str, dict[str, Any]]]


def shown(turns: Turns) -> Chat:
    """The chat of some turns."""
    chat: Chat = []
    for number, (question, answer) in enumerate(turns, start=1):
        whole = Answer.from_dict(answer)
        chat.append(asked(question))
        chat.append(said(chat_text(whole.text, number, whole) + remarks(whole)))
    return chat


def asked(question: str) -> dict[str, Any]:
    """A message of the user."""
    return {"role": "user", "content": plain(question)}


def said(text: str) -> dict[str, Any]:
    """A message of the assistant."""
    return {"role": "assistant", "content": text}


def going(text: str) -> dict[str, Any]:
    """A message of the assistant that is not whole yet."""
    return said(f'{text} <span class="soft going">…</span>')


def history_of(turns: Turns) -> list[dict[str, str]]:
    """The turns as `ask` takes them."""
    history = []
    for question, answer in turns:
        history += [{"role": "user", "content": question}, {"role": "assistant", "content": str(answer["text"])}]
    return history


def answers_of(turns: Turns) -> list[tuple[str, Answer]]:
    """The turns with their answers as such."""
    return [(question, Answer.from_dict(answer)) for question, answer in turns]
