"""What an ingest read, as one hash: the same files read again need not be read again.

Kept in `read.json` in the index folder, beside the revision that they led to.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from rag.corpus.files import File, files

VERSION = 4
"""Raised with every change of what is read from a file or made of it."""


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """An ingest that skipped nothing: the hash of what it read, where that led, and what it counted."""

    fingerprint: str
    revision: str
    entries: int
    merged: int
    papers: int
    passages: int


def fingerprint(paths: Sequence[str | Path], left_out: Sequence[Path], *options: object) -> str:
    """A hash of every file under `paths` but for those `left_out`, with name and place, and of the options they are
    read with; empty where something cannot be read."""
    digest = hashlib.blake2b(repr((VERSION, options)).encode(), digest_size=16)
    for file in files(paths, left_out):
        if not isinstance(file, File):
            return ""
        try:
            with open(file.path, "rb") as content:
                own = hashlib.file_digest(content, "blake2b").hexdigest()
        except OSError:
            return ""
        digest.update(repr((file.name, file.path, own)).encode())
    return digest.hexdigest()


def remembered(folder: Path) -> ReadBefore | None:
    """What is kept in an index folder, if that can be read."""
    try:
        return ReadBefore(**json.loads((folder / "read.json").read_text(encoding="utf8")))
    except (OSError, ValueError, TypeError):
        return None


def remember(folder: Path, read: ReadBefore) -> None:
    """Keep it; where that fails, the files are read again the next time."""
    try:
        (folder / "read.json").write_text(json.dumps(asdict(read)), encoding="utf8")
    except OSError:
        forget(folder)


def forget(folder: Path) -> None:
    """Keep nothing, so that the files are read the next time."""
    with suppress(OSError):
        (folder / "read.json").unlink(missing_ok=True)
