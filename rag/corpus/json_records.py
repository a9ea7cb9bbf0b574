"""A JSON file in, its objects out, streamed: one a line, the elements of an array, or one object."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import NamedTuple

from rag.corpus.document import Document
from rag.corpus.encoding import Line, chunks_of, decoded, head_text, lines_of, text_of
from rag.corpus.fields import INVERTED, TEXT_NAMES, TITLE_NAMES, field_name
from rag.corpus.found import Fault, shortened
from rag.corpus.json_array import elements

_PACKED = ("content", "paper", "citing_paper", "cited_paper", "info", "attributes", "source")  # as APIs do


class Record(NamedTuple):
    """A JSON object and the line that it starts on."""

    line: int
    fields: dict[str, object]


def records(document: Document) -> Iterator[Record | Fault]:
    """The objects of a JSON document; a fault for each line or element that is not one.

    Raises:
        Fault: the whole is no JSON, or is cut off.
    """
    head = head_text(document).lstrip("\ufeff \t\n")
    pieces: Iterator[Line | Fault]
    if head.startswith("["):
        pieces = (decoded(piece) if isinstance(piece, Line) else piece for piece in elements(chunks_of(document)))
    elif _is_one_object(head):
        yield from _within(text_of(document))
        return
    else:
        pieces = lines_of(document)
    for piece in pieces:
        if isinstance(piece, Fault):
            yield piece
        elif piece.text.strip("\ufeff \t\r"):
            yield from _records(piece)


def _is_one_object(head: str) -> bool:
    """Whether the text is one object over several lines, and not one object a line: its first line breaks off
    where JSON may be wrapped, and the second does not start anew."""
    first, _, rest = (line.strip() for line in head.partition("\n"))
    return first.endswith("[") or (first.endswith(("{", ",", ":")) and not rest.startswith("{"))


def _records(piece: Line) -> Iterator[Record | Fault]:
    value = parsed(piece.text, piece.number)
    if isinstance(value, Fault):
        yield value
    elif isinstance(value, dict):
        yield from (Record(piece.number, fields) for fields in _papers_in(value))
    else:
        found = shortened(piece.text, 30)
        yield Fault(f"expected a JSON object, found {found!r}", "one {…} a line, please", piece.number)


def parsed(text: str, line: int) -> object:
    """The value that JSON text stands for, or the `Fault` that says what is wrong where."""
    try:
        return json.loads(text.strip("\ufeff \t\r"), strict=False)
    except json.JSONDecodeError as error:
        expected = error.msg.replace("Expecting", "expected").replace("Unterminated", "unterminated")
        found = shortened(error.doc[error.pos :], 20)
        return Fault(
            f"not valid JSON: {expected}, found {found!r} at column {error.colno}" if found
            else f"not valid JSON: {expected}, found the end of the line",
            "mend the line", line + error.lineno - 1,
        )  # fmt: skip
    except (ValueError, RecursionError) as error:
        return Fault(f"not usable JSON: {shortened(str(error))}", "mend the line", line)


def _within(text: str) -> Iterator[Record]:
    value = parsed(text, 1)
    if isinstance(value, Fault):
        raise value
    if isinstance(value, dict):
        yield from (Record(1, fields) for fields in _papers_in(value))


def _papers_in(value: dict[str, object]) -> list[dict[str, object]]:
    """The object itself where it has a title and a text; else those with a title of the first list that it, or an
    object in it, holds, which is what an API replies with, or a collection with a name."""
    value = _bare(value)
    if _is_paper(value):
        return [value]
    nested = [inner for outer in value.values() if isinstance(outer, dict) for inner in outer.values()]
    lists = [inner for inner in (*value.values(), *nested) if isinstance(inner, list)]
    for inner in lists:
        items = [_bare(item) for item in inner if isinstance(item, dict)]
        if any(_is_paper(item) or (_has(item, TITLE_NAMES) and not _has(value, TITLE_NAMES)) for item in items):
            return items
    return [value]


def _is_paper(value: dict[str, object]) -> bool:
    return _has(value, TITLE_NAMES) and _has(value, (*TEXT_NAMES, INVERTED))


def _bare(value: dict[str, object]) -> dict[str, object]:
    """A record, with what it holds of its paper in an object of its own: `{"id": 1, "content": {"title": …}}`."""
    for name, inner in value.items():
        if isinstance(inner, dict) and field_name(name) in _PACKED and _has(inner, TITLE_NAMES):
            return {**inner, **{other: known for other, known in value.items() if other != name}}
    return value


def _has(value: dict[str, object], names: Collection[str]) -> bool:
    return any(field_name(name) in names for name in value)
