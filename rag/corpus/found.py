"""What readers give: entries, and one line for everything that they could not read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rag.errors import CorpusError

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """A paper as it stands in a file: `line` is where it starts, from 1, or None where lines mean nothing."""

    title: str
    text: str
    line: int | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not read. `where` is the file's shown name, `line` its line from 1, if one is known; `one`
    says that it is a single entry, and the rest of the file was read; `path` is the file's absolute path, or empty.

    As a string it is one line: `papers.jsonl:17: not valid JSON: … (mend the line)`.
    """

    where: str
    line: int | None
    reason: str
    hint: str
    one: bool = False
    path: str = ""

    def __str__(self) -> str:
        place = f"{self.where}:{self.line}" if self.line is not None else self.where
        return one_line(f"{place}: {self.reason} ({self.hint})" if self.hint else f"{place}: {self.reason}")


class Fault(CorpusError):
    """Something in a document that cannot be read; a reader yields it for one entry, or raises it and ends."""

    def __init__(self, reason: str, hint: str = "", line: int | None = None) -> None:
        super().__init__(reason, hint)
        self.line = line

    def at(self, where: str, *, one: bool = False) -> Skipped:
        """The fault as it is reported for the document of that name, or for one entry in it."""
        return Skipped(where, self.line, one_line(self.message), one_line(self.hint), one)


def one_line(text: str) -> str:
    """`text` with line breaks and what cannot be printed folded into spaces."""
    return _UNPRINTABLE.sub(" ", text).strip()


def shortened(text: str, length: int = 60) -> str:
    """The beginning of `text` in one line of at most `length` characters, for a message."""
    line = " ".join(one_line(text[: length * 4]).split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"
