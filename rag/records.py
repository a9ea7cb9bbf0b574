"""What the records of all papers say, field by field, so that a filter need not read every paper.

Each field is a column: every value that occurs, once (a venue without its numbers), and which papers have it. What a
filter asks is then asked of a value instead of each paper, and of those values only that contain a word which it needs.
A million papers are asked in milliseconds where reading them took ten seconds.

    records/years.npy           (papers,) int16, -1 where there is none
    records/<field>.txt         the values, one a line; <field>.folded.txt: the same as they are searched
    records/<field>.codes.npy   (entries,) int32: values by their lines, paper by paper
    records/<field>.bounds.npy  (papers + 1,) int64: the entries of paper i
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rag.mapped import Bytes, mapped_array, mapped_bytes
from rag.selection import Selection, year_of
from rag.text.people import names_in
from rag.text.searchable import searchable
from rag.types import Paper

Field = Literal["title", "source", "author", "venue"]
Mask = NDArray[np.bool_]

_NUMBER = re.compile(r"\d+")
_OF_A_WORD = rb"[^\s.,-]"


def _values_of(paper: Paper) -> dict[Field, list[str]]:
    venue = _NUMBER.sub("0", paper.metadata.get("venue", ""))  # volumes and pages make each a name of its own
    return {
        "title": [paper.title],
        "source": list(paper.source_names),
        "author": names_in(paper.metadata.get("authors", "")),
        "venue": [venue] if venue else [],
    }


_FOLDS: dict[Field, Callable[[str], str]] = {
    "title": str.casefold, "source": str.casefold, "author": searchable, "venue": searchable,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """One field: `values` and `folded` are lines of UTF-8 that begin at `starts` and `folded_starts`, in the order of
    the latter; paper i has those of `codes[bounds[i]:bounds[i + 1]]`."""

    values: Bytes
    starts: NDArray[np.int64]
    folded: Bytes
    folded_starts: NDArray[np.int64]
    codes: NDArray[np.int32]
    bounds: NDArray[np.int64]

    @property
    def known(self) -> Mask:
        """`(papers,)`: which papers have the field at all."""
        return np.diff(self.bounds) > 0

    def having(
        self, test: Callable[[str], bool] | None = None, *, start: str = "", part: str = "", word: str = ""
    ) -> Mask:
        """`(papers,)`: which papers have a value that passes the `test`, if there is one, and that, when it is folded,
        begins with `start`, contains `part` or contains `word`, of which one may be given. A word has white space or
        one of `.,-` on both sides."""
        passed = np.zeros(len(self.starts) - 1, dtype=bool)
        lines = self._starting(_bytes(start)) if start else self._with(_bytes(part or word), alone=bool(word))
        passed[lines] = True if test is None else [test(self._value(int(line))) for line in lines]
        entries = np.flatnonzero(passed[self.codes])
        mask = np.zeros(len(self.bounds) - 1, dtype=bool)
        mask[np.searchsorted(self.bounds, entries, side="right") - 1] = True
        return mask

    def counts(self) -> dict[str, int]:
        """How many papers have each value."""
        found = np.bincount(self.codes, minlength=len(self.starts) - 1)
        return {self._value(line): int(count) for line, count in enumerate(found)}

    def _value(self, line: int) -> str:
        return self.values[self.starts[line] : self.starts[line + 1] - 1].decode()

    def _folded(self, line: int) -> bytes:
        return self.folded[self.folded_starts[line] : self.folded_starts[line + 1] - 1]

    def _starting(self, sought: bytes) -> NDArray[np.int64]:
        """The lines that begin so."""
        lines = range(len(self.starts) - 1)
        first = bisect_left(lines, sought, key=self._folded)
        return np.arange(first, bisect_left(lines, sought + b"\xff", lo=first, key=self._folded))

    def _with(self, sought: bytes, *, alone: bool) -> NDArray[np.int64]:
        """The lines that contain this, as a word where it is to stand alone."""
        if not sought:
            return np.arange(len(self.starts) - 1)
        # What is sought comes first, which is what a search is quick by; the rest of a line is then passed over.
        plain = re.escape(sought)
        beside = rb"(?<!%b%b)(?!%b)" % (_OF_A_WORD, plain, _OF_A_WORD) if alone else b""
        found = re.finditer(plain + beside + rb"[^\n]*", self.folded)
        places = np.fromiter((match.start() for match in found), dtype=np.int64)
        return np.searchsorted(self.folded_starts, places, side="right") - 1


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")  # no value has any, and a question may


class Records:
    """The columns of all papers, in the order of their positions."""

    def __init__(self, years: NDArray[np.int16], columns: Mapping[Field, Column]) -> None:
        self.years = years
        self._columns = columns

    def __getitem__(self, field: Field) -> Column:
        return self._columns[field]

    @classmethod
    def of(cls, papers: Iterable[Paper]) -> Records:
        """The columns of these papers."""
        years = array("h")
        building = {field: _Building(fold) for field, fold in _FOLDS.items()}
        for paper in papers:
            year = year_of(paper)
            years.append(-1 if year is None else year)
            for field, values in _values_of(paper).items():
                building[field].add(values)
        return cls(np.asarray(years, dtype=np.int16), {field: built.column() for field, built in building.items()})

    def save(self, folder: Path) -> None:
        """Write the columns into `folder`, which is created."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "years.npy", self.years)
        for field, column in self._columns.items():
            (folder / f"{field}.txt").write_bytes(column.values)
            (folder / f"{field}.folded.txt").write_bytes(column.folded)
            for name in _ARRAYS:
                np.save(folder / f"{field}.{name}.npy", getattr(column, name))

    @classmethod
    def load(cls, folder: Path) -> Records:
        """The columns saved in `folder`, memory-mapped."""
        columns: dict[Field, Column] = {}
        for field in _FOLDS:
            arrays = {name: mapped_array(folder / f"{field}.{name}.npy") for name in _ARRAYS}
            values, folded = mapped_bytes(folder / f"{field}.txt"), mapped_bytes(folder / f"{field}.folded.txt")
            columns[field] = Column(values=values, folded=folded, **arrays)
        return cls(mapped_array(folder / "years.npy"), columns)

    def between(self, since: int | None, until: int | None) -> Mask:
        """`(papers,)`: those that appeared between two years, as `rag.selection.in_years` has it."""
        mask = np.ones(len(self.years), dtype=bool)
        if since is not None or until is not None:
            mask &= self.years >= max(0, since or 0)
        return mask & (self.years <= until) if until is not None else mask

    def selected(self, selection: Selection) -> Mask:
        """`(papers,)`: those that a selection lets through."""
        mask = self.between(selection.since, selection.until)
        fields: tuple[tuple[Field, tuple[str, ...]], ...] = (
            ("title", selection.papers), ("source", selection.sources),
        )  # fmt: skip
        for field, parts in fields:
            if parts:
                mask &= np.logical_or.reduce([self[field].having(part=part) for part in parts])
        return mask


_ARRAYS = ("starts", "folded_starts", "codes", "bounds")


class _Building:
    """A column in the making."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        self._fold = fold
        self._lines: dict[str, int] = {}
        self._codes, self._bounds = array("i"), array("q", [0])

    def add(self, values: Iterable[str]) -> None:
        """The values of the next paper."""
        for value in values:
            self._codes.append(self._lines.setdefault(value.replace("\n", " "), len(self._lines)))
        self._bounds.append(len(self._codes))

    def column(self) -> Column:
        lines = sorted((self._fold(value).encode(), value.encode(), code) for value, code in self._lines.items())
        placed = np.empty(len(lines), dtype=np.int32)
        placed[[code for *_, code in lines]] = np.arange(len(lines))
        folded, folded_starts = _joined([line for line, *_ in lines])
        values, starts = _joined([line for _, line, _ in lines])
        codes, bounds = placed[np.asarray(self._codes, dtype=np.int32)], np.asarray(self._bounds, dtype=np.int64)
        return Column(values, starts, folded, folded_starts, codes, bounds)


def _joined(lines: Sequence[bytes]) -> tuple[bytes, NDArray[np.int64]]:
    """One text of the lines, and where each starts and the last ends."""
    starts = np.concatenate([[0], np.cumsum([len(line) + 1 for line in lines])]).astype(np.int64)
    return b"".join(line + b"\n" for line in lines), starts
