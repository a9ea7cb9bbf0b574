"""Markdown: one paper a file, its first heading the title."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rag.corpus.cleaning import clean, one_title
from rag.corpus.document import Document
from rag.corpus.encoding import text_of
from rag.corpus.fields import field_name, first, metadata
from rag.corpus.found import Entry, Fault
from rag.corpus.plain import name_as_title

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S.*)$|^(\S.*)\n(?:={3,}|-{3,})[ \t]*$", re.MULTILINE)
_FRONT = re.compile(r"\s*---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|$)", re.DOTALL)
_KEY = re.compile(r"^([A-Za-z_]+):[ \t]*([^\n]*)((?:\n(?:[ \t]+|- |[ \t]*$)[^\n]*)*)", re.MULTILINE)
_FOLDED = re.compile(r"[|>][+-]?\d?[ \t]*")
_QUOTED = re.compile(r"([\"'])(.*?)\1[ \t]*(?:#.*)?")
_FENCED = re.compile(r"^ {0,3}(```|~~~).*?^ {0,3}\1", re.MULTILINE | re.DOTALL)


def fits(head: str, suffix: str) -> bool:
    """Whether a text starts with a heading or with front matter, or the file is named for Markdown."""
    text = head.lstrip("\ufeff \t\n")
    if suffix in (".md", ".markdown"):
        return True
    front = _FRONT.match(text)
    return bool(_HEADING.match(text)) or bool(front and "title:" in front[1])


def read(document: Document) -> Iterator[Entry | Fault]:
    """The one paper of the file: its title from front matter or the first heading, its text without that."""
    text = clean(text_of(document))
    front = _FRONT.match(text)
    fields: dict[str, object] = dict(_front_fields(front[1])) if front else {}
    body = text[front.end() :] if front else text
    title = first(fields, ("title",))
    heading = _HEADING.search(_FENCED.sub(lambda code: " " * len(code[0]), body))
    if heading and (not title or one_title(title) == _heading_title(heading)):
        title = title or _heading_title(heading)
        body = f"{body[: heading.start()].strip()}\n\n{body[heading.end() :].strip()}"
    text = clean(body) or first(fields, ("abstract", "summary", "description"))
    yield Entry(one_title(title) or name_as_title(document), text, 1, metadata(fields))


def _heading_title(match: re.Match[str]) -> str:
    return one_title((match[1] or match[2]).rstrip("# \t").strip("*_` \t"))


def _front_fields(front: str) -> Iterator[tuple[str, str]]:
    for match in _KEY.finditer(front):
        yield field_name(match[1]), _front_value(match[2].strip(), match[3])


def _front_value(value: str, below: str) -> str:
    """A value of front matter: what stands behind the key, or folded or listed in the lines below it."""
    lines = [line.strip() for line in below.split("\n") if line.strip()]
    if _FOLDED.fullmatch(value):
        return " ".join(lines)
    if not value and lines and all(line.startswith("- ") for line in lines):
        return "; ".join(_front_value(line[2:].strip(), "") for line in lines)
    if quoted := _QUOTED.fullmatch(value):
        return quoted[2]
    if value.startswith("[") and value.endswith("]"):
        return "; ".join(_front_value(part.strip(), "") for part in value[1:-1].split(","))
    return " ".join([value, *lines])
