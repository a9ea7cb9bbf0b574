"""What was read, against what is stored: papers merged with their other sources, and papers whose files are gone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from rag.corpus import merge
from rag.keywords import BY_MODEL
from rag.snapshot import Snapshot
from rag.store import StoredPaper
from rag.types import Paper, Source


def reconciled(
    found: Sequence[Paper], known: Mapping[str, Paper], was_read: Callable[[Source], bool]
) -> Iterator[Paper]:
    """Each paper just read, merged with what the index holds of it, by ids, from files that were not read now."""
    for read in found:
        old = known.get(read.id)
        if old is None:
            yield read
            continue
        paper = _with_written_keywords(read, old)
        elsewhere = tuple(s for s in old.sources if s not in paper.sources and not was_read(s))
        text_is_elsewhere = bool(elsewhere) and elsewhere[0] == old.sources[0]
        kept = replace(old, sources=elsewhere) if text_is_elsewhere else None
        if kept is not None:
            yield merge([kept, paper])[0]
        else:
            metadata = {**old.metadata, **paper.metadata} if elsewhere else paper.metadata
            yield replace(paper, sources=paper.sources + elsewhere, metadata=metadata)


def _with_written_keywords(paper: Paper, old: Paper) -> Paper:
    """The paper with the keywords that a model wrote for it, which no file has."""
    if BY_MODEL not in old.metadata:
        return paper
    return replace(paper, metadata={BY_MODEL: old.metadata[BY_MODEL], **paper.metadata})


def disappeared(found: Sequence[Paper], known: Mapping[str, Paper], was_read: Callable[[Source], bool]) -> list[str]:
    present = {paper.id for paper in found}
    return [
        paper_id
        for paper_id, old in known.items()
        if paper_id not in present and all(was_read(source) for source in old.sources)
    ]


def missing(stored: Mapping[str, StoredPaper], snapshot: Snapshot) -> dict[str, Paper]:
    """The papers of a snapshot, by their ids, of which a passage or all is not stored."""
    held = {record.passage.id for paper in stored.values() for record in paper.records}
    places = {
        int(snapshot.paper_of[position])
        for position, passage_id in enumerate(snapshot.passage_ids())
        if passage_id not in held
    }
    return {paper.id: paper for paper in map(snapshot.paper, sorted(places))}


def below(paths: Iterable[str]) -> Callable[[Source], bool]:
    """Whether a source is one of `paths`, or below one: as they are named, or once links are followed."""
    places = {Path(form) for path in paths for form in (path, os.path.realpath(path))}

    @cache
    def is_below(path: str) -> bool:
        forms = (Path(path), Path(os.path.realpath(path)))
        return any(form in places or not places.isdisjoint(form.parents) for form in forms)

    return lambda source: is_below(source.path)
