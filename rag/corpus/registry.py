"""Formats by name, and the choice among them by what a document's first bytes say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import NamedTuple

from rag.corpus import (
    arxiv,
    bibtex,
    csv_table,
    foreign,
    jsonl,
    listing,
    markdown,
    pdf,
    plain,
    ris,
    tagged,
    xml_records,
)
from rag.corpus.document import Document
from rag.corpus.encoding import head_text
from rag.corpus.found import Entry, Fault


class Format(NamedTuple):
    """`fits` says whether a text that starts so, in a file with that suffix, is of the format."""

    fits: Callable[[str, str], bool]
    read: Callable[[Document], Iterator[Entry | Fault]]


FORMATS: dict[str, Format] = {  # asked in this order
    "pdf": Format(pdf.fits, pdf.read),
    "arxiv": Format(arxiv.fits, arxiv.read),
    "jsonl": Format(jsonl.fits, jsonl.read),
    "xml": Format(xml_records.fits, xml_records.read),
    "ris": Format(ris.fits, ris.read),
    "tagged": Format(tagged.fits, tagged.read),
    "bibtex": Format(bibtex.fits, bibtex.read),
    "csv": Format(csv_table.fits, csv_table.read),
    "listing": Format(listing.fits, listing.read),
    "markdown": Format(markdown.fits, markdown.read),
    "plain": Format(plain.fits, plain.read),
}


def format_of(document: Document) -> str:
    """The name of the document's format; the file's own name only breaks ties.

    Raises:
        Fault: it is empty, binary, of a kind that is not read, or in an encoding that is not recognised.
    """
    if b"%PDF-" in document.head[:1024]:
        return "pdf"
    foreign.refuse_bytes(document.head)
    text = head_text(document)
    foreign.refuse_text(text, whole=document.whole)
    suffix = _suffix(document.name)
    name = next(name for name, known in FORMATS.items() if known.fits(text, suffix))
    if name in ("plain", "markdown"):
        foreign.refuse_suffix(suffix)  # a remark in code looks like a heading
    return name


def _suffix(name: str) -> str:
    return PurePosixPath(name.lower().removesuffix(".gz")).suffix
