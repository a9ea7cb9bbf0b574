"""What was read, against what is stored: papers merged with their other sources, and papers whose files are gone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from rag.corpus import merge
from rag.store import StoredPaper
from rag.types import Paper, Source


def reconciled(
    found: Sequence[Paper], stored: dict[str, StoredPaper], was_read: Callable[[Source], bool]
) -> Iterator[Paper]:
    """Each paper just read, merged with what the index holds of it from files that were not read now."""
    for paper in found:
        old = stored.get(paper.id)
        if old is None:
            yield paper
            continue
        elsewhere = tuple(s for s in old.paper.sources if s not in paper.sources and not was_read(s))
        text_is_elsewhere = bool(elsewhere) and elsewhere[0] == old.paper.sources[0]
        kept = replace(old.paper, sources=elsewhere) if text_is_elsewhere else None
        if kept is not None:
            yield merge([kept, paper])[0]
        else:
            metadata = {**old.paper.metadata, **paper.metadata} if elsewhere else paper.metadata
            yield replace(paper, sources=paper.sources + elsewhere, metadata=metadata)


def disappeared(
    found: Sequence[Paper], stored: dict[str, StoredPaper], was_read: Callable[[Source], bool]
) -> list[str]:
    present = {paper.id for paper in found}
    return [
        paper_id
        for paper_id, old in stored.items()
        if paper_id not in present and all(was_read(source) for source in old.paper.sources)
    ]


def below(paths: Iterable[str]) -> Callable[[Source], bool]:
    """Whether a source is one of `paths`, or below one: as they are named, or once links are followed."""
    places = {Path(form) for path in paths for form in (path, os.path.realpath(path))}

    @cache
    def isbelow(path: str) -> bool:
        forms = (Path(path), Path(os.path.realpath(path)))
        return any(form in places or not places.isdisjoint(form.parents) for form in forms)

    return lambda source: isbelow(source.path)
