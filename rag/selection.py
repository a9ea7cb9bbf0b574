"""Which papers a question looks at: those of certain titles, sources and years."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.types import Paper


@dataclass(frozen=True, slots=True)
class Selection:
    """Papers whose title contains one of `papers`, that have a source whose name contains one of `sources`, and that
    appeared in a year from `since` to `until`, both included. What is empty or None does not restrict; a paper of no
    known year is left out where years restrict."""

    papers: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    since: int | None = None
    until: int | None = None

    @classmethod
    def of(
        cls,
        papers: Sequence[str] | str = (),
        sources: Sequence[str] | str = (),
        since: int | None = None,
        until: int | None = None,
    ) -> Selection:
        """A selection from what people give: upper and lower case are alike, empty strings say nothing, and a string is
        one title or source."""
        papers, sources = ([value] if isinstance(value, str) else value for value in (papers, sources))
        titles = tuple(title.casefold() for title in papers if title.strip())
        return cls(titles, tuple(name.casefold() for name in sources if name.strip()), since, until)

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return self == Selection()

    def __call__(self, paper: Paper) -> bool:
        """Whether the paper is among those selected."""
        return self._titled(paper) and self._from_source(paper) and self._in_years(paper)

    def _titled(self, paper: Paper) -> bool:
        title = paper.title.casefold()
        return not self.papers or any(part in title for part in self.papers)

    def _from_source(self, paper: Paper) -> bool:
        names = [name.casefold() for name in paper.source_names]
        return not self.sources or any(part in name for part in self.sources for name in names)

    def _in_years(self, paper: Paper) -> bool:
        if self.since is None and self.until is None:
            return True
        year = year_of(paper)
        return year is not None and (self.since or year) <= year <= (self.until or year)


def year_of(paper: Paper) -> int | None:
    """The year a paper appeared in, where its reader found one."""
    year = paper.metadata.get("year", "")
    return int(year) if year.isdecimal() else None
