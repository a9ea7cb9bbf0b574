"""An answer as it is printed: its text with markers, then the numbered sources with their spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.cli.terminal import bold, clean, dim, emphasised, marked
from rag.types import Answer, Citation

_LISTED = 12  # sources shown in full; a long listing names its entries already


def lines(answer: Answer) -> Iterator[str]:
    """The lines to print."""
    yield marked(answer.text)
    groups = _by_passage(answer.citations)
    if not groups:
        return
    yield ""
    for group in groups[:_LISTED]:
        numbers = "".join(f"[{citation.n}]" for citation in group)
        yield f"{marked(numbers)} {bold(group[0].title)}"
        yield f"    {_passage(group)}"
        yield f"    {dim('from ' + ', '.join(group[0].sources))}"
    if len(groups) > _LISTED:
        yield dim(f"… and {len(groups) - _LISTED} more sources; --json has them all")


def _by_passage(citations: Sequence[Citation]) -> list[list[Citation]]:
    """Citations of one passage stand together, in order of first use."""
    groups: dict[tuple[str, int], list[Citation]] = {}
    for citation in citations:
        groups.setdefault((citation.paper_id, citation.passage_start), []).append(citation)
    return list(groups.values())


def _passage(group: Sequence[Citation]) -> str:
    """The passage with its cited spans emphasised; what is far from them is left out."""
    text, start = group[0].passage, group[0].passage_start
    shown: list[str] = []
    reached = 0
    for citation in sorted(group, key=lambda citation: citation.start):
        left, right = max(citation.start - start, reached), citation.end - start
        if right <= reached:
            continue
        shown.append(clean(" ".join(text[reached:left].split())))
        shown.append(emphasised(" ".join(text[left:right].split())))
        reached = right
    shown.append(clean(" ".join(text[reached:].split())))
    return " ".join(part for part in shown if part)
