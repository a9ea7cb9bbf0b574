"""The index as readers see it: one folder of flat files derived from the store, never changed once written.

Asking opens it by memory mapping, without importing Chroma, so it takes milliseconds; and since an ingest
writes a new snapshot beside the old one, a reader never sees a half-written index.

    manifest.json   revision, schema, embedder, counts, size and checksum of each file and of itself
    papers.jsonl    one row a paper, by id; papers.npy: where each row starts
    passages.jsonl  one row a passage, by paper and position; passages.npy
    vectors.npy     (passages, d) float32, unit length
    tokens.npy      (tokens, d) int8 with one scale each: the late-interaction vectors
    spans.npy       (tokens, 2) int32 offsets of each token in the passage; below 0: in the title
    sentences.npy   (sentences, 2) int32 offsets in the passage; sentence_bounds.npy: those of passage i;
                    sentence_tokens.npy: the token that each starts with
    bounds.npy      (passages + 1,) int64: the tokens of passage i are bounds[i]:bounds[i + 1]
    owners.npy      (passages,) int32: the position of each passage's paper
    text/, titles/  the two BM25 fields
    cells/          the inverted file over `vectors.npy` (see `rag.cells`), where there are many
    records/        what records say, field by field (see `rag.records`)
    keywords/       the keywords of papers (see `rag.keywords`), where any has some
    terms.npy       (words,) int32 vocabulary numbers of `text/`; term_sentences.npy: the sentence of each,
                    -1 in the title; term_bounds.npy: the words of passage i
"""

from __future__ import annotations

import json
import zlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.cells import Cells
from rag.errors import IndexDamagedError
from rag.keywords import Keywords
from rag.lexical import LexicalIndex
from rag.mapped import mapped_array
from rag.records import Records
from rag.rows import Rows
from rag.selection import Selection, year_of
from rag.types import Paper, Passage, Source

SCHEMA = 1
_VERSION = 2  # of the manifest; since 2 it has a checksum of itself
_CHECKED_BYTES = 64_000_000
_TITLES_KEPT = 65_536
_REBUILD = "`footnote repair` derives it from the store again"


@dataclass(frozen=True, slots=True)
class PackedTokens:
    """Token vectors as they are kept: int8 `(n, d)`, a scale a row `(n,)`, offsets `(n, 2)`."""

    values: NDArray[np.int8]
    scales: NDArray[np.float32]
    spans: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class TokenMatrix:
    """The word pieces of a passage: unit vectors `(n, d)` and offsets `(n, 2)`, negative in the title."""

    vectors: NDArray[np.float32]
    spans: NDArray[np.int32]


class Snapshot:
    """An index opened for reading. Cheap to open; everything is mapped or decoded when first needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = _read_manifest(folder)
        self.revision: str = self.manifest["revision"]
        self._known_titles: dict[int, str] = {}
        self._last: tuple[int, Paper | None] = (-1, None)

    def __len__(self) -> int:
        return int(self.manifest["passages"])

    def map(self, *, search: bool) -> None:
        """Open the rows now and, to search, every other file: a mapped file outlives its removal by an ingest."""
        parts: list[object] = [self._papers, self._passages]
        if search:
            parts += [self.vectors, self.cells, self.text, self.titles, self.paper_of, self._terms, self._sentences]
            parts += [self.keywords]
            parts += [self._tokens, self._first_tokens] if self.has_tokens else []

    @cached_property
    def _papers(self) -> Rows:
        return Rows(self.folder, "papers")

    @cached_property
    def _passages(self) -> Rows:
        return Rows(self.folder, "passages")

    @cached_property
    def vectors(self) -> NDArray[np.float32]:
        """`(passages, d)` unit vectors."""
        vectors: NDArray[np.float32] = self._array("vectors")
        return vectors

    @cached_property
    def cells(self) -> Cells | None:
        """The way to the nearest vectors; None where there are so few that all can be looked at."""
        folder = self.folder / "cells"
        return Cells.load(folder) if folder.is_dir() else None

    @cached_property
    def keywords(self) -> Keywords | None:
        """What records say that papers are about; None where none does."""
        folder = self.folder / "keywords"
        return Keywords.load(folder) if folder.is_dir() else None

    @cached_property
    def text(self) -> LexicalIndex:
        """BM25 over title and passage."""
        return LexicalIndex.load(self.folder / "text", len(self))

    @cached_property
    def titles(self) -> LexicalIndex:
        """BM25 over the titles of papers."""
        return LexicalIndex.load(self.folder / "titles", self.paper_count)

    @cached_property
    def paper_of(self) -> NDArray[np.int32]:
        """`(passages,)`: the position of each passage's paper."""
        owners: NDArray[np.int32] = self._array("owners")
        return owners

    @cached_property
    def first_passage(self) -> NDArray[np.int64]:
        """`(papers + 1,)`: the passages of paper i are first_passage[i]:first_passage[i + 1]."""
        return np.searchsorted(self.paper_of, np.arange(self.paper_count + 1)).astype(np.int64)

    @cached_property
    def _tokens(self) -> tuple[Any, Any, Any, Any]:
        return tuple(self._array(name) for name in _TOKEN_FILES)

    @property
    def paper_count(self) -> int:
        """How many papers there are."""
        return int(self.manifest["papers"])

    @property
    def has_tokens(self) -> bool:
        """Whether late interaction is possible."""
        return bool(self.manifest["tokens"])

    def tokens(self, passage: int) -> TokenMatrix:
        """The word pieces of the passage at a position, those of its title first."""
        packed = self.packed_tokens(passage)
        return TokenMatrix(packed.values.astype(np.float32) * packed.scales[:, None], packed.spans)

    def packed_tokens(self, passage: int) -> PackedTokens:
        """The same as it is kept, memory-mapped."""
        values, scales, spans, bounds = self._tokens
        start, end = int(bounds[passage]), int(bounds[passage + 1])
        return PackedTokens(values[start:end], scales[start:end], spans[start:end])

    def passage_ids(self) -> Iterator[str]:
        """The ids of all passages, in order."""
        return (str(row["id"]) for row in self._passages)

    def paper(self, index: int) -> Paper:
        """The paper at a position."""
        row = self._papers[index]
        sources = tuple(Source(name, path) for name, path in row["sources"])
        return Paper(row["id"], row["title"], row["text"], sources, row["metadata"])

    def title(self, index: int) -> str:
        """The title of the paper at a position; those asked for are kept, since each search asks for dozens."""
        title = self._known_titles.get(index)
        if title is None:
            if len(self._known_titles) >= _TITLES_KEPT:
                self._known_titles.clear()
            title = self._known_titles[index] = str(self._papers[index]["title"])
        return title

    def papers(self) -> Iterator[Paper]:
        """All papers, by id."""
        return (self.paper(index) for index in range(self.paper_count))

    def find(self, paper_id: str) -> Paper | None:
        """The paper of this id, if there is one."""
        place = bisect_left(self._papers, paper_id, key=lambda row: str(row["id"]))
        found = self.paper(place) if place < self.paper_count else None
        return found if found is not None and found.id == paper_id else None

    @cached_property
    def records(self) -> Records | None:
        """What all records say, field by field; None where the snapshot, as older ones, has no such files."""
        try:
            return Records.load(self.folder / "records")
        except OSError:  # also where an ingest has removed this snapshot meanwhile
            return None

    @cached_property
    def years(self) -> NDArray[np.int16]:
        """`(papers,)`: the year of each, -1 where its record has none."""
        if self.records is not None:
            return self.records.years
        found = (year_of(paper) for paper in self.papers())
        return np.fromiter((-1 if year is None else year for year in found), dtype=np.int16, count=self.paper_count)

    def where(self, condition: Callable[[Paper], bool]) -> NDArray[np.bool_]:
        """`(papers,)`: which papers a condition lets through. It is asked of the records all at once where it is a
        selection or has a method `among` for that, else of paper after paper, which takes seconds for a million."""
        among: Callable[[Records], NDArray[np.bool_]] | None = getattr(condition, "among", None)
        if self.records is not None and isinstance(condition, Selection):
            return self.records.selected(condition)
        if self.records is not None and among is not None:
            return among(self.records)
        return np.fromiter(map(condition, self.papers()), dtype=bool, count=self.paper_count)

    @cached_property
    def _terms(self) -> tuple[Any, Any, Any]:
        return tuple(self._array(name) for name in _TERM_FILES)

    def terms(self, passage: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The vocabulary numbers of the passage's words, and the sentence of each; -1 is the title."""
        numbers, where, bounds = self._terms
        start, end = int(bounds[passage]), int(bounds[passage + 1])
        return numbers[start:end], where[start:end]

    @cached_property
    def _sentences(self) -> tuple[Any, Any]:
        return self._array("sentences"), self._array("sentence_bounds")

    def sentence_spans(self, passage: int) -> list[tuple[int, int]]:
        """The sentences of the passage at a position, as offsets in the passage."""
        spans, bounds = self._sentences
        return [(int(start), int(end)) for start, end in spans[bounds[passage] : bounds[passage + 1]]]

    def sentences(self, paper: int) -> Iterator[str]:
        """The sentences of a paper, in order."""
        for passage in range(int(self.first_passage[paper]), int(self.first_passage[paper + 1])):
            text = self.passage(passage).text
            yield from (text[start:end] for start, end in self.sentence_spans(passage))

    def sentence_count(self, passage: int) -> int:
        """How many sentences the passage has."""
        bounds = self._sentences[1]
        return int(bounds[passage + 1] - bounds[passage])

    def sentence_tokens(self, passage: int) -> NDArray[np.int64]:
        """For each sentence of the passage, how many of the passage's word pieces stand before it."""
        bounds = self._sentences[1]
        starts: NDArray[np.int64] = self._first_tokens[bounds[passage] : bounds[passage + 1]]
        return starts - int(self._tokens[3][passage])

    @cached_property
    def _first_tokens(self) -> Any:
        return self._array("sentence_tokens")

    def _array(self, name: str) -> Any:
        return mapped_array(self.folder / f"{name}.npy", scattered=True)

    def _paper_with(self, passage: int) -> Paper:
        """The paper of a passage; the last one is kept, since its passages are asked for one after another."""
        place = int(self.paper_of[passage])
        kept, paper = self._last
        if paper is None or kept != place:
            paper = self.paper(place)
            self._last = place, paper  # both at once, for others may ask meanwhile
        return paper

    def passage(self, index: int) -> Passage:
        """The passage at a position."""
        row = self._passages[index]
        paper = self._paper_with(index)
        return Passage(
            id=row["id"],
            paper_id=paper.id,
            title=paper.title,
            text=paper.text[row["start"] : row["end"]],
            start=row["start"],
            end=row["end"],
            index=row["index"],
            sources=paper.source_names,
            metadata=paper.metadata,
        )


_TERM_FILES = ("terms", "term_sentences", "term_bounds")
_TOKEN_FILES = ("tokens", "scales", "spans", "bounds")
_SAID = {"revision": str, "embedder": str, "papers": int, "passages": int, "tokens": int}


def pack(vectors: NDArray[np.float32], spans: NDArray[np.int32]) -> PackedTokens:
    """`(n, d)` vectors as int8 with one scale a row, the row's largest magnitude on 127."""
    scales = (np.abs(vectors).max(axis=1, initial=1e-9) / 127.0).astype(np.float32)
    return PackedTokens(np.rint(vectors / scales[:, None]).astype(np.int8), scales, spans.astype(np.int32))


def checksum(path: Path) -> int:
    """CRC-32 of a file: finds every single flipped bit, in a millisecond a megabyte."""
    with path.open("rb") as file:
        return reduce(lambda told, piece: zlib.crc32(piece, told), iter(lambda: file.read(1 << 20), b""), 0)


def _differs(path: Path, told: int) -> bool:
    """Whether a file is another than when it was written; large ones are not read for it when an index opens."""
    return path.stat().st_size <= _CHECKED_BYTES and checksum(path) != told


def sealed(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """A manifest with its version and its own checksum, as it is written."""
    whole = {**manifest, "version": _VERSION}
    return {**whole, "crc32": _own_checksum(whole)}


def _own_checksum(manifest: Mapping[str, Any]) -> int:
    said = {name: value for name, value in manifest.items() if name != "crc32"}
    return zlib.crc32(json.dumps(said, sort_keys=True).encode())


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text(encoding="utf8"))
        wrong = _wrong(folder, manifest)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexDamagedError(f"the snapshot in {folder} cannot be read: {error!r}", _REBUILD) from error
    if wrong:
        raise IndexDamagedError(wrong, _REBUILD)
    return manifest


def _wrong(folder: Path, manifest: Mapping[str, Any]) -> str:
    """What is not as it was written, in words; empty where all is. A manifest from before they had versions has no
    checksum of itself."""
    if (manifest.get("version", 1) > 1 or "crc32" in manifest) and manifest["crc32"] != _own_checksum(manifest):
        return f"{folder / 'manifest.json'} is not what was written"
    if manifest["schema"] != SCHEMA:
        return f"the snapshot in {folder} has layout {manifest['schema']}, not {SCHEMA}"
    if not all(isinstance(manifest[name], kind) for name, kind in _SAID.items()):
        return f"{folder / 'manifest.json'} does not say what it must"
    for name, size in manifest["files"].items():
        if (folder / name).stat().st_size != size:
            return f"{folder / name} has another size than when it was written"
    for name, told in manifest.get("checksums", {}).items():
        if _differs(folder / name, told):
            return f"{folder / name} is not what was written"
    return ""
