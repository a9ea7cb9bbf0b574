"""The conversation so far, as callers give it, made into turns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.errors import UsageError
from rag.text.visible import visible
from rag.types import Turn

History = Sequence[Mapping[str, str] | Turn] | None


def turns_of(history: object) -> list[Turn]:
    """The turns of a history, oldest first: mappings of `role` and `content`, or `Turn`s; None is none.

    Raises:
        UsageError: naming the turn that is none, or for what is no list.
    """
    if history is not None and (isinstance(history, str) or not isinstance(history, Sequence)):
        raise UsageError(f"the history is no list but of type {type(history).__name__}", "give a list of turns")
    return [_turn(position, turn) for position, turn in enumerate(history or ())]


def _turn(position: int, turn: object) -> Turn:
    role, content = _parts(turn)
    if role not in ("user", "assistant") or not isinstance(content, str):
        raise UsageError(
            f"turn {position} of the history is {turn!r:.100}",
            'give {"role": "user" or "assistant", "content": text}',
        )
    return Turn("user" if role == "user" else "assistant", visible(content))


def _parts(turn: object) -> tuple[object, object]:
    if isinstance(turn, Turn):
        return turn.role, turn.content
    return (turn.get("role"), turn.get("content")) if isinstance(turn, Mapping) else (None, None)
