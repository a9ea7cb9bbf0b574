"""BibTeX: one paper an entry, if it has an abstract."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rag.corpus.cleaning import unwrapped
from rag.corpus.document import Document
from rag.corpus.encoding import text_of
from rag.corpus.fields import entry
from rag.corpus.found import Entry, Fault, shortened
from rag.corpus.tex import without_tex

if TYPE_CHECKING:
    from bibtexparser.model import Block

_FIRST_ENTRY = re.compile(
    r"(?:\s*%[^\n]*\n)*\s*@(?:(?:comment|preamble)\s*\{|[a-z]+\s*[{(]\s*+[^\s,{}]*+\s*+[,=])", re.IGNORECASE
)
_ADDRESSES = ("url", "doi", "eprint", "id")
_ESCAPED = re.compile(r"\{?\\([&%$#_~])\}?")


def fits(head: str, suffix: str) -> bool:
    """Whether a text that starts so is BibTeX: an entry comes first, or the file is named for it."""
    return bool(_FIRST_ENTRY.match(head.lstrip("\ufeff"))) or suffix in (".bib", ".bibtex")


def read(document: Document) -> Iterator[Entry | Fault]:
    """The papers of the file; accents, braces and escapes are resolved, formulas stay as they are."""
    from bibtexparser.entrypoint import parse_string  # 75 ms, for such files only

    logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)  # faults are reported here, once
    for block in parse_string(text_of(document)).blocks:
        found = _found(block)
        if found is not None:
            yield found


def _found(block: Block) -> Entry | Fault | None:
    from bibtexparser import model

    line = (block.start_line or 0) + 1
    raw = False
    if isinstance(block, model.ParsingFailedBlock) and isinstance(block.ignore_error_block, model.Entry):
        block, raw = block.ignore_error_block, True  # a key or a field that comes twice is no reason to lose a paper
    if isinstance(block, model.ParsingFailedBlock):
        reason = shortened(getattr(block.error, "abort_reason", "") or "it cannot be parsed", 100)
        return Fault(f"not valid BibTeX: {reason}", "mend the entry", line)
    if not isinstance(block, model.Entry):
        return None
    values = {key.lower(): str(field.value) for key, field in block.fields_dict.items()}
    fields: dict[str, object] = {key: _undelimited(value) if raw else value for key, value in values.items()}
    plain: dict[str, object] = {key: _plain(key, str(value)) for key, value in fields.items()}
    if "author" in plain:
        plain["author"] = " ".join(str(plain["author"]).split()).replace(" and ", "; ")
    return entry(plain, line, unwrapped)


def _plain(name: str, value: str) -> str:
    """The value of a field as it is read: an address is no text, and keeps its tildes."""
    return _ESCAPED.sub(r"\1", value) if name in _ADDRESSES else without_tex(value)


def _undelimited(value: str) -> str:
    """The value of a field that the parser left as it stands: without the braces or quotes around it."""
    whole = value.strip()
    return whole[1:-1] if len(whole) > 1 and whole[0] + whole[-1] in ("{}", '""') else whole
