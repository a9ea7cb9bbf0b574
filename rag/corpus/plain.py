"""Plain text: one paper a file, its first line the title."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from rag.corpus.cleaning import clean, one_title
from rag.corpus.document import Document
from rag.corpus.encoding import text_of
from rag.corpus.found import Entry, Fault

LONGEST_TITLE = 300


def fits(head: str, suffix: str) -> bool:
    """Always: this is what a text is when it is nothing else."""
    return True


def read(document: Document) -> Iterator[Entry | Fault]:
    """The one paper of the file; where the first line is too long for a title, the file's name serves."""
    text = clean(text_of(document))
    title, _, rest = text.partition("\n")
    line = 1
    if len(title) > LONGEST_TITLE:
        title, rest = name_as_title(document), text
    yield Entry(one_title(title), clean(rest), line)


def name_as_title(document: Document) -> str:
    """The file's name without folder and suffix, its underscores as spaces."""
    return PurePosixPath(document.name).stem.replace("_", " ")
