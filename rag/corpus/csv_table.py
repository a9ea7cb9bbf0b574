"""Tables in plain text with a header row: commas, semicolons, tabs or bars between the cells."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import Literal

from rag.corpus.document import Document
from rag.corpus.encoding import MAX_LINE, Line, head_text, lines_of
from rag.corpus.fields import TEXT_NAMES, TITLE_NAMES, entry, field_name
from rag.corpus.found import Entry, Fault, shortened

_DELIMITERS = ",;\t|"
_SEPARATOR = re.compile(r"\"?sep=.\"?", re.IGNORECASE)
_MOST_BEFORE = 10  # lines looked at for the header
_MOST_JOINED = 1_000  # lines that one row may run over


def fits(head: str, suffix: str) -> bool:
    """Whether the first line names a title and a text, or the file is named as a table."""
    return suffix in (".csv", ".tsv") or _is_header(_header(_first_line(head)))


def read(document: Document) -> Iterator[Entry | Fault]:
    """The papers of the table, a row each, streamed; a fault for each row that does not fit the header."""
    number, line = _header_line(head_text(document))
    delimiter = _delimiter(line)
    header = _cells(line, delimiter) or []
    if not _is_header(header):
        raise Fault(
            f"no title and abstract in the header: found {shortened(', '.join(header), 100)!r}",
            f"name one column {' or '.join(TITLE_NAMES[:2])}, another {' or '.join(TEXT_NAMES[:3])}", 1,
        )  # fmt: skip
    rows = islice(lines_of(document), number, None)
    for row in _rows(rows, delimiter, len(header)):
        if isinstance(row, Fault):
            yield row
        elif row[1] != header:
            yield entry(dict(zip(header, row[1], strict=True)), row[0])


def _first_line(head: str) -> str:
    return next((line for line in head.lstrip("\ufeff").split("\n") if _counts(line)), "")


def _header_line(head: str) -> tuple[int, str]:
    """The number and the text of the line that names the columns, where a few on something else may stand before it:
    the search that an export is of, a remark."""
    numbered = enumerate(head.lstrip("\ufeff").split("\n"), start=1)
    lines = list(islice(((number, line) for number, line in numbered if _counts(line)), _MOST_BEFORE))
    return next(((number, line) for number, line in lines if _is_header(_header(line))), lines[0] if lines else (0, ""))


def _counts(line: str) -> bool:
    """Whether a line is a row: neither blank nor Excel's word on the delimiter."""
    return bool(line.strip("\ufeff \t\r")) and not _SEPARATOR.fullmatch(line.strip("\ufeff\r"))


def _delimiter(line: str) -> str:
    """The delimiter that gives the first line the most cells."""
    return max(_DELIMITERS, key=line.count)


def _header(line: str) -> list[str]:
    return _cells(line[:5_000], _delimiter(line)) or []


def _is_header(cells: list[str]) -> bool:
    names = {field_name(cell) for cell in cells}
    return len(cells) > 1 and bool(names.intersection(TITLE_NAMES)) and bool(names.intersection(TEXT_NAMES))


def _rows(lines: Iterator[Line | Fault], delimiter: str, width: int) -> Iterator[tuple[int, list[str]] | Fault]:
    """The rows, each with its first line's number. A row with a quote left open is one fault, on that line
    alone: the lines that it seemed to run over are read again as rows of their own."""
    waiting: deque[Line | Fault] = deque()
    while (line := waiting.popleft() if waiting else next(lines, None)) is not None:
        if isinstance(line, Fault):
            yield line
            continue
        if not _counts(line.text):
            continue
        taken = _joined(line, waiting, lines)
        cells = _cells("\n".join(part.text for part in taken).lstrip("\ufeff"), delimiter)
        if cells is None or len(cells) != width:
            waiting.extendleft(reversed(taken[1:]))
            alone = _cells(line.text.lstrip("\ufeff"), delimiter)  # a lone quote mark in a cell: 5" disks
            if alone is not None and len(alone) == width:
                cells = alone
            elif delimiter == "\t":
                cells = _cells(line.text, delimiter, csv.QUOTE_NONE)
            elif '\\"' in line.text:
                cells = _cells(line.text, delimiter, escape="\\")
        if cells and len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        yield (line.number, cells) if cells and len(cells) == width else _misfit(line.number, cells, width)


def _joined(line: Line, waiting: deque[Line | Fault], lines: Iterator[Line | Fault]) -> list[Line]:
    """`line` and those that a quote open in it runs over, as far as a bound."""
    taken, length = [line], len(line.text)
    unclosed = line.text.count('"') % 2
    while unclosed and len(taken) < _MOST_JOINED and length < MAX_LINE:
        following = waiting.popleft() if waiting else next(lines, None)
        if not isinstance(following, Line):
            if following is not None:
                waiting.appendleft(following)
            break
        taken.append(following)
        length += len(following.text)
        unclosed ^= following.text.count('"') % 2
    return taken


def _cells(
    text: str, delimiter: str, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL, escape: str | None = None
) -> list[str] | None:
    """The cells of one row; None where its quotes do not match."""
    if csv.field_size_limit() < MAX_LINE:
        csv.field_size_limit(MAX_LINE)
    try:
        rows = list(csv.reader([text], delimiter=delimiter, quoting=quoting, escapechar=escape, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None


def _misfit(line: int, cells: list[str] | None, width: int) -> Fault:
    if cells is None:
        return Fault("a quote is left open or stands in the middle of a cell", 'write `""` for a quote in a cell', line)
    return Fault(f"expected {width} cells as in the header, found {len(cells)}", "quote cells with delimiters", line)
