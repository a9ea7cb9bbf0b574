"""References with a tag before each value: as PubMed, EndNote and Web of Science write them, and much that copies
them. One paper a record."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from rag.corpus.cleaning import unwrapped
from rag.corpus.document import Document
from rag.corpus.encoding import text_of
from rag.corpus.fields import entry
from rag.corpus.found import Entry, Fault


class _Dialect(NamedTuple):
    """`head` is what such a file starts with, `first` the tag that every record begins with, `line` a tag and its
    value; what is no such line goes on with the value before. `names` are the tags of the fields that are read, best
    first."""

    head: re.Pattern[str]
    first: str
    line: re.Pattern[str]
    names: dict[str, tuple[str, ...]]


_PUBMED = _Dialect(
    re.compile(r"\s*PMID- \d"),
    "PMID",
    re.compile(r"([A-Z]{2,4}) {0,2}- ?(.*)"),
    {
        "title": ("TI", "BTI", "TT"), "abstract": ("AB", "OAB"), "authors": ("FAU", "AU", "CN"), "date": ("DP", "DEP"),
        "venue": ("JT", "TA"), "id": ("PMID",), "doi": ("LID", "AID"), "keywords": ("OT",), "mesh_terms": ("MH",),
    },
)  # fmt: skip
_ENDNOTE = _Dialect(
    re.compile(r"\s*%0 [A-Z]"),
    "%0",
    re.compile(r"(%[0-9A-Z@!~^+>\[\]&=*(]) ?(.*)"),
    {
        "title": ("%T", "%!"), "abstract": ("%X",), "authors": ("%A",), "date": ("%D", "%8"),
        "venue": ("%J", "%B", "%S"), "url": ("%U", "%>"), "doi": ("%R",), "keywords": ("%K",),
    },
)  # fmt: skip
_WEB_OF_SCIENCE = _Dialect(
    re.compile(r"\s*FN (?:Clarivate|Thomson|ISI)"),
    "PT",
    re.compile(r"([A-Z][A-Z0-9])(?: (.*)|$)"),
    {
        "title": ("TI",), "abstract": ("AB",), "authors": ("AF", "AU"), "date": ("PY", "EA"), "venue": ("SO", "CT"),
        "id": ("UT",), "doi": ("DI",), "keywords": ("DE",), "keywords_plus": ("ID",),
    },
)  # fmt: skip
_DIALECTS = (_PUBMED, _ENDNOTE, _WEB_OF_SCIENCE)
_KEYWORDS = ("keywords", "mesh_terms", "keywords_plus")
_ENDS = ("ER", "EF")  # of a record, of a file
_DOI = re.compile(r"(10\.\d{4,}/\S+) \[doi\]")


def fits(head: str, suffix: str) -> bool:
    """Whether a text that starts so has the first tags of such a file, or is named for one."""
    return _dialect(head) is not None or suffix in (".nbib", ".enw")


def read(document: Document) -> Iterator[Entry | Fault]:
    """The papers of the file; line breaks that wrap an abstract are folded into spaces.

    Raises:
        Fault: it has no tags that are known.
    """
    text = text_of(document)
    dialect = _dialect(text)
    if dialect is None:
        raise Fault("no record with tags of PubMed, EndNote or Web of Science", "export it again, or as RIS", 1)
    for line, record in _records(text, dialect):
        yield entry(_fields(record, dialect), line, unwrapped)


def _dialect(text: str) -> _Dialect | None:
    return next((dialect for dialect in _DIALECTS if dialect.head.match(text.lstrip("\ufeff"))), None)


def _records(text: str, dialect: _Dialect) -> Iterator[tuple[int, dict[str, list[str]]]]:
    """Each record with the line it begins on: the values of its tags."""
    begun, record, values = 0, dict[str, list[str]](), list[str]()
    for number, line in enumerate(text.lstrip("\ufeff").split("\n"), start=1):
        found = dialect.line.fullmatch(line)
        if found is None:
            if values and line.strip():
                values[-1] += "\n" + line.strip()
        elif found[1] == dialect.first:
            if record:
                yield begun, record
            begun, values = number, [found[2]]
            record = {found[1]: values}
        elif found[1] in _ENDS:
            values = []
        elif record:
            values = record.setdefault(found[1], [])
            values.append(found[2] or "")
    if record:
        yield begun, record


def _fields(record: dict[str, list[str]], dialect: _Dialect) -> dict[str, object]:
    """The values that are read, by the names of fields."""
    fields: dict[str, object] = {}
    for name, tags in dialect.names.items():
        values = next((record[tag] for tag in tags if record.get(tag)), [])
        if name == "authors":
            fields[name] = [author for value in values for author in value.split("\n")]
        elif name == "doi" and dialect is _PUBMED:
            dois = (_DOI.search(value) for tag in tags for value in record.get(tag, []))
            fields[name] = next((found[1] for found in dois if found), "")
        elif name in _KEYWORDS:  # one a line for EndNote, where others wrap a line
            fields[name] = [value.replace("\n", "; " if dialect is _ENDNOTE else " ") for value in values]
        else:
            fields[name] = values[0] if values else ""
    if dialect is _PUBMED:
        fields["url"] = f"https://pubmed.ncbi.nlm.nih.gov/{fields['id']}/"
    return fields
