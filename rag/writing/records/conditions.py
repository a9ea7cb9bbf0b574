"""What the records of papers must say to be listed: their authors, years and venues; and how their titles open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np

from rag.records import Mask, Records
from rag.selection import in_years, year_of
from rag.text.brackets import unbracketed
from rag.text.searchable import searchable
from rag.types import Paper
from rag.writing.records.record import authors_of
from rag.writing.records.venue import is_at

Field = Literal["authors", "year", "venue"]


@dataclass(frozen=True, slots=True)
class OfRecord:
    """What the records of listed papers must say: one of the `authors`, or where they wrote `together` all of them, and
    none of `others`; a year within both bounds; one of the `venues`, by `whole` names or some of their words, and
    none of `elsewhere`.

    `apart` tells that papers by all the authors together were asked for, and that there are none. `beside` is the title
    of a paper whose authors are meant, and that is left out itself.
    """

    authors: tuple[str, ...] = ()
    together: bool = False
    apart: bool = False
    others: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    venues: tuple[str, ...] = ()
    whole: bool = False
    elsewhere: tuple[str, ...] = ()
    beside: str = ""

    def __call__(self, paper: Paper) -> bool:
        """Whether the record says so; one that lacks what is asked for does not."""
        return self._written(paper) and in_years(paper, self.since, self.until) and self._placed(paper)

    def among(self, records: Records) -> Mask:
        """The same of all papers at once: `(papers,)`."""
        mask = records.between(self.since, self.until)
        if self.authors or self.others:
            mask &= records["author"].known
        if self.authors:
            chosen = np.logical_and if self.together else np.logical_or
            mask &= chosen.reduce([_by(records, author) for author in self.authors])
        for author in self.others:
            mask &= ~_by(records, author)
        if self.beside:
            mask &= ~records["title"].having(self._is_left_out, start=_start(self.beside))
        return mask & records["venue"].having(self._is_place) if self.venues or self.elsewhere else mask

    def __str__(self) -> str:
        """As in "by A or B, not by C, from 2019 to 2021, in V"."""
        by = f"by {(' and ' if self.together else ' or ').join(self.authors)}" if self.authors else ""
        by = f"by authors of “{self.beside}”, itself left out" if self.beside else by
        apart = f"none by {'both' if len(self.authors) == 2 else 'all'}" if self.apart else ""
        but = f"not by {' or '.join(self.others)}" if self.others else ""
        place = f"in {' or '.join(self.venues)}" if self.venues else ""
        off = f"not in {' or '.join(self.elsewhere)}" if self.elsewhere else ""
        return ", ".join(filter(None, (by, apart, but, self._years(), place, off)))

    @property
    def fields(self) -> tuple[Field, ...]:
        """The fields of a record that it looks at."""
        year = self.since is not None or self.until is not None
        asked: tuple[tuple[Field, bool], ...] = (
            ("authors", bool(self.authors or self.others)), ("year", year),
            ("venue", bool(self.venues or self.elsewhere)),
        )  # fmt: skip
        return tuple(name for name, is_asked in asked if is_asked)

    def and_also(self, other: OfRecord) -> OfRecord:
        """What both ask for; of a field that both name, what the other does."""
        return OfRecord(
            other.authors or self.authors,
            other.together if other.authors else self.together,
            other.apart if other.authors else self.apart,
            other.others or self.others,
            self.since if other.since is None else other.since,
            self.until if other.until is None else other.until,
            other.venues or self.venues,
            other.whole if other.venues else self.whole,
            other.elsewhere or self.elsewhere,
            other.beside if other.authors else self.beside,
        )

    def _years(self) -> str:
        if self.since == self.until:
            return f"of {self.since}" if self.since is not None else ""
        if self.since is not None and self.until is not None:
            return f"from {self.since} to {self.until}"
        return f"from {self.since} on" if self.since is not None else f"until {self.until}"

    def _written(self, paper: Paper) -> bool:
        if self.beside and self._is_left_out(paper.title):
            return False
        if (self.authors or self.others) and not paper.metadata.get("authors"):
            return False
        if any(_is_by(paper, author) for author in self.others):
            return False
        chosen = all if self.together else any
        return not self.authors or chosen(_is_by(paper, author) for author in self.authors)

    def _is_left_out(self, title: str) -> bool:
        return unbracketed(title) == self.beside

    def _placed(self, paper: Paper) -> bool:
        venue = paper.metadata.get("venue", "")
        if (self.venues or self.elsewhere) and not venue:
            return False
        return self._is_place(venue)

    def _is_place(self, venue: str) -> bool:
        if any(is_at(venue, asked) for asked in self.elsewhere):
            return False
        return not self.venues or any(is_at(venue, asked, whole=self.whole) for asked in self.venues)


@dataclass(frozen=True, slots=True)
class Opening:
    """Papers whose titles open so, up to their first colon."""

    openings: frozenset[str]

    def __call__(self, paper: Paper) -> bool:
        """Whether the paper's title does."""
        return self._opens(paper.title)

    def among(self, records: Records) -> Mask:
        """The same of all papers at once: `(papers,)`."""
        starts = map(_start, self.openings)
        mask: Mask = np.logical_or.reduce([records["title"].having(self._opens, start=start) for start in starts])
        return mask

    def _opens(self, title: str) -> bool:
        return unbracketed(title).split(": ", 1)[0] in self.openings


@dataclass(frozen=True, slots=True)
class Family:
    """Papers of which an author has the name; one word alone must be the family name: `Adam` is not Adam Roberts."""

    name: str

    def __call__(self, paper: Paper) -> bool:
        """Whether the paper is such."""
        return any(map(self._fits, authors_of(paper)))

    def among(self, records: Records) -> Mask:
        """The same of all papers at once: `(papers,)`."""
        return records["author"].having(self._fits, word="".join(_parts(self.name)[-1:]))

    def _fits(self, name: str) -> bool:
        asked = _parts(self.name)
        return _agrees(asked, _parts(name)) if len(asked) > 1 else bool(asked) and _parts(name)[-1:] == asked


@dataclass(frozen=True, slots=True)
class Has:
    """Whether a record has a field at all."""

    field: Field

    def __call__(self, paper: Paper) -> bool:
        return year_of(paper) is not None if self.field == "year" else bool(paper.metadata.get(self.field))

    def among(self, records: Records) -> Mask:
        """The same of all papers at once: `(papers,)`."""
        if self.field == "year":
            return records.years >= 0
        return records["author" if self.field == "authors" else "venue"].known


def _is_by(paper: Paper, author: str) -> bool:
    """Whether one of the authors has the family name, and given names or initials that agree."""
    asked = _parts(author)
    return bool(asked) and any(_agrees(asked, _parts(name)) for name in authors_of(paper))


def _start(title: str) -> str:
    """How a title's column has the start of it, up to where it may have had a number in other brackets."""
    return title.partition("(")[0].casefold()


def _by(records: Records, author: str) -> Mask:
    asked = _parts(author)
    return records["author"].having(lambda name: bool(asked) and _agrees(asked, _parts(name)), word="".join(asked[-1:]))


def _agrees(asked: list[str], name: list[str]) -> bool:
    *given, family = asked
    if family not in name:
        return False
    others = [part for part in name if part != family]
    agreeing = [any(part == other or _initial(part, other) for other in others) for part in given]
    first, further = agreeing[:1], agreeing[1:]
    return all(first) and (all(further) or len(others) == 1)  # a record may leave out middle names


def _initial(part: str, other: str) -> bool:
    return 1 in (len(part), len(other)) and part[:1] == other[:1]


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\s.,-]+", searchable(name)) if part]
