r"""Text as a reader typed it in, text as a searcher would type it out.

Abstracts carry LaTeX remnants: `PixArt-$α$`, `200times`, `sim1\%`, `\eg`. They are cited verbatim; here
they are folded to `pixart-alpha`, `200x`, `~1%`, `e.g.` so that words and numbers can be found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

_GREEK = {
    chr(code): unicodedata.name(chr(code)).rsplit(" ", 1)[-1].lower() for code in range(0x3B1, 0x3CA) if code != 0x3C2
} | {"µ": "mu", "ϕ": "phi", "ε": "epsilon", "ϵ": "epsilon", "ς": "sigma"}
_GREEK_MAP = str.maketrans(_GREEK)
# What a pattern cannot match without, the pattern, and what takes its place: most text needs none of them
_REPLACED: list[tuple[str, re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    (
        "\\",
        re.compile(r"\\(?:textbf|textit|emph|texttt|text|mathrm|mathbf|mathcal|mathbb|rm|bf|it|sc|textsc)\b"),
        " ",
    ),
    ("\\", re.compile(r"\\(eg|ie)\b"), lambda m: " e.g. " if m.group(1) == "eg" else " i.e. "),
    ("\\", re.compile(r"\\(?:times|cdot)\b"), "x"),
    ("times", re.compile(r"(?<=\d)\s*times\b(?!\s*\d)"), "x"),
    ("×", re.compile(r"(?<=\d)\s*×(?!\s*\d)"), "x"),
    ("✕", re.compile(r"(?<=\d)\s*✕(?!\s*\d)"), "x"),
    ("sim", re.compile(r"(?:\\sim|\bsim)(?=\s*\d)"), "~"),
    ("\\", re.compile(r"\\(?:leq?|geq?|approx|sim|rightarrow|to|pm)\b"), " "),
    ("\\", re.compile(r"\\([%$&#_{}])"), r"\1"),
    ("\\", re.compile(r"\\([A-Za-z]+)"), r"\1"),
    (",", re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), ""),
    ("per", re.compile(r"(?<=\d)\s+(?:percent|per cent)\b"), "%"),
]
_MARKS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("’‘", "'") | dict.fromkeys("$\\{}`"))


_SHORT = 40  # characters up to which results are kept


def searchable(text: str) -> str:
    """`text` in lower case with LaTeX, Greek letters and number notation folded; offsets are not kept."""
    return _word(text) if len(text) <= _SHORT else _folded(text)


@lru_cache(maxsize=32_768)
def _word(text: str) -> str:
    """The same for single words and names, which come again and again."""
    return _folded(text)


def _folded(text: str) -> str:
    folded = text.casefold()
    if not text.isascii():
        folded = unicodedata.normalize("NFKC", text).casefold().translate(_GREEK_MAP)
    for needed, pattern, replacement in _REPLACED:
        if needed in folded:
            folded = pattern.sub(replacement, folded)
    return _without_accents(folded.translate(_MARKS))


def _without_accents(text: str) -> str:
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(char for char in decomposed if not unicodedata.combining(char))
