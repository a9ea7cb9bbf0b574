"""Which papers a question looks at: those of certain titles, sources and years."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import index
from typing import SupportsIndex

from rag.errors import UsageError
from rag.types import Paper

Names = Iterable[str] | str | None  # of titles or sources: a string is one name, None is none
_DIGITS = 4  # at most in a year
_SAID, _LONGEST = 3, 60  # names that a message repeats, and characters of each


@dataclass(frozen=True, slots=True)
class Selection:
    """Papers whose title contains one of `papers`, that have a source whose name contains one of `sources`, and that
    appeared in a year from `since` to `until`, both included. What is empty or None does not restrict; a paper of no
    known year is left out where years restrict. `said` is the same in the words that were given."""

    papers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None
    said: str = field(default="", compare=False)

    @classmethod
    def of(
        cls,
        papers: Names = None,
        sources: Names = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Selection:
        """A selection from what people give: upper and lower case are alike, and empty strings say nothing.

        Raises:
            UsageError: for names that are no strings, and for years that are no whole numbers.
        """
        titles, names = _names("papers", papers), _names("sources", sources)
        since, until = _year("since", since), _year("until", until)
        said = (_listed("title", titles), _listed("source", names), _span(since, until))
        return cls(_folded(titles), _folded(names), since, until, ", ".join(filter(None, said)))

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()

    def __call__(self, paper: Paper) -> bool:
        """Whether the paper is among those selected."""
        return self._titled(paper) and self._from_source(paper) and in_years(paper, self.since, self.until)

    def _titled(self, paper: Paper) -> bool:
        title = paper.title.casefold()
        return not self.papers or any(part in title for part in self.papers)

    def _from_source(self, paper: Paper) -> bool:
        names = [name.casefold() for name in paper.source_names]
        return not self.sources or any(part in name for part in self.sources for name in names)


def in_years(paper: Paper, since: int | None, until: int | None) -> bool:
    """Whether a paper appeared between two years, both included; None does not restrict, and where one does, a paper of
    no known year did not."""
    if since is None and until is None:
        return True
    year = year_of(paper)
    if year is None or (since is not None and year < since):
        return False
    return until is None or year <= until


def year_of(paper: Paper) -> int | None:
    """The year a paper appeared in, where its reader found one."""
    year = paper.metadata.get("year", "")
    return int(year) if year.isdecimal() and len(year) <= _DIGITS else None


def _names(kind: str, given: object) -> tuple[str, ...]:
    """The names given, without those that say nothing."""
    if given is None:
        return ()
    names: list[str] = []
    for value in [given] if isinstance(given, str) or not isinstance(given, Iterable) else given:
        if not isinstance(value, str):
            raise UsageError(f"`{kind}` has {value!r:.100}, which is no string", f"give `{kind}` a list of strings")
        names.append(value)
    return tuple(name for name in names if name.strip())


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.casefold() for name in names)


def _year(kind: str, given: object) -> int | None:
    if given is None:
        return None
    if isinstance(given, SupportsIndex) and not isinstance(given, bool):  # NumPy's whole numbers are such
        return index(given)
    raise UsageError(f"`{kind}` is {given!r:.100}, which is no year", "give a whole number such as 2020, or None")


def _listed(kind: str, names: tuple[str, ...]) -> str:
    """The first names, as a message repeats them."""
    lines = [" ".join(name.split()) for name in names[:_SAID]]
    some = [f"“{line if len(line) <= _LONGEST else line[:_LONGEST] + '…'}”" for line in lines]
    more = [f"{len(names) - _SAID} more"] if len(names) > _SAID else []
    return f"{kind} {' or '.join([*some, *more])}" if names else ""


def _span(since: int | None, until: int | None) -> str:
    """The years, as a message repeats them."""
    parts = [f"from {since}" if since is not None else "", f"until {until}" if until is not None else ""]
    return " ".join(filter(None, parts))
