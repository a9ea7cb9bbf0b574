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
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from rag.corpus import Skipped, bundled, merge, read
from rag.corpus.files import absolute
from rag.embedding import load_embedder
from rag.errors import IndexDamagedError, NothingToReadError, StoreError, UsageError
from rag.fingerprint import ReadBefore, fingerprint, remember, remembered
from rag.index import Index
from rag.index_writer import IndexWriter, Progress, Report, check_embedder, tell
from rag.reconciliation import below, disappeared, reconciled
from rag.settings import Settings
from rag.snapshot import Snapshot, checksum
from rag.store import StoredPaper, stored_papers
from rag.types import Paper, Source


def ingest(
    paths: Sequence[str | Path], settings: Settings, *, prune: bool = False, progress: Progress | None = None
) -> Report:
    """Read `paths` into the index. With `prune`, papers that once came from below them and no longer do go; those of
    files that could not be read stay.

    Raises:
        UsageError: when papers are to go that came from below a path which is not there.
        NothingToReadError: when the paths hold no paper (the report's skipped lines are in the message).
        IndexMismatchError: when the index was built by another embedder.
        StoreError: when the index cannot be written.
    """
    roots = [absolute(path) for path in paths]
    if prune and (missing := next((path for path in paths if not os.path.exists(absolute(path))), None)):
        raise UsageError(f"{missing} is not there, and with --prune all its papers would go", "check the path")
    read_now = fingerprint(paths, settings.embedder, settings.max_file_mb, prune)
    known = _known(read_now, settings)
    if known is not None:
        return known
    report = Report()
    found: list[Paper] = []
    for item in read(paths, max_file_bytes=settings.max_file_mb * 1_000_000):
        if isinstance(item, Skipped):
            report.skipped.append(item)
            continue
        found.append(item)
        tell(progress, "read", len(found), 0)
    if not found and not prune:
        raise NothingToReadError(_nothing(paths, report.skipped), "give listing pages, JSON Lines, BibTeX, PDF, …")
    report.entries = len(found)
    merged = merge(found)
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


def ingest_bundled(settings: Settings, *, progress: Progress | None = None) -> Report:
    """Put the bundled digests into the index."""
    found = list(bundled())
    report = Report(entries=len(found))
    _update(merge(found), settings, report, [], False, progress)
    return report


def remove(settings: Settings, unwanted: Callable[[Paper], bool]) -> list[Paper]:
    """Remove the papers for which `unwanted` says so; returns them."""
    index = Index.of(settings)
    index.snapshot()  # says so where there is no index
    with index.locked(settings.lock_timeout_s):
        writer = IndexWriter(index, settings, _older_snapshot(index))
        _check_store(index, writer.stored)
        gone = [stored.paper for stored in writer.stored.values() if unwanted(stored.paper)]
        writer.apply([], [paper.id for paper in gone], Report(), None)  # ends what an interrupted run began, too
    return gone


def repair(settings: Settings, *, progress: Progress | None = None) -> Report:
    """Derive the snapshot from the store again, whatever state it is in; one that is whole stays, for its readers.

    Raises:
        IndexMismatchError: when the index was built by another embedder.
        IndexDamagedError: when the store has lost its papers.
        StoreError: when the index cannot be read or written.
    """
    index = Index.of(settings)
    with index.locked(settings.lock_timeout_s):
        writer = IndexWriter(index, settings, _intact_snapshot(index))
        _check_store(index, writer.stored)
        writer.begin()
        report = Report()
        writer.finish(progress, report)
    return report


def reindex(settings: Settings, *, progress: Progress | None = None) -> Report:
    """Encode all papers of the index again, with the embedder that the settings ask for.

    The new index is built whole beside the old one and takes its place at the end: interrupted, the old one stays.

    Raises:
        IndexMissingError: when there is no index.
        IndexDamagedError: when the store has lost its papers.
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
        _check_store(index, stored)
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
        if other.name != place:
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
) -> None:
    index = Index.of(settings)
    given = below(roots)
    unread = below([skipped.path for skipped in report.skipped if not skipped.one and skipped.path])

    def was_read(source: Source) -> bool:
        return given(source) and not unread(source)

    with index.locked(settings.lock_timeout_s):
        writer = IndexWriter(index, settings, _older_snapshot(index))
        _check_store(index, writer.stored)
        wanted = list(reconciled(found, writer.stored, was_read))
        removed = disappeared(found, writer.stored, was_read) if prune else []
        writer.apply(wanted, removed, report, progress)


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


def _check_store(index: Index, stored: dict[str, StoredPaper]) -> None:
    state = index.state()
    if state.revision and not state.writing and not stored:
        raise IndexDamagedError(
            f"the store of the index in {index.folder} has lost its papers",
            "restore a backup, or move the folder away and ingest again",
        )


def _nothing(paths: Sequence[str | Path], skipped: Sequence[Skipped]) -> str:
    named = ", ".join(str(path) for path in paths)
    told = f": {skipped[0]}" if skipped else ""
    return f"no paper could be read from {named}{told}" + (f", and {len(skipped) - 1} more" if len(skipped) > 1 else "")
