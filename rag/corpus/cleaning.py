"""Text as a file had it in, text that can be stored, shown and encoded out; nothing else is changed."""

from __future__ import annotations

import re

from rag.text.visible import visible

_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """`text` stripped at both ends, without unseen characters; line breaks are `\\n`."""
    return visible(text).strip()


def unwrapped(text: str) -> str:
    """`text` cleaned, each run of white space with a line break in it folded into one space."""
    return _SPACE.sub(lambda run: " " if "\n" in run[0] else run[0], clean(text))


def one_title(text: str) -> str:
    """`text` cleaned and in one line, single spaces between its words."""
    return " ".join(clean(text).split())
