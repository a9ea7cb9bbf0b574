"""Papers in, an index out: corpus → chunking → embedding → store → snapshot.

An ingest compares what was read with what is stored and writes only the difference, paper by paper, each
batch whole or not at all; readers keep the previous snapshot until the new one is complete. Killed at any
moment, the next run finds the half of the work that was done and does the rest: both end in the same
revision, which is a hash of the content.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from rag.corpus import Skipped, bundled, catalogued, merge, read
from rag.corpus.files import absolute
from rag.embedding import load_embedder
from rag.errors import IndexDamagedError, NothingToReadError, StoreError, UsageError
from rag.fingerprint import ReadBefore, fingerprint, forget, remember, remembered
from rag.index import PLACE, Index
from rag.index_writer import IndexWriter, Progress, Report, check_embedder, tell
from rag.reconciliation import below, disappeared, missing, reconciled
from rag.settings import Settings
from rag.snapshot import Snapshot, checksum
from rag.snapshot_writer import revision_of
from rag.store import StoredPaper, stored_papers
from rag.types import Paper, Source

_AFRESH = "restore a backup, or move the folder away and ingest again"


def ingest(
    paths: Sequence[str | Path], settings: Settings, *, prune: bool = False, progress: Progress | None = None
) -> Report:
    """Read `paths` into the index. With `prune`, papers that once came from below them and no longer do go; those of
    files that could not be read stay.

    Raises:
        UsageError: when papers are to go that came from below a path which is not there.
        NothingToReadError: when the paths hold no paper (the report's skipped lines are in the message).
        IndexMismatchError: when the index was built by another embedder.
        IndexDamagedError: when the store has lost papers that are not among those read.
        StoreError: when the index cannot be written.
    """
    roots = [absolute(path) for path in paths]
    if prune and (gone := next((path for path in paths if not os.path.exists(absolute(path))), None)):
        raise UsageError(f"{gone} is not there, and with --prune all its papers would go", "check the path")
    left_out = [settings.home, settings.models_folder, *Index(settings.index_folder).own()]
    read_now = fingerprint(paths, left_out, settings.embedder, settings.max_file_mb, prune)
    known = _known(read_now, settings)
    if known is not None:
        return known
    report = Report()
    found: list[Paper] = []
    for item in read(paths, max_file_bytes=settings.max_file_mb * 1_000_000, left_out=left_out):
        if isinstance(item, Skipped):
            report.skipped.append(item)
            continue
        found.append(item)
        tell(progress, "read", len(found), 0)
    if not found and not prune:
        raise NothingToReadError(_nothing(paths, report.skipped), "give listing pages, JSON Lines, BibTeX, PDF, …")
    report.entries = len(found)
    merged = merge(catalogued(found))
    _update(merged, settings, report, roots, prune, progress)
    if read_now and not report.skipped:
        made = ReadBefore(read_now, report.revision, len(found), len(merged), report.papers, report.passages)
        remember(settings.index_folder, made)
    return report


def _known(read_now: str, settings: Settings) -> Report | None:
    """The report on files that were read before, if the index is still what they made it."""
    index = Index.of(settings)
    before = remembered(index.folder) if read_now else None
    if before is None or before.fingerprint != read_now:
        return None
    state = index.state()
    if state.writing or state.revision != before.revision or _older_snapshot(index) is None:
        return None
    check_embedder(state, load_embedder(settings.embedder, settings.models_folder, settings.threads))
    return Report(
        entries=before.entries,
        unchanged=before.merged,
        papers=before.papers,
        passages=before.passages,
        revision=before.revision,
    )


def ingest_bundled(settings: Settings, *, first: bool = False, progress: Progress | None = None) -> Report:
    """Put the bundled digests into the index; where they are to be the `first` papers, only if there are none."""
    found = list(bundled())
    report = Report(entries=len(found))
    _update(merge(found), settings, report, [], False, progress, first=first)
    return report


def add_metadata(settings: Settings, added: Mapping[str, Mapping[str, str]]) -> int:
    """Add to the metadata of papers of the index, by their ids; of how many, since some may be gone meanwhile.

    Raises:
        IndexMissingError: when there is no index.
        IndexDamagedError: when the store has lost papers.
        StoreError: when the index cannot be written.
    """
    with _writing(settings) as writer:
        known = [stored.paper for paper_id, stored in writer.stored.items() if paper_id in added]
        wanted = [replace(paper, metadata={**paper.metadata, **added[paper.id]}) for paper in known]
        writer.apply(wanted, [], Report(), None)
    return len(wanted)


def remove(settings: Settings, unwanted: Callable[[Paper], bool]) -> list[Paper]:
    """Remove the papers for which `unwanted` says so; returns them.

    Raises:
        IndexMissingError: when there is no index.
        IndexDamagedError: when the store has lost papers.
        StoreError: when the index cannot be written.
    """
    with _writing(settings) as writer:
        gone = [stored.paper for stored in writer.stored.values() if unwanted(stored.paper)]
        writer.apply([], [paper.id for paper in gone], Report(), None)  # ends what an interrupted run began, too
    return gone


@contextmanager
def _writing(settings: Settings) -> Iterator[IndexWriter]:
    """A write to an index that is there, and whole."""
    index = Index.of(settings)
    index.snapshot()  # says so where there is no index
    with index.locked(settings.lock_timeout_s):
        older = _older_snapshot(index)
        writer = IndexWriter(index, settings, older)
        _refuse(index, _lost(index, writer.stored, older), ())
        yield writer


def repair(settings: Settings, *, progress: Progress | None = None) -> Report:
    """Derive the snapshot from the store again, whatever state it is in; one that is whole stays, for its readers.

    Raises:
        IndexMismatchError: when the index was built by another embedder.
        IndexDamagedError: when the store has lost papers.
        StoreError: when the index cannot be read or written.
    """
    index = Index.of(settings)
    with index.locked(settings.lock_timeout_s):
        writer = IndexWriter(index, settings, _intact_snapshot(index))
        _refuse(index, _lost(index, writer.stored, _older_snapshot(index)), ())
        writer.begin()
        report = Report()
        writer.finish(progress, report)
    return report


def reindex(settings: Settings, *, progress: Progress | None = None) -> Report:
    """Encode all papers of the index again, with the embedder that the settings ask for.

    The new index is built whole beside the old one and takes its place at the end: interrupted, the old one stays.

    Raises:
        IndexMissingError: when there is no index.
        IndexDamagedError: when the store has lost papers.
        UsageError: when the index is on a server.
    """
    index = Index.of(settings)
    if index.is_remote:
        raise UsageError("an index on a server is not encoded again in place", "ingest into another server or database")
    if not index.state().embedder:
        index.snapshot()  # says that there is no index
    with index.locked(settings.lock_timeout_s):
        before = index.state()
        stored = stored_papers(index.open_store().records())
        _refuse(index, _lost(index, stored, _older_snapshot(index)), ())
        papers = [stored[paper_id].paper for paper_id in sorted(stored)]
        place = f"rebuilt-{uuid.uuid4().hex[:8]}"
        _sweep(index, before.place)
        report = Report(entries=len(papers))
        beside = Index(index.folder / place)
        writer = IndexWriter(beside, settings, None)
        writer.apply(papers, [], report, progress)
        index.save(replace(beside.state(), place=place, emptied=not papers))
        _sweep(index, place)
    return report


def _sweep(index: Index, place: str) -> None:
    """Remove what is not in use: unfinished rebuilds, and what lies outside `place` once there is one."""
    for other in (*index.folder.glob("rebuilt-*"), *index.folder.glob("restored-*")):
        if other.name != place and PLACE.fullmatch(other.name):
            shutil.rmtree(other, ignore_errors=True)
    for name in ("chroma", "snapshots", "tokens") if place else ():
        shutil.rmtree(index.folder / name, ignore_errors=True)


def _update(
    found: Sequence[Paper],
    settings: Settings,
    report: Report,
    roots: Sequence[str],
    prune: bool,
    progress: Progress | None,
    *,
    first: bool = False,
) -> None:
    index = Index.of(settings)
    given = below(roots)
    unread = below([skipped.path for skipped in report.skipped if not skipped.one and skipped.path])
    in_home = below([str(settings.home)])
    given_there = below([root for root in roots if in_home(Source("", root))])

    def was_read(source: Source) -> bool:
        return given(source) and (given_there(source) or not in_home(source)) and not unread(source)

    with index.locked(settings.lock_timeout_s):
        if first and index.state().revision:
            return  # an ingest of others has ended meanwhile
        older = _older_snapshot(index)
        writer = IndexWriter(index, settings, older)
        lost = _lost(index, writer.stored, older)
        known = {paper_id: stored.paper for paper_id, stored in writer.stored.items()} | lost
        wanted = list(reconciled(found, known, was_read))
        removed = disappeared(found, known, was_read) if prune else []
        _refuse(index, lost, {*removed, *(paper.id for paper in wanted)})
        writer.apply(wanted, [paper_id for paper_id in removed if paper_id in writer.stored], report, progress)


def _older_snapshot(index: Index) -> Snapshot | None:
    state = index.state()
    try:
        return Snapshot(index.snapshots / state.revision) if state.revision else None
    except IndexDamagedError:
        return None  # everything in it can be derived again


def _intact_snapshot(index: Index) -> Snapshot | None:
    """The snapshot, if it opens and each byte is what was written, those too that are not looked at when it opens."""
    try:
        snapshot = index.snapshot(search=True)
        manifest = snapshot.manifest  # one without a checksum of itself vouches for nothing
        told = manifest["checksums"] if "crc32" in manifest else {}
        intact = all(checksum(snapshot.folder / name) == told[name] for name in manifest["files"])
    except (StoreError, OSError, KeyError):
        return None
    return snapshot if intact else None


def _lost(index: Index, stored: dict[str, StoredPaper], snapshot: Snapshot | None) -> dict[str, Paper]:
    """The papers that a finished write left and that the store no longer has, or not whole.

    Raises:
        IndexDamagedError: when papers are lost and the snapshot, which would name them, is damaged as well.
    """
    state = index.state()
    if not state.revision or state.writing:
        return {}
    papers = [stored[paper_id] for paper_id in sorted(stored)]
    is_same = revision_of(papers, state.embedder) == state.revision
    if is_same and all(paper.whole for paper in papers):
        return {}
    if snapshot is not None:
        return missing(stored, snapshot)
    if is_same:
        return {}
    raise IndexDamagedError(f"store and snapshot of the index in {index.folder} are both damaged", _AFRESH)


def _refuse(index: Index, lost: Mapping[str, Paper], put_back: Collection[str]) -> None:
    """Go no further where papers are lost that are not put back."""
    left = [paper for paper_id, paper in lost.items() if paper_id not in put_back]
    if left:
        forget(index.folder)  # so that their files are read when they are given again
        count = f"{len(left)} papers, {left[0].title!r} the first" if len(left) > 1 else f"{left[0].title!r}"
        raise IndexDamagedError(
            f"the store of the index in {index.folder} has lost {count}",
            f"ingest their files again, together with these; or {_AFRESH}",
        )


def _nothing(paths: Sequence[str | Path], skipped: Sequence[Skipped]) -> str:
    named = ", ".join(str(path) for path in paths)
    told = f": {skipped[0]}" if skipped else ""
    return f"no paper could be read from {named}{told}" + (f", and {len(skipped) - 1} more" if len(skipped) > 1 else "")
