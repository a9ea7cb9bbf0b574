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
from rag.text.title import latex_accents

if TYPE_CHECKING:
    from bibtexparser.model import Block

_FIRST_ENTRY = re.compile(
    r"(?:\s*%[^\n]*\n)*\s*@(?:(?:comment|preamble)\s*\{|[a-z]+\s*[{(]\s*+[^\s,{}]*+\s*+[,=])", re.IGNORECASE
)
_MARKED = re.compile(
    r"\\(?:emph|text(?:it|bf|tt|sc|rm|sf|sl|up|normal|superscript|subscript)|mbox|underline|uppercase|url|protect)\s*\{|"
    r"\{\s*\\(?:it|bf|em|tt|sc|rm|sf|sl)\b\s*"
)


def fits(head: str, suffix: str) -> bool:
    """Whether a text that starts so is BibTeX: an entry comes first, or the file is named for it."""
    return bool(_FIRST_ENTRY.match(head.lstrip("\ufeff"))) or suffix in (".bib", ".bibtex")


def read(document: Document) -> Iterator[Entry | Fault]:
    """The papers of the file; accents and braces of a title are resolved, an abstract stays as it is."""
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
    fields["title"] = _plain(str(fields.get("title", "")))
    if "author" in fields:
        names = " ".join(_plain(str(fields["author"])).split())
        fields["author"] = names.replace(" and ", "; ")
    return entry(fields, line, unwrapped)


def _plain(value: str) -> str:
    r"""A value without BibTeX's braces and with its accents resolved; `\{` stays."""
    plain = _MARKED.sub("{", latex_accents(value))
    return re.sub(r"\\([&%$#_])", r"\1", re.sub(r"(?<!\\)[{}]", "", plain))


def _undelimited(value: str) -> str:
    """The value of a field that the parser left as it stands: without the braces or quotes around it."""
    whole = value.strip()
    return whole[1:-1] if len(whole) > 1 and whole[0] + whole[-1] in ("{}", '""') else whole
