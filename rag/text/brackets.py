"""Numbers in square brackets: ours are markers of footnotes, a paper's own must not pass for them."""

from __future__ import annotations

import re

_OWN = re.compile(r"\[(\d[\d,;\s–-]*)\]")


def unbracketed(text: str) -> str:
    """Other people's text with its `[3]` as `(3)`."""
    return _OWN.sub(r"(\1)", text)
