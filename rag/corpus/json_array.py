"""The text of a JSON array in, piece by piece, the text of its elements out; it is never held whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rag.corpus.encoding import MAX_LINE, Line
from rag.corpus.found import Fault

_OUTSIDE = re.compile(r'["{}\[\]\n]')
_INSIDE = re.compile(r'["\\\n]')


def elements(chunks: Iterable[str]) -> Iterator[Line | Fault]:
    """The objects and arrays in the outermost array, each with the line that it starts on.

    Raises:
        Fault: the array is not closed.
    """
    scanner = _Scanner()
    for chunk in chunks:
        yield from scanner.feed(chunk)
        if scanner.ended:
            return
    raise Fault("the JSON array is not closed", "the file seems to be cut off", scanner.begun or scanner.line)


class _Scanner:
    """Where in the array the text stands: what is open around it, whether it is within a string."""

    def __init__(self) -> None:
        self.line, self.begun, self.ended = 1, 0, False
        self._open: list[str] = []
        self._quoted, self._skip = False, 0
        self._parts: list[str] = []
        self._held = 0

    def feed(self, chunk: str) -> Iterator[Line | Fault]:
        """The elements that end in `chunk`; one that is not closed ends where the next begins."""
        start, position = 0, self._skip
        while match := (_INSIDE if self._quoted else _OUTSIDE).search(chunk, position):
            position = match.end() + (match[0] == "\\")
            if match[0] == "{" and self._open[-1:] == ["{"] and _is_misplaced(chunk, match.start()):
                self._keep(chunk[start : match.start()])
                yield self._taken()
                del self._open[1:]
            was = len(self._open)
            self._step(match[0])
            if was == 1 and len(self._open) == 2:
                start, self.begun = match.start(), self.line
            elif was == 2 and len(self._open) == 1:
                self._keep(chunk[start:position])
                yield self._taken()
            elif not self._open and match[0] in "]}":
                self.ended = True
                return
        self._skip = max(0, position - len(chunk))
        if len(self._open) > 1:
            self._keep(chunk[start:])

    def _step(self, char: str) -> None:
        if char == "\n":
            self.line += 1
            self._quoted = False  # no string spans lines: its end quote is missing, and the next line is sound
        elif char == '"':
            self._quoted = not self._quoted
        elif char in "{[":
            self._open.append(char)
        elif char in "}]" and self._open:
            self._open.pop()

    def _keep(self, part: str) -> None:
        self._held += len(part)
        if self._held <= MAX_LINE:
            self._parts.append(part)
        else:
            self._parts.clear()

    def _taken(self) -> Line | Fault:
        line, text, held = self.begun, "".join(self._parts), self._held
        self._parts, self._held, self.begun = [], 0, 0
        if held > MAX_LINE:
            return Fault(f"an element of more than {MAX_LINE:,} characters", "split it", line)
        return Line(line, text)


def _is_misplaced(chunk: str, at: int) -> bool:
    """Whether an object that begins here, directly within another, is not the value of one of its fields."""
    before = at - 1
    while before >= 0 and chunk[before].isspace():
        before -= 1
    return before >= 0 and chunk[before] != ":"
