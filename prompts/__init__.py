"""Every word said to a language model: one template a purpose, and the loader.

A template `NAME.md.j2` has a part for each role, opened by a line `@system` or `@user`. It is cut into parts
before anything is filled in, so that no value can open a part of its own. `{{ fence }}` opens and closes the lines of
other people's text: it is made of all that is filled in, so that nothing of that can close it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent
_PART = re.compile(r"^@(system|user)[ \t]*$", re.M)


class PromptFault(Exception):
    """A template is missing, has no parts, or lacks a value; the message says which and where."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A template: its parts as (role, source) in order, and the first 12 hexadecimal digits of its SHA-256."""

    name: str
    parts: tuple[tuple[str, str], ...]
    hash: str

    def render(self, **values: Any) -> list[tuple[str, str]]:
        """The messages as (role, text).

        Raises:
            PromptFault: for a value that the template needs and did not get, or whatever else goes wrong in it.
        """
        given = {"fence": fence(values), **values}
        try:
            return [(role, _environment().from_string(source).render(given).strip()) for role, source in self.parts]
        except Exception as error:  # templates of the user's own may raise anything
            raise PromptFault(f"the prompt {self.name!r} cannot be rendered: {error}") from error


def fence(values: Mapping[str, Any]) -> str:
    """What opens and closes other people's text in a prompt with these values, and stands in none of them."""
    shown = json.dumps(values, ensure_ascii=False, default=str)
    made = f"=={_digest(shown)[:10]}=="
    while made in shown:
        made = f"=={_digest(made)[:10]}=="
    return made


def load(name: str, folder: Path | None = None) -> Prompt:
    """The prompt of this name: the one in `folder` where there is one, else the built-in.

    Raises:
        PromptFault: when there is neither, it cannot be read, or it has no parts.
    """
    for place in (folder, _FOLDER):
        path = place / f"{name}.md.j2" if place is not None else None
        if path is not None and path.is_file():
            return _parsed(name, _read(path), str(path))
    raise PromptFault(f"there is no prompt {name!r} among {', '.join(names())}")


def names() -> list[str]:
    """The names of the built-in prompts."""
    return sorted(path.name.removesuffix(".md.j2") for path in _FOLDER.glob("*.md.j2"))


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf8")
    except (OSError, UnicodeDecodeError) as error:
        raise PromptFault(f"{path} cannot be read: {error}") from error


@lru_cache(maxsize=64)
def _parsed(name: str, source: str, path: str) -> Prompt:
    pieces = _PART.split(source)
    parts = tuple((role, text) for role, text in zip(pieces[1::2], pieces[2::2], strict=True))
    if not parts or parts[-1][0] != "user":
        raise PromptFault(f"{path} has no part `@user` at its end")
    return Prompt(name, parts, _digest(source)[:12])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import StrictUndefined
    from jinja2.sandbox import ImmutableSandboxedEnvironment  # prompts may come from somebody else's folder

    # What is rendered goes to a model, not to a browser.
    return ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
