"""What an index holds: its papers by title, text and source, and its size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np

from rag.errors import UsageError
from rag.index import Index
from rag.settings import Settings
from rag.snapshot import Snapshot
from rag.text.title import paper_id, title_key
from rag.types import Paper


@dataclass(frozen=True, slots=True)
class Inventory:
    """Counts of papers by source, and facts on the index; `in_several` counts papers in several sources."""

    papers: int
    passages: int
    in_several: int
    sources: Mapping[str, int]
    folder: str
    store: str
    bytes_on_disk: int
    embedder: str
    revision: str
    unfinished: bool


def take_inventory(settings: Settings) -> Inventory:
    """What the index holds.

    Raises:
        IndexMissingError: when nothing was ingested yet.
    """
    index = Index.of(settings)
    snapshot, state = index.snapshot(), index.state()
    sources, several = _sources(snapshot)
    return Inventory(
        papers=snapshot.paper_count,
        passages=len(snapshot),
        in_several=several,
        sources=dict(sorted(sources.items())),
        folder=str(index.folder),
        store=settings.store_location.name if index.is_remote else "in the folder",
        bytes_on_disk=sum(path.stat().st_size for path in index.folder.rglob("*") if path.is_file()),
        embedder=state.embedder,
        revision=state.revision,
        unfinished=state.writing,
    )


def _sources(snapshot: Snapshot) -> tuple[Mapping[str, int], int]:
    """How many papers are from each source, and how many from several."""
    if snapshot.records is not None:
        column = snapshot.records["source"]
        return column.counts(), int((np.diff(column.bounds) > 1).sum())
    names = [paper.source_names for paper in snapshot.papers()]
    return Counter(name for own in names for name in own), sum(len(own) > 1 for own in names)


def list_papers(settings: Settings, text: str = "", source: str = "") -> Iterator[Paper]:
    """The papers whose title or text contains `text` and one of whose sources' names contains `source`, in
    whatever case."""
    wanted, from_source = text.casefold(), source.casefold()
    for paper in Index.of(settings).snapshot().papers():
        in_text = wanted in paper.title.casefold() or wanted in paper.text.casefold()
        if in_text and any(from_source in entry.name.casefold() for entry in paper.sources):
            yield paper


def find_paper(settings: Settings, title: str) -> Paper:
    """The paper with this title, or the only one whose title contains it.

    Raises:
        UsageError: when there is none or several; the hint names the closest.
    """
    snapshot = Index.of(settings).snapshot()
    exact = snapshot.find(paper_id(title))
    if exact is not None:
        return exact
    key = title_key(title)
    found = [paper for paper in snapshot.papers() if key and key in title_key(paper.title)]
    if len(found) == 1:
        return found[0]
    if found:
        named = "; ".join(paper.title for paper in islice(found, 5))
        raise UsageError(f"{len(found)} titles contain {title!r}", f"say more of it: {named}")
    raise UsageError(f"no paper is titled {title!r}", f"the closest: {'; '.join(_closest(title, snapshot.papers()))}")


def _closest(title: str, papers: Iterable[Paper]) -> list[str]:
    from rapidfuzz import fuzz, process

    titles = [paper.title for paper in papers]
    return [found for found, _, _ in process.extract(title, titles, scorer=fuzz.WRatio, limit=3)]
