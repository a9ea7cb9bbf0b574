"""The metadata snapshot that arXiv publishes: one JSON object a line, gigabytes of them, or an array."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rag.corpus.cleaning import one_title, unwrapped
from rag.corpus.document import Document
from rag.corpus.fields import entry
from rag.corpus.found import Entry, Fault
from rag.corpus.json_records import records
from rag.corpus.tex import without_tex

_OWN_FIELDS = re.compile(r'"(?:update_date|authors_parsed|categories|versions)"\s*:')
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def fits(head: str, suffix: str) -> bool:
    """Whether a JSON text that starts so has the fields of the snapshot."""
    return head.lstrip()[:1] in ("{", "[") and '"abstract"' in head and len(set(_OWN_FIELDS.findall(head))) >= 2


def read(document: Document) -> Iterator[Entry | Fault]:
    """The papers of the snapshot, streamed; line breaks that wrap its abstracts are folded into spaces, and TeX
    is read but in formulas."""
    for record in records(document):
        if isinstance(record, Fault):
            yield record
            continue
        found = entry(record.fields, record.line, unwrapped)
        yield found if isinstance(found, Fault) else _described(found, record.fields)


def _described(found: Entry, fields: Mapping[str, object]) -> Entry:
    """The entry with the metadata that only arXiv gives."""
    metadata = dict(found.metadata)
    metadata |= {name: without_tex(metadata[name]) for name in ("authors", "venue") if name in metadata}
    if "id" in metadata:
        metadata["url"] = f"https://arxiv.org/abs/{metadata['id']}"
    if year := _first_year(fields.get("versions")):
        metadata["year"] = year
    for name in ("categories", "update_date"):
        if isinstance(value := fields.get(name), str) and value.strip():
            metadata[name] = one_title(value)
    return Entry(without_tex(found.title), without_tex(found.text), found.line, metadata)


def _first_year(versions: object) -> str:
    """The year that the first version was sent in: `update_date` may be many years later."""
    if not isinstance(versions, list) or not versions or not isinstance(versions[0], dict):
        return ""
    match = _YEAR.search(str(versions[0].get("created", "")))
    return match[0] if match else ""
