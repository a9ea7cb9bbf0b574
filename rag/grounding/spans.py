"""Which spans of a paper a marker stands for."""

from __future__ import annotations

from collections.abc import Sequence

from rag.grounding.signals import coverage
from rag.grounding.source import SourceSentence

_ADDS = 0.25  # share of a statement that a second span must add


def spans(found: Sequence[SourceSentence], statement: str) -> list[tuple[SourceSentence, int, int]]:
    """The best sentence of those `found`, joined with a neighbour that adds much, or beside another that does; with
    start and end in its paper."""
    if not found:
        return []
    first = found[0]
    if len(found) > 1:
        second = found[1]
        both = coverage(statement, f"{first.text} {second.text}")
        if both - coverage(statement, first.text) >= _ADDS:
            low, high = sorted((first, second), key=lambda s: s.start)
            if first.passage.id == second.passage.id and high.start - low.end <= 2:
                return [(first, low.start, high.end)]
            return [(s, s.start, s.end) for s in (first, second)]
    return [(first, first.start, first.end)]
