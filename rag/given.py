"""What callers hand over, checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from operator import index
from typing import Any, SupportsIndex

from rag.errors import UsageError
from rag.settings import Settings, changed, load_settings
from rag.text.visible import visible


def text_given(kind: str, given: object, hint: str) -> str:
    """The text of a question or a query, without unseen characters; `hint` says what to give.

    Raises:
        UsageError: for what is no string, and for one that says nothing.
    """
    if not isinstance(given, str):
        raise UsageError(f"the {kind} is no text but of type {type(given).__name__}", hint)
    text = visible(given)
    if not text.strip():
        raise UsageError(f"the {kind} is empty", hint)
    return text


def count_given(kind: str, given: object) -> int:
    """A number of things, from 0; NumPy's whole numbers are some too.

    Raises:
        UsageError: for what is none.
    """
    count = index(given) if isinstance(given, SupportsIndex) and not isinstance(given, bool) else -1
    if count < 0:
        raise UsageError(f"`{kind}` is {given!r:.100}, which is no number of papers", "give a whole number from 0")
    return count


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """That there is nothing of a kind by a name, and which name was meant, or which there are."""
    known = list(known)
    near = get_close_matches(name, known, 1)
    what = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
    return f"there is no {kind} {name[:100]!r}: {what}"


def settings_given(given: object, overrides: Mapping[str, Any]) -> Settings:
    """The settings, with single ones by name; None are those of the environment.

    Raises:
        UsageError: for what are none, and for names and values that settings do not have.
    """
    if given is None:
        return load_settings(**overrides)
    if not isinstance(given, Settings):
        raise UsageError(f"the settings are of type {type(given).__name__}", "name single ones, such as home=FOLDER")
    return changed(given, **overrides) if overrides else given
