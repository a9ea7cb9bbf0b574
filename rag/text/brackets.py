"""Numbers in square brackets: ours are markers of footnotes, a paper's own must not pass for them."""

from __future__ import annotations

import re
from collections.abc import Sequence

NEAREST = 3  # titles named where the papers do not answer
NEAREST_SAID = "Nearest: "
_OWN = re.compile(r"\[(\d[\d,;\s–-]*)\]")


def unbracketed(text: str) -> str:
    """Other people's text with its `[3]` as `(3)`."""
    return _OWN.sub(r"(\1)", text)


def nearest_named(titles: Sequence[str]) -> str:
    """What stands behind a refusal: the nearest papers' titles; empty where there are none."""
    return f" {NEAREST_SAID}{unbracketed('; '.join(titles))}." if titles else ""
