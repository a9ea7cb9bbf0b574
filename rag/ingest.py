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
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.chunking import encoder_text, shortened, split
from rag.corpus import Skipped, bundled, merge, read
from rag.corpus.files import absolute
from rag.embedding import Embedder, load_embedder
from rag.errors import IndexDamagedError, IndexMismatchError, NothingToReadError, StoreError, UsageError
from rag.fingerprint import ReadBefore, fingerprint, remember, remembered
from rag.index import Index, State
from rag.settings import Settings
from rag.snapshot import PackedTokens, Snapshot, checksum, pack
from rag.snapshot_writer import revision_of, write_snapshot
from rag.store import PAGE, Record, StoredPaper, content_of, stored_papers, to_records
from rag.token_basis import shortened_tokens
from rag.token_cache import TokenCache
from rag.types import Paper, Passage, Source

Progress = Callable[[str, int, int], None]
"""Called with a stage ("read", "encode", "finish"), how much is done, and how much there is (0: unknown)."""

_BATCH = 64  # passages encoded and written at once
Batch = list[tuple[Paper, list[Record]]]
Encoded = tuple[NDArray[np.float32], list[PackedTokens]]


@dataclass(slots=True)
class Report:
    """What an ingest did. Counts are of papers, but for `entries` (papers as read, before merging)."""

    entries: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    papers: int = 0
    passages: int = 0
    encoded: int = 0
    revision: str = ""
    skipped: list[Skipped] = field(default_factory=list)


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
        _tell(progress, "read", len(found), 0)
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
    _check_embedder(state, load_embedder(settings.embedder, settings.models_folder, settings.threads))
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
        writer = _Writer(index, settings, _older_snapshot(index))
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
        writer = _Writer(index, settings, _intact_snapshot(index))
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
        writer = _Writer(beside, settings, None)
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
    given = _below(roots)
    unread = _below([skipped.path for skipped in report.skipped if not skipped.one and skipped.path])

    def was_read(source: Source) -> bool:
        return given(source) and not unread(source)

    with index.locked(settings.lock_timeout_s):
        writer = _Writer(index, settings, _older_snapshot(index))
        _check_store(index, writer.stored)
        wanted = list(_reconciled(found, writer.stored, was_read))
        removed = _disappeared(found, writer.stored, was_read) if prune else []
        writer.apply(wanted, removed, report, progress)


class _Writer:
    """One write to the index, inside the lock. What `older` holds, the snapshot that readers have, is used again."""

    def __init__(self, index: Index, settings: Settings, older: Snapshot | None) -> None:
        self._index = index
        self._state = index.state()
        self._embedder, self._at_once = _embedder_of(settings)
        _check_embedder(self._state, self._embedder)
        self.store = index.open_store()
        self._records: dict[str, list[Record]] = {}
        for record in self.store.records():
            self._records.setdefault(record.passage.paper_id, []).append(record)
        self.stored = stored_papers(record for group in self._records.values() for record in group)
        self._older = older
        self._tokens = TokenCache(index.tokens, older)

    def all_records(self, paper_id: str) -> list[Record]:
        """Every record of a paper, leftovers of an interrupted update among them."""
        return self._records.get(paper_id, [])

    def begin(self) -> None:
        """Note that a write is under way."""
        self._state = replace(
            self._state, embedder=self._embedder.name, dimensions=self._embedder.dimensions, writing=True
        )
        self._index.save(self._state)

    def apply(self, wanted: Sequence[Paper], removed: Sequence[str], report: Report, progress: Progress | None) -> None:
        """Write what differs between `wanted` and the store, and remove papers by id."""
        fresh, relabelled = self._differences(wanted, report)
        report.removed = len(removed)
        if fresh or relabelled or removed or self._state.writing or not self._state.revision:
            self.begin()
            self._write_fresh(fresh, report, progress)
            self._relabel(relabelled)
            self._remove(removed)
        self.finish(progress, report)

    def _differences(self, wanted: Sequence[Paper], report: Report) -> tuple[list[Paper], list[Paper]]:
        fresh: list[Paper] = []
        relabelled: list[Paper] = []
        for paper in wanted:
            stored = self.stored.get(paper.id)
            if stored is None:
                report.added += 1
                fresh.append(paper)
            elif stored.content != content_of(paper) or not _is_clean(stored, self.all_records(paper.id)):
                report.updated += 1
                fresh.append(paper)
            elif not stored.whole or stored.paper != paper:
                report.updated += 1
                relabelled.append(paper)
            else:
                report.unchanged += 1
        return fresh, relabelled

    def _write_fresh(self, papers: Sequence[Paper], report: Report, progress: Progress | None) -> None:
        done = 0
        for batch, (vectors, tokens) in self._encoded(papers):
            records = [record for _, group in batch for record in group]
            if tokens:
                self._tokens.add([record.passage.id for record in records], tokens)
            self.store.write(records, vectors)
            self._drop_leftovers(batch)
            done += len(batch)
            report.encoded += len(records)
            _tell(progress, "encode", done, len(papers))

    def _encoded(self, papers: Sequence[Paper]) -> Iterator[tuple[Batch, Encoded]]:
        """Batches with their vectors and tokens. While one is being written, the next is cut and encoded."""
        with ThreadPoolExecutor(1) as ahead:
            before: tuple[Batch, Future[Encoded]] | None = None
            for batch in self._batches(papers):
                passages = [record.passage for _, records in batch for record in records]
                encoding = ahead.submit(self._encode, passages)
                if before is not None:
                    yield before[0], before[1].result()
                before = batch, encoding
            if before is not None:
                yield before[0], before[1].result()

    def _batches(self, papers: Sequence[Paper]) -> Iterator[Batch]:
        batch: Batch = []
        size = 0
        for paper in papers:
            passages = split(paper, self._embedder.count_tokens, self._embedder.window)
            batch.append((paper, to_records(paper, passages)))
            size += len(passages)
            if size >= self._at_once:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch

    def _drop_leftovers(self, batch: Batch) -> None:
        """Remove the passages of older versions, after the new ones are safely in."""
        stale: list[str] = []
        for paper, records in batch:
            kept = {record.passage.id for record in records}
            stale.extend(r.passage.id for r in self.all_records(paper.id) if r.passage.id not in kept)
            self._records[paper.id] = records
            self.stored[paper.id] = StoredPaper(paper, records[0].content, tuple(records), True)
        self.store.delete(stale)

    def _relabel(self, papers: Sequence[Paper]) -> None:
        """Give papers new sources or metadata; their vectors stay."""
        changed: list[Record] = []
        for paper in papers:
            records = [
                replace(
                    r,
                    sources=paper.sources,
                    passage=replace(r.passage, sources=paper.source_names, metadata=dict(paper.metadata)),
                )
                for r in self.stored[paper.id].records
            ]
            self.stored[paper.id] = StoredPaper(paper, records[0].content, tuple(records), True)
            changed.extend(records)
        self.store.rewrite_metadata(changed)

    def _remove(self, paper_ids: Sequence[str]) -> None:
        """Delete papers, each whole or not at all."""
        ids: list[str] = []
        for paper_id in paper_ids:
            own = [record.passage.id for record in self.all_records(paper_id)]
            if ids and len(ids) + len(own) > PAGE:
                self.store.delete(ids)
                ids = []
            ids += own
            del self.stored[paper_id]
        self.store.delete(ids)

    def finish(self, progress: Progress | None, report: Report) -> None:
        """Derive the snapshot, unless the one at hand is of this revision already: it stays, and is never replaced
        under those who open it."""
        papers = [self.stored[paper_id] for paper_id in sorted(self.stored)]
        revision = revision_of(papers, self._embedder.name)
        report.papers, report.passages = len(papers), sum(len(p.records) for p in papers)
        report.revision = revision
        current = self._older if self._state.revision == revision else None
        if current is not None and not self._state.writing:
            return
        if not papers:
            self._index.forget(self._state)
            return
        _tell(progress, "finish", 0, 1)
        written = current.folder if current is not None and _holds(current, papers) else self._written(papers)
        self._index.adopt(written, self._state)
        self._tokens.clear()
        _tell(progress, "finish", 1, 1)

    def _written(self, papers: Sequence[StoredPaper]) -> Path:
        self._tokens.load()
        tokens_of = self._tokens_of(papers) if self._embedder.has_tokens else None
        return write_snapshot(self._index.snapshots, papers, self.store, self._embedder.name, tokens_of)

    def _tokens_of(self, papers: Sequence[StoredPaper]) -> Callable[[str], PackedTokens]:
        """Where token vectors come from: kept ones, else the text is encoded again."""
        lost = [r.passage for p in papers for r in p.records if r.passage.id not in self._tokens]
        again: dict[str, PackedTokens] = {}
        for start in range(0, len(lost), self._at_once):
            part = lost[start : start + self._at_once]
            again.update(zip([passage.id for passage in part], self._encode(part)[1], strict=True))
        return lambda passage_id: again[passage_id] if passage_id in again else self._tokens.get(passage_id)

    def _encode(self, passages: Sequence[Passage]) -> Encoded:
        """Vectors `(n, d)` and packed tokens, their offsets counted from where the passage's text starts."""
        embedder = self._embedder
        titles = [shortened(passage.title, embedder.count_tokens, embedder.window) for passage in passages]
        texts = [encoder_text(title, passage.text) for title, passage in zip(titles, passages, strict=True)]
        vectors, tokens = embedder.encode_with_tokens(texts)
        leads = [len(text) - len(passage.text) for text, passage in zip(texts, passages, strict=True)]
        packed = [pack(shortened_tokens(t.vectors), t.offsets - lead) for t, lead in zip(tokens, leads, strict=False)]
        return vectors, packed


def _embedder_of(settings: Settings) -> tuple[Embedder, int]:
    """What encodes, and how many passages at once."""
    embedder = load_embedder(settings.embedder, settings.models_folder, settings.threads)
    if not settings.ray:
        return embedder, _BATCH
    from rag.embedding.spread import Spread

    spread = Spread(embedder, settings.embedder, settings.ray, settings.models_folder)
    return spread, spread.at_once


def _reconciled(
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


def _disappeared(
    found: Sequence[Paper], stored: dict[str, StoredPaper], was_read: Callable[[Source], bool]
) -> list[str]:
    present = {paper.id for paper in found}
    return [
        paper_id
        for paper_id, old in stored.items()
        if paper_id not in present and all(was_read(source) for source in old.paper.sources)
    ]


def _below(paths: Iterable[str]) -> Callable[[Source], bool]:
    """Whether a source is one of `paths`, or below one: as they are named, or once links are followed."""
    places = {Path(form) for path in paths for form in (path, os.path.realpath(path))}

    @cache
    def is_below(path: str) -> bool:
        forms = (Path(path), Path(os.path.realpath(path)))
        return any(form in places or not places.isdisjoint(form.parents) for form in forms)

    return lambda source: is_below(source.path)


def _is_clean(stored: StoredPaper, records: Iterable[Record]) -> bool:
    return len(stored.records) == stored.records[0].count and all(r.content == stored.content for r in records)


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


def _holds(snapshot: Snapshot, papers: Sequence[StoredPaper]) -> bool:
    """Whether a snapshot holds these papers' passages, no more and no fewer."""
    passages = [record.passage.id for stored in papers for record in stored.records]
    return snapshot.paper_count == len(papers) and list(snapshot.passage_ids()) == passages


def _check_embedder(state: State, embedder: Embedder) -> None:
    if state.embedder and state.embedder != embedder.name:
        raise IndexMismatchError(
            f"the index was built with the embedder {state.embedder!r}, the settings ask for {embedder.name!r}",
            "set FOOTNOTE_EMBEDDER back, or run `footnote ingest --reindex` to encode all papers again",
        )


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


def _tell(progress: Progress | None, stage: str, done: int, total: int) -> None:
    if progress is not None:
        progress(stage, done, total)
