"""Paths in, papers out, one file at a time; nothing that a file holds stops the reading of the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from rag.corpus.archives import documents
from rag.corpus.document import Document
from rag.corpus.files import files, unreadable
from rag.corpus.found import Entry, Fault, Skipped, shortened
from rag.corpus.generic_titles import Titles
from rag.corpus.registry import FORMATS, format_of
from rag.text.title import paper_id
from rag.types import Paper, Source

_LONGEST_TITLE = 1_000


def read(
    paths: Sequence[str | Path], *, max_file_bytes: int = 100_000_000, left_out: Sequence[Path] = ()
) -> Iterator[Paper | Skipped]:
    """The papers in files, folders (with all below them), `.gz` files and `.zip` archives, in a fixed order.

    Formats are told by content. JSON Lines, tables and arXiv's snapshot are streamed, whatever their size;
    of other formats, files over `max_file_bytes` are skipped. What is `left_out` is passed over without a word. A
    paper that stands in two files comes twice: see `merge`. What cannot be read comes as one `Skipped` each, in its
    place, and nothing is raised.
    """
    for file in files(paths, left_out):
        if isinstance(file, Skipped):
            yield file
            continue
        for document in documents(file, max_file_bytes):
            for found in [document] if isinstance(document, Skipped) else _papers(document):
                yield replace(found, path=file.path) if isinstance(found, Skipped) else found


def _papers(document: Document) -> Iterator[Paper | Skipped]:
    found, titles = None, Titles(document)
    try:
        for found in FORMATS[format_of(document)].read(document):
            yield found.at(document.name, one=True) if isinstance(found, Fault) else _paper(found, document, titles)
        if found is None:
            yield Skipped(document.name, None, "no paper in it", "is it the right file?")
    except Fault as fault:
        yield fault.at(document.name)
    except OSError as error:
        yield unreadable(document.name, error)


def _paper(entry: Entry, document: Document, titles: Titles) -> Paper | Skipped:
    if not entry.title:
        return Skipped(document.name, entry.line, "a paper without a title", "add its title", one=True)
    if len(entry.title) > _LONGEST_TITLE:
        reason = f"a title of {len(entry.title):,} characters: {shortened(entry.title)!r}"
        return Skipped(document.name, entry.line, reason, "is it in the right field?", one=True)
    if not entry.text:
        reason = f"no abstract for {shortened(entry.title)!r}"
        return Skipped(document.name, entry.line, reason, "add one, or leave the entry out", one=True)
    source = Source(document.name, document.path)
    title = titles.told_apart(entry.title, entry.text)
    return Paper(paper_id(title), title, entry.text, (source,), entry.metadata)
