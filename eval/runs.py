"""Runs on disk: one folder each, with what was asked of what, and a line for every answer as it came.

HOME/eval/RUN/run.json       settings, dataset, engine, hashes, revisions
HOME/eval/RUN/records.jsonl  a record a line; a killed run goes on from here
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from eval.records import Record, record_from
from eval.schema import Question
from rag.errors import UsageError
from rag.settings import load_settings

_NAME = re.compile(r"(?!\.)[\w.+ -]{1,60}")  # a folder's, on any file system


@dataclass(frozen=True, slots=True)
class Header:
    """What a run was made of: equal headers ask the same of the same."""

    dataset: str
    dataset_hash: str
    engine: str
    index_revision: str
    code_revision: str
    settings: dict[str, Any] = field(default_factory=dict)
    prompts: dict[str, str] = field(default_factory=dict)


class Run:
    """One run's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._records = folder / "records.jsonl"

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    def begin(self, header: Header) -> None:
        """Write the header; a run that was begun with another one is refused.

        Raises:
            UsageError: when the folder holds a run of something else.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / "run.json"
        if path.exists() and self.header() != asdict(header):
            raise UsageError(f"{self.folder} holds a run of something else", "give it another --name")
        path.write_text(json.dumps(asdict(header), indent=1, default=str) + "\n", encoding="utf8")

    def header(self) -> dict[str, Any]:
        """The header.

        Raises:
            UsageError: when there is no run.
        """
        try:
            header = json.loads((self.folder / "run.json").read_text(encoding="utf8"))
        except (OSError, ValueError):
            header = None
        if not isinstance(header, dict) or not {"dataset", "dataset_hash", "engine"} <= header.keys():
            raise UsageError(f"there is no run in {self.folder}", "`footnote eval runs` lists them")
        return header

    def add(self, record: Record) -> None:
        """Append a record, whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        line = json.dumps(record.to_dict(), ensure_ascii=False) + "\n"
        with self._records.open("a+b") as file:
            if file.tell():
                file.seek(-1, 2)
                line = line if file.read() == b"\n" else f"\n{line}"  # behind the line that a kill tore
            file.write(line.encode())

    def records(self) -> list[Record]:
        """The records there are, in the order in which they were first asked: of a question that was asked again the
        last one, of a torn line none."""
        return list({record.question.id: record for record in self._read()}.values())

    def _read(self) -> Iterator[Record]:
        if not self._records.exists():
            return
        for line in self._records.read_text(encoding="utf8").split("\n"):
            try:
                yield record_from(json.loads(line))
            except (ValueError, KeyError, TypeError, AttributeError):
                continue  # the line that a kill tore; its question is asked again


def keep(records: Sequence[Record], name: str, home: Path | None = None) -> Run:
    """Keep what `evaluate` gave as a run of a new name, for `footnote eval report`, `compare` and the other commands.

    Raises:
        UsageError: for a name that is no folder's own, or that a run has.
    """
    kept = named(home or load_settings().home, name)
    if kept.records():
        raise UsageError(f"there is a run {name!r}", "give another name")
    engines = dict.fromkeys(record.answer.engine for record in records if record.answer.engine)
    kept.begin(Header("", hash_of([r.question for r in records]), ", ".join(engines), "", code_revision()))
    for record in records:
        kept.add(record)
    return kept


def found(home: Path) -> list[Run]:
    """All runs below a home, oldest first."""
    folders = [path.parent for path in (home / "eval").glob("*/run.json")]
    return [Run(folder) for folder in sorted(folders, key=lambda folder: folder.stat().st_mtime)]


def named(home: Path, name: str) -> Run:
    """The run of a name below a home, whether it was begun or not.

    Raises:
        UsageError: for a name that is not a folder's own.
    """
    if not _NAME.fullmatch(name):
        hint = "give at most 60 letters, digits, blanks and . _ + -, the first no full stop"
        raise UsageError(f"no run can be called {name[:80]!r}", hint)
    return Run(home / "eval" / name)


def located(home: Path, name: str) -> Run:
    """The run of a name below a home, or at a path.

    Raises:
        UsageError: when there is none.
    """
    for folder in (name, os.path.join(home, "eval", name)):
        if name and os.path.isfile(os.path.join(folder, "run.json")):
            return Run(Path(folder))
    raise UsageError(f"there is no run {name[:80]!r}", "`footnote eval runs` lists them")


def hash_of(questions: Sequence[Question]) -> str:
    """The first 12 hexadecimal digits of a SHA-256 over the questions, accepted or not."""
    rows = [{name: value for name, value in asdict(q).items() if name != "accepted"} for q in questions]
    text = json.dumps(rows, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def code_revision() -> str:
    """The commit of the checkout that runs, with "+" where it was changed; empty outside of one."""
    root = Path(__file__).parents[1]
    if not (root / ".git").exists():
        return ""
    commit, changed = _git("rev-parse", "--short=12", "HEAD"), _git("status", "--porcelain")
    return f"{commit}+" if changed else commit


def _git(*words: str) -> str:
    """What git says in the checkout; nothing where there is no git."""
    root = Path(__file__).parents[1]
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)  # nosec B607
    except OSError:
        return ""
    return done.stdout.strip()
