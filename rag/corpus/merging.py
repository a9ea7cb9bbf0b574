"""Papers in, each paper once out: the same title is the same paper, wherever it was listed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rag.text.title import title_key
from rag.types import Paper, Source


def merge(papers: Iterable[Paper]) -> list[Paper]:
    """Each distinct paper, in the order in which they were first met.

    Of papers with the same title key the longer text wins (the earlier one, if they are as long): its title,
    id and source come first, the other's sources follow, and its metadata is completed from the other's. A
    bundled digest always gives way to the paper itself, and its source with it.
    """
    merged: dict[str, Paper] = {}
    for paper in papers:
        key = title_key(paper.title)
        merged[key] = _one(merged[key], paper) if key in merged else paper
    return list(merged.values())


def _one(first: Paper, second: Paper) -> Paper:
    if _is_digest(first) != _is_digest(second):
        return second if _is_digest(first) else first
    winner, loser = (first, second) if len(first.text) >= len(second.text) else (second, first)
    return replace(
        winner,
        sources=_without_doubles((*winner.sources, *first.sources, *second.sources)),
        metadata={**loser.metadata, **winner.metadata},
    )


def _is_digest(paper: Paper) -> bool:
    return paper.metadata.get("kind") == "digest"


def _without_doubles(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple({(source.name, source.path): source for source in sources}.values())
