"""Titles that name no paper: a folder may hold many files that are headed "Notes", a library many editorials, and each
is a paper of its own.

What tells them apart must not depend on what else is in the index, or the order of reading would decide what a paper is
called: so such a title always gets its file's name, and from the second text of a file under it on, a number.
"""

from __future__ import annotations

import re
from pathlib import PurePath, PurePosixPath

from rag.corpus.document import Document
from rag.text.title import title_key

_PARTS = 3  # of the path: the file and two folders, for many projects have a `docs/README.md`
_GENERIC = re.compile(
    r"abstract|about|acknowledge?ments?|background|bibliography|changelog|conclusions?|contents|contributing|discussion"
    r"|editorial|executive summary|foreword|full text|home|index|introduction|licen[cs]e|main|manuscript|meeting notes"
    r"|microsoft word|my notes|new document|no title|overview|preface|presentation|read me|readme|references|report"
    r"|results|summary|table of contents|text|title|todo|to do|unknown|untitled document"
    r"|(?:appendix|chapter|day|document|draft|lecture|minutes|notes?|page|part|section|slides?|untitled|version|week)"
    r"(?: (?:\d{1,3}|[ivx]{1,4}|[a-d]))?"
)


class Titles:
    """The titles of one document's papers."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._numbers: dict[str, dict[str, int]] = {}  # of texts, by the key of a title that names no paper

    def told_apart(self, title: str, text: str) -> str:
        """`title`; where it names no paper, with its file and two folders behind it: "Notes (pond/week 1/notes.md)",
        and for another text "Notes (pond/week 1/notes.md, 2)"."""
        key = title_key(title)
        if not _GENERIC.fullmatch(key):
            return title
        numbers = self._numbers.setdefault(key, {})
        number = numbers.setdefault(text, len(numbers) + 1)
        return f"{title} ({_place(self._document)}{f', {number}' if number > 1 else ''})"


def _place(document: Document) -> str:
    is_member = PurePosixPath(document.name).name != PurePath(document.path).name
    place = PurePosixPath(document.name) if is_member else PurePath(document.path)
    parts = place.relative_to(place.anchor).parts
    return "/".join(parts[-_PARTS:])
