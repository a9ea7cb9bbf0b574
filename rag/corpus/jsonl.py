"""JSON with a paper an object: JSON Lines, or an array."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.corpus.document import Document
from rag.corpus.fields import entry
from rag.corpus.found import Entry, Fault
from rag.corpus.json_records import records

_START = re.compile(r'\s*(?:\[\s*)?\{\s*["}]|\s*\[\s*\]')


def fits(head: str, suffix: str) -> bool:
    """Whether a text that starts so is JSON: an object, or an array of objects."""
    return bool(_START.match(head)) or suffix in (".jsonl", ".ndjson", ".json")


def read(document: Document) -> Iterator[Entry | Fault]:
    """The papers of a JSON document, streamed; line breaks within an abstract stay."""
    for record in records(document):
        yield record if isinstance(record, Fault) else entry(record.fields, record.line)
