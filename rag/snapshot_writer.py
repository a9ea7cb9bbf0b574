"""The store in, a snapshot out (see `rag.snapshot` for its files)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from array import array
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from rag import cells
from rag.chunking import encoder_text
from rag.keywords import Keywords
from rag.lexical import LexicalIndex
from rag.records import Records
from rag.rows import Rows
from rag.snapshot import SCHEMA, PackedTokens, checksum, sealed
from rag.store import Record, StoredPaper
from rag.text.sentences import Span, sentences
from rag.text.words import words
from rag.types import Paper, Passage

TokensOf = Callable[[str], PackedTokens]


KeywordsOf = Callable[[Sequence[Paper]], Keywords | None]


class VectorsOf(Protocol):
    """What gives the vectors of passages by their ids: the store."""

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """`(n, d)`, in the order of `ids`."""


def revision_of(papers: Sequence[StoredPaper], embedder: str) -> str:
    """A hash of everything a reader can see: equal content has an equal revision."""
    digest = hashlib.sha256(f"{SCHEMA}\0{embedder}".encode())
    for stored in papers:
        paper = stored.paper
        row = [paper.id, stored.content, [[s.name, s.path] for s in paper.sources], dict(paper.metadata)]
        digest.update(json.dumps(row, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def write_snapshot(
    folder: Path,
    papers: Sequence[StoredPaper],
    store: VectorsOf,
    embedder: str,
    tokens_of: TokensOf | None,
    keywords_of: KeywordsOf | None = None,
) -> Path:
    """Write the snapshot of `papers` (ordered by id) into `folder/<revision>`, whole or not at all.

    `tokens_of` gives a passage's packed tokens by its id; None where the embedder has none. `keywords_of` gives the
    papers' keywords with their vectors; without it they are left out.
    """
    revision = revision_of(papers, embedder)
    target, unfinished = folder / revision, folder / f"{revision}.part"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    try:
        _write_files(unfinished, revision, papers, store, embedder, tokens_of, keywords_of)
        shutil.rmtree(target, ignore_errors=True)
        os.replace(unfinished, target)
    except OSError:
        shutil.rmtree(unfinished, ignore_errors=True)  # a full disk needs the room
        raise
    return target


def _write_files(
    unfinished: Path,
    revision: str,
    papers: Sequence[StoredPaper],
    store: VectorsOf,
    embedder: str,
    tokens_of: TokensOf | None,
    keywords_of: KeywordsOf | None,
) -> None:
    """All files of a snapshot, the manifest last."""
    records = [record for stored in papers for record in stored.records]
    _write_rows(unfinished, papers, records)
    Records.of(stored.paper for stored in papers).save(unfinished / "records")
    keywords = keywords_of([stored.paper for stored in papers]) if keywords_of is not None else None
    if keywords is not None:
        keywords.save(unfinished / "keywords")
    spans = [sentences(record.passage.text) for record in records]
    np.save(
        unfinished / "sentences.npy",
        np.asarray([span for group in spans for span in group], np.int32).reshape(-1, 2),
    )
    np.save(unfinished / "sentence_bounds.npy", _bounds([len(group) for group in spans]))
    vectors = store.vectors([record.passage.id for record in records])
    np.save(unfinished / "vectors.npy", vectors)
    if len(vectors) > cells.FEWEST:
        cells.Cells.build(vectors).save(unfinished / "cells")
    token_count = _write_tokens(unfinished, records, spans, tokens_of) if tokens_of and records else 0
    _write_lexical(unfinished, papers, records)
    files = sorted(path for path in unfinished.rglob("*") if path.is_file())
    manifest = {
        "revision": revision,
        "schema": SCHEMA,
        "embedder": embedder,
        "papers": len(papers),
        "passages": len(records),
        "tokens": token_count,
        "files": {str(path.relative_to(unfinished)): path.stat().st_size for path in files},
        "checksums": {str(path.relative_to(unfinished)): checksum(path) for path in files},
    }
    (unfinished / "manifest.json").write_text(json.dumps(sealed(manifest), indent=1), encoding="utf8")


def _write_rows(folder: Path, papers: Sequence[StoredPaper], records: Sequence[Record]) -> None:
    Rows.write(
        folder,
        "papers",
        (
            {
                "id": stored.paper.id,
                "title": stored.paper.title,
                "text": stored.paper.text,
                "sources": [[source.name, source.path] for source in stored.paper.sources],
                "metadata": dict(stored.paper.metadata),
            }
            for stored in papers
        ),
    )
    Rows.write(folder, "passages", (_passage_row(record.passage) for record in records))
    owners = [position for position, stored in enumerate(papers) for _ in stored.records]
    np.save(folder / "owners.npy", np.asarray(owners, dtype=np.int32))


def _passage_row(passage: Passage) -> dict[str, Any]:
    return {"id": passage.id, "start": passage.start, "end": passage.end, "index": passage.index}


def _bounds(counts: Sequence[int]) -> NDArray[np.int64]:
    """Where each group starts and the last one ends."""
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _write_tokens(
    folder: Path, records: Sequence[Record], sentence_spans: Sequence[Sequence[Span]], tokens_of: TokensOf
) -> int:
    ids = [record.passage.id for record in records]
    bounds = _bounds([len(tokens_of(identifier).values) for identifier in ids])
    np.save(folder / "bounds.npy", bounds)
    count, width = int(bounds[-1]), tokens_of(ids[0]).values.shape[1]
    firsts: list[NDArray[np.int64]] = []
    with (
        _array_file(folder / "tokens.npy", np.int8, (count, width)) as values,
        _array_file(folder / "scales.npy", np.float32, (count,)) as scales,
        _array_file(folder / "spans.npy", np.int32, (count, 2)) as spans,
    ):
        for identifier, group, start in zip(ids, sentence_spans, bounds[:-1], strict=True):
            entry = tokens_of(identifier)  # asked for again: all of them at once would be 20 kB of memory a passage
            values.write(np.ascontiguousarray(entry.values, np.int8).tobytes())
            scales.write(np.ascontiguousarray(entry.scales, np.float32).tobytes())
            spans.write(np.ascontiguousarray(entry.spans, np.int32).tobytes())
            firsts.append(np.searchsorted(entry.spans[:, 0], [span.start for span in group]) + start)
    np.save(folder / "sentence_tokens.npy", np.concatenate(firsts).astype(np.int64))
    return count


@contextmanager
def _array_file(path: Path, kind: type, shape: tuple[int, ...]) -> Iterator[BinaryIO]:
    """A file that becomes an array of that shape, once its rows are written. Not mapped: on a full disk a write fails
    with an error, and a mapped page ends the process."""
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(kind)), "fortran_order": False, "shape": shape}
    with path.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        yield file


def _write_lexical(folder: Path, papers: Sequence[StoredPaper], records: Sequence[Record]) -> None:
    texts = [encoder_text(record.passage.title, record.passage.text) for record in records]
    index = LexicalIndex.build(texts)
    index.save(folder / "text")
    LexicalIndex.build([stored.paper.title for stored in papers]).save(folder / "titles")
    _write_terms(folder, records, index)


def _write_terms(folder: Path, records: Sequence[Record], index: LexicalIndex) -> None:
    """Each passage's words as numbers of the vocabulary, with the sentence each stands in; the title is -1."""
    terms, where = array("i"), array("i")
    bounds = [0]
    for record in records:
        passage = record.passage
        parts = [passage.title, *(passage.text[start:end] for start, end in sentences(passage.text))]
        for number, part in enumerate(parts, start=-1):
            numbers = index.numbers(words(part))
            terms.extend(numbers)
            where.extend([number] * len(numbers))
        bounds.append(len(terms))
    np.save(folder / "terms.npy", np.asarray(terms, dtype=np.int32))
    np.save(folder / "term_sentences.npy", np.asarray(where, dtype=np.int32))
    np.save(folder / "term_bounds.npy", np.asarray(bounds, dtype=np.int64))
