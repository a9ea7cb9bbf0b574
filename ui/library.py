"""The papers of the index, from the page: add files, find, remove."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.assistant import Assistant
from rag.corpus import Skipped
from rag.errors import FootnoteError, NothingToReadError
from rag.ingest import ingest, remove
from rag.selection import year_of
from rag.text.counted import counted
from rag.types import Paper
from ui.answer_view import plain
from ui.index_now import snapshot_now

_LISTED, _TOLD = 500, 50
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Library:
    """What the Papers tab works on."""

    assistant: Assistant

    def add(self, files: Sequence[str], progress: Progress) -> str:
        """Read files into the index; a report in Markdown, file by file. What is in the index already stays, whatever
        the files are like."""
        if not files:
            return "Choose files first."
        try:
            report = ingest(list(files), self.assistant.settings, progress=progress)
        except FootnoteError as error:
            if isinstance(error, NothingToReadError) and 1 < len(files) <= _TOLD:
                return "\n".join(["Nothing was added.", *(f"- {self._unread(name)}" for name in files)])
            return f"Nothing was added. {plain(_without_folders(str(error), files))}"
        lines = [
            f"{counted(report.entries, 'entry')} read: {counted(report.added, 'paper')} added, "
            f"{report.updated} updated, {report.unchanged} unchanged, {counted(len(report.skipped), 'thing')} skipped."
        ]
        for name in files:
            own = [row for row in report.skipped if row.path and Path(row.path).resolve() == Path(name).resolve()]
            lines.append(f"- {plain(Path(name).name)}: {plain(_told(Path(name).name, own))}")
        return "\n".join(lines)

    def _papers(self) -> Iterable[Paper]:
        snapshot = snapshot_now(self.assistant)
        return snapshot.papers() if snapshot else ()

    def _unread(self, file: str) -> str:
        """Why nothing can be read from one file."""
        name = Path(file).name
        try:
            ingest([file], self.assistant.settings)
        except FootnoteError as error:
            said = _without_folders(error.message, [file]).removeprefix(f"no paper could be read from {name}")
            return plain(f"{name}: skipped: {said.removeprefix(': ').removeprefix(f'{name}: ') or 'no paper is in it'}")
        return plain(f"{name}: read")

    def find(self, words: str) -> list[list[str]]:
        """Title, year and sources of papers that have the words in their title."""
        wanted = (words or "").casefold()
        found = (paper for paper in self._papers() if wanted in paper.title.casefold())
        papers = sorted(found, key=lambda paper: paper.title.casefold())
        return [[p.title, str(year_of(p) or ""), ", ".join(p.source_names)] for p in papers][:_LISTED]

    def remove(self, title: str) -> str:
        """Take the paper of exactly this title out of the index; says what was done."""
        if not title.strip():
            return "Click a row of the list first."
        try:
            gone = remove(self.assistant.settings, lambda paper: paper.title == title)
        except FootnoteError as error:
            return plain(str(error))
        return f"Removed: {plain(title)}" if gone else f"No paper is titled {plain(title)}"

    def sources(self) -> list[str]:
        """The names of all sources."""
        return sorted({name for paper in self._papers() for name in paper.source_names})

    def titles(self) -> list[str]:
        """Titles to choose from, the first thousands of them."""
        return sorted((paper.title for paper in self._papers()), key=str.casefold)[:5000]

    def years(self) -> tuple[int, int] | None:
        """The first and the last year of papers; None where none is known."""
        known = [year for paper in self._papers() if (year := year_of(paper)) is not None]
        return (min(known), max(known)) if known else None


def _told(file: str, skipped: Sequence[Skipped]) -> str:
    """What became of one file: whether it was read, and what of it was not."""
    whole = any(not row.one and not _inside(file, row) for row in skipped)
    more = [f"… and {len(skipped) - _TOLD} more"] if len(skipped) > _TOLD else []
    return "; ".join([*([] if whole else ["read"]), *(_why(file, row) for row in skipped[:_TOLD]), *more])


def _why(file: str, row: Skipped) -> str:
    line = f"line {row.line}" if row.line is not None else ""
    place = " ".join(filter(None, [_inside(file, row), line]))
    reason = f"{row.reason} ({row.hint})" if row.hint else row.reason
    return f"skipped {place}: {reason}" if place else f"skipped: {reason}"


def _inside(file: str, row: Skipped) -> str:
    """The name within an archive; empty for the file itself."""
    return row.where.removeprefix(f"{file}/") if row.where.startswith(f"{file}/") else ""


def _without_folders(text: str, files: Sequence[str]) -> str:
    """A message without the folders of uploads: where they lie is nobody's business."""
    for folder in {str(Path(name).parent) for name in files}:
        text = text.replace(f"{folder}/", "")
    return text
