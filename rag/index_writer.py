"""One write to an index: what differs between papers and the store, encoded and put there, each batch whole or not
at all; then the snapshot, derived from the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.chunking import encoder_text, shortened, split
from rag.corpus import Skipped
from rag.embedding import Embedder, load_embedder
from rag.index import Index, State, other_embedder
from rag.keywords import Keywords
from rag.settings import Settings
from rag.snapshot import PackedTokens, Snapshot, pack
from rag.snapshot_writer import revision_of, write_snapshot
from rag.store import PAGE, Record, StoredPaper, content_of, stored_papers, to_records
from rag.token_basis import shortened_tokens
from rag.token_cache import TokenCache
from rag.types import Paper, Passage

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


class IndexWriter:
    """One write to the index, inside the lock. What `older` holds, the snapshot that readers have, is used again."""

    def __init__(self, index: Index, settings: Settings, older: Snapshot | None) -> None:
        self._index = index
        self._state = index.state()
        self._embedder, self._at_once = _embedder_of(settings)
        check_embedder(self._state, self._embedder)
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
        self._index.begin(self._state)

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
            tell(progress, "encode", done, len(papers))

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
        tell(progress, "finish", 0, 1)
        written = current.folder if current is not None and _holds(current, papers) else self._written(papers)
        self._index.adopt(written, self._state)
        self._tokens.clear()
        tell(progress, "finish", 1, 1)

    def _written(self, papers: Sequence[StoredPaper]) -> Path:
        self._tokens.load()
        tokens_of = self._tokens_of(papers) if self._embedder.has_tokens else None
        name = self._embedder.name
        return write_snapshot(self._index.snapshots, papers, self.store, name, tokens_of, self._keywords_of)

    def _keywords_of(self, papers: Sequence[Paper]) -> Keywords | None:
        """The papers' keywords; the vectors of those that readers have already are used again."""
        return Keywords.of(papers, self._embedder.encode, self._older.keywords if self._older is not None else None)

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


def check_embedder(state: State, embedder: Embedder) -> None:
    if state.embedder and state.embedder != embedder.name:
        raise other_embedder(state.embedder, embedder.name)


def tell(progress: Progress | None, stage: str, done: int, total: int) -> None:
    if progress is not None:
        progress(stage, done, total)


def _embedder_of(settings: Settings) -> tuple[Embedder, int]:
    """What encodes, and how many passages at once."""
    embedder = load_embedder(settings.embedder, settings.models_folder, settings.threads)
    if not settings.ray:
        return embedder, _BATCH
    from rag.embedding.spread import Spread

    spread = Spread(embedder, settings.embedder, settings.ray, settings.models_folder)
    return spread, spread.at_once


def _is_clean(stored: StoredPaper, records: Iterable[Record]) -> bool:
    return len(stored.records) == stored.records[0].count and all(r.content == stored.content for r in records)


def _holds(snapshot: Snapshot, papers: Sequence[StoredPaper]) -> bool:
    """Whether a snapshot holds these papers' passages, no more and no fewer."""
    passages = [record.passage.id for stored in papers for record in stored.records]
    return snapshot.paper_count == len(papers) and list(snapshot.passage_ids()) == passages
