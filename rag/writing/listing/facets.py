"""Topics in two parts, of which listed papers must have both ("distillation for speech") or may have either ("pruning
or quantization")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from rag.question import subject_of
from rag.text.words import words

_BOTH = re.compile(r"\bboth\b|\bas well as\b|\b(?:together|along) with\b|\b(?:combin|unit|join|mix)\w*\b", re.I)
_TOGETHER = re.compile(r"\b(?:combin|unit|join|mix)(?:e|es|ed|ing|s)?\b", re.I)
_AND = re.compile(r"\s+(?:and|with|as well as|(?:together|along|combined) with)\s+", re.I)
_PURPOSE = re.compile(r"\s+for\s+", re.I)
_OR = re.compile(r"\s+or\s+", re.I)
_LONGEST = 2  # words of a part
_WITHIN = frozenset("and or of for in on with the a from to as well both together".split())
_ANY_MEANS = frozenset(
    words("models networks neural deep language large llm llms methods systems learning training ai ml")
)


@dataclass(frozen=True, slots=True)
class Facets:
    """The parts of a topic, and whether a paper must be about `all` of them or `any`."""

    parts: tuple[str, ...] = ()
    how: Literal["all", "any"] = "all"

    def __bool__(self) -> bool:
        return len(self.parts) > 1


def facets_of(wording: str, subject: str) -> Facets:
    """The parts of a listing's short topic; none where it is one, or where its parts share a word that is said once
    ("image or video generation")."""
    said = as_said(wording, subject)
    if "," in said:
        return Facets()
    if _OR.search(said):
        parts = _parts(_OR, said)
        alike = len({len(part.split()) for part in parts}) == 1
        return Facets(parts, "any") if alike else Facets()
    if _BOTH.search(wording) and _AND.search(said):
        return Facets(_parts(_AND, _TOGETHER.sub(" ", said)))
    parts = _parts(_PURPOSE, said)
    return Facets(parts) if parts and not set(words(parts[0])) <= _ANY_MEANS else Facets()


def as_said(wording: str, subject: str) -> str:
    """The topic with the small words between its own ("reinforcement learning from human feedback"); as it is, where
    other words stand between."""
    kept = subject.split()
    if not kept:
        return subject
    start = wording.find(kept[0])
    end = wording.find(kept[-1], start)
    span = wording[start : end + len(kept[-1])] if 0 <= start <= end else ""
    between = [word for word in span.split() if word not in kept]
    return span if span and all(word.strip(",").casefold() in _WITHIN for word in between) else subject


def _parts(connector: re.Pattern[str], said: str) -> tuple[str, ...]:
    parts = tuple(subject_of(part) for part in connector.split(said))
    right = len(parts) == 2 and all(words(part) and len(part.split()) <= _LONGEST for part in parts)
    return parts if right else ()
