"""An answer's text in, its sentences with the numbers that each cites out. Shares no parsing with `rag`.

`[1]`, `[1][2]`, `[1, 2]` and `[1-3]` are citations; `[0, 1]` is an interval and `[a]` a bracket.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_GROUP = re.compile(r"\[(\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*)\]")
_STOP = re.compile(r"(?<=[.!?。！？])[\"'”)]*(?:\s+|(?<=[。！？]))(?=[^a-z\s])|\n+")
_ABBREVIATED = re.compile(r"\b(?:e\.g|i\.e|et al|vs|cf|Fig|Eq|approx|no|etc|[A-Z])\.$")
_LEAD = re.compile(r"^(?:-|\*|\d+\.)\s+")
_LEADING = re.compile(r"(?:\[\d{1,4}(?:\s*[,;–-]\s*\d{1,4})*\]\s*)+")
_WIDEST = 20


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without its markers, and the numbers cited in it, in order."""

    text: str
    cited: tuple[int, ...]


def sentences(text: str) -> list[Sentence]:
    """The sentences of an answer, in order; what has no letter or digit is left out."""
    found: list[Sentence] = []
    start = 0
    for place in [*(_ends(text)), len(text)]:
        piece = _LEAD.sub("", text[start:place].strip())
        behind = _LEADING.match(piece)
        if behind and found:  # markers behind the full stop belong to the sentence before
            found[-1] = Sentence(found[-1].text, found[-1].cited + numbers(behind.group()))
            piece = piece[behind.end() :]
        bare = _without(piece)
        if re.search(r"\w", bare):
            found.append(Sentence(bare, numbers(piece)))
        start = place
    return found


def numbers(text: str) -> tuple[int, ...]:
    """The numbers that a text cites, in order, each as often as it stands there."""
    return tuple(number for match in _GROUP.finditer(text) for number in _spelt(match.group(1)))


def _ends(text: str) -> list[int]:
    ends = []
    for match in _STOP.finditer(text):
        before = text[: match.start()]
        if not _ABBREVIATED.search(before[-12:]):
            ends.append(match.end())
    return ends


def _spelt(inside: str) -> list[int]:
    """`1, 3-5` as 1, 3, 4, 5; nothing for an interval that starts at 0."""
    found: list[int] = []
    for part in re.split(r"[,;]", inside):
        low, _, high = (bound.strip() for bound in re.sub("[–-]", "-", part).partition("-"))
        last = int(high or low)
        if int(low) <= last < int(low) + _WIDEST:
            found.extend(range(int(low), last + 1))
    return [] if 0 in found and len(found) > 1 else found


def _without(text: str) -> str:
    kept = _GROUP.sub(lambda m: "" if _spelt(m.group(1)) else m.group(), text)
    return re.sub(r"\s+([.,;:!?])", r"\1", " ".join(kept.split()))
