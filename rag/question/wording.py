"""A question as it was meant: in English, its frame without capitals and slips of the keys, a request as a question."""

from __future__ import annotations

import re
from functools import cache

from rag.question.glossary import in_english
from rag.question.request import as_question
from rag.question.subject import FRAME

_WORD = re.compile(r"[A-Za-z]+")
_FRAME_WORDS = (
    "which",
    "what",
    "many",
    "list",
    "paper",
    "papers",
    "mention",
    "compare",
    "between",
    "difference",
    "about",
    "explain",
    "describe",
    "summarize",
    "summary",
)
_READ = 6  # words from the start in which slips are mended


def understood(text: str) -> str:
    """The question in the words that the rules know; the text itself where there is nothing to mend."""
    return as_question(_mended(_lowered(in_english(text))))


def _lowered(text: str) -> str:
    """Capitals that say nothing: all of a text's, or those of a title ("Which Papers Use LoRA?")."""
    framing = [word for word in _WORD.findall(text) if word.casefold() in FRAME]
    if len(framing) < 2 or not all(word[0].isupper() for word in framing):
        return text
    if text.isupper():
        return text.lower()
    return _WORD.sub(lambda m: m.group().lower() if m.group().casefold() in FRAME else m.group(), text)


def _mended(text: str) -> str:
    """Letters of the frame that changed places, came twice or are lost, among the first words."""
    parts = text.split(" ")
    for place, part in enumerate(parts[:_READ]):
        following = parts[place + 1].casefold() if place + 1 < len(parts) else ""
        if part.casefold() == "hwo" and following in ("many", "much", "does", "do", "is"):
            parts[place] = "how"
        elif part.isalpha() and part.casefold() not in FRAME and (meant := _slips().get(part.casefold())):
            parts[place] = meant
    return " ".join(parts)


@cache
def _slips() -> dict[str, str]:
    found: dict[str, str] = {}
    for word in _FRAME_WORDS:
        swapped = (word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1))
        lost = (word[:i] + word[i + 1 :] for i in range(1, len(word)) if len(word) > 4)
        twice = (word[:i] + word[i] + word[i:] for i in range(len(word)))
        for slip in (*swapped, *lost, *twice):
            found.setdefault(slip, word)
    for word in (*_FRAME_WORDS, "mentions", "compared", "compares"):
        found.pop(word, None)
    return found
