"""Cited spans, between marks. Passages are other people's text: all of it is escaped here."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rag.types import Citation


def marked(text: str, start: int, citations: Sequence[Citation]) -> str:
    """A text that begins at `start` of its paper, escaped, what citations quote of it between marks."""
    parts: list[str] = []
    reached = 0
    for citation in sorted(citations, key=lambda c: c.start):
        left, right = max(citation.start - start, reached), min(citation.end - start, len(text))
        if right <= left:
            continue
        parts += [escape(text[reached:left]), f'<mark data-n="{citation.n}">{escape(text[left:right])}</mark>']
        reached = right
    return "".join([*parts, escape(text[reached:])])
