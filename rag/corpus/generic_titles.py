"""Titles that name no paper: a folder may hold many files that are headed "Notes", and each is a paper of its own.

What tells them apart must not depend on what else is in the index, or the order of reading would decide what a paper is
called: so such a title always gets its file's name.
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


def told_apart(title: str, document: Document) -> str:
    """`title`; where it names no paper, with its file and two folders behind it: "Notes (pond/week 1/notes.md)"."""
    if not _GENERIC.fullmatch(title_key(title)):
        return title
    is_member = PurePosixPath(document.name).name != PurePath(document.path).name
    place = PurePosixPath(document.name) if is_member else PurePath(document.path)
    parts = place.relative_to(place.anchor).parts
    return f"{title} ({'/'.join(parts[-_PARTS:])})"
