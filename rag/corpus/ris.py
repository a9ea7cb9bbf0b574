"""RIS, as reference managers export it: one paper a record from `TY  -` to `ER  -`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.corpus.cleaning import unwrapped
from rag.corpus.document import Document
from rag.corpus.encoding import text_of
from rag.corpus.fields import entry
from rag.corpus.found import Entry, Fault, shortened

_START = re.compile(r"^\ufeff?TY  ?-", re.MULTILINE)
_PREAMBLE = 500  # characters that may stand before the first record: a provider's name, a count
_END = re.compile(r"^ER  ?-", re.MULTILINE)
_TITLES = ("title", "primary_title", "translated_title", "short_title")
_TEXTS = ("abstract", "notes_abstract")


def fits(head: str, suffix: str) -> bool:
    """Whether a text that starts so is RIS: a record comes first, or the file is named for it."""
    return bool(_START.search(head.lstrip()[:_PREAMBLE])) or suffix == ".ris"


def read(document: Document) -> Iterator[Entry | Fault]:
    """The papers of the file; a fault for each record that is cut off or cannot be read."""
    text = text_of(document)
    starts = [match.start() for match in _START.finditer(text)]
    if not starts:
        raise Fault("no record: expected a line `TY  - …`", "export it again as RIS", 1)
    line = 1 + text.count("\n", 0, starts[0])
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield _found(text[start:end], line)
        line += text.count("\n", start, end)


def _found(record: str, line: int) -> Entry | Fault:
    import rispy

    if not _END.search(record):
        return Fault("a record without its end: expected a line `ER  -`", "export it again", line)
    try:
        parsed = rispy.loads(record.lstrip("\ufeff"))
    except Exception as error:  # whatever the parser below trips over, the next record is another matter
        return Fault(f"not valid RIS: {shortened(str(error))}", "export it again", line)
    fields: dict[str, object] = dict(parsed[0]) if parsed else {}
    fields["title"] = next((fields[name] for name in _TITLES if fields.get(name)), "")
    fields["abstract"] = next((fields[name] for name in _TEXTS if fields.get(name)), "")
    return entry(fields, line, unwrapped)
