"""Paths in, the files that they name out: folders are walked in order, hidden files left aside."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from rag.corpus.found import Skipped, one_line


class File(NamedTuple):
    """A regular file: `name` is relative to the given path's parent, `path` absolute; `size` is in bytes."""

    name: str
    path: str
    size: int


class _Stop(NamedTuple):
    """A path still to be looked at, with the real paths of the folders above it."""

    path: str
    above: frozenset[str]


def absolute(path: str | Path) -> str:
    """A given path as sources name it: absolute, with `~` for the user's home; links stay as they are."""
    return os.path.abspath(os.path.expanduser(path))


def files(paths: Sequence[str | Path], left_out: Sequence[Path] = ()) -> Iterator[File | Skipped]:
    """The files under `paths`, each once, in the order given and by name within a folder. What is `left_out` is read
    where it is given itself only."""
    seen: set[str] = set()
    aside = frozenset(os.path.realpath(path) for path in left_out)
    for path in [paths] if isinstance(paths, str | Path) else paths:
        given = absolute(path)
        base = os.path.dirname(given)
        stack = [_Stop(given, frozenset())]
        while stack:
            stop = stack.pop()
            found = _look(stop, base, seen, aside)
            if isinstance(found, Skipped):
                shown = found.where if stop.above else one_line(str(path))  # as it was given, so that it is recognised
                found = replace(found, where=shown, path=stop.path)
            if isinstance(found, list):
                stack.extend(reversed(found))
            elif found is not None:
                yield found


def _look(stop: _Stop, base: str, seen: set[str], aside: frozenset[str]) -> File | Skipped | list[_Stop] | None:
    name = os.path.relpath(stop.path, base).replace(os.sep, "/")
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return Skipped(name.encode("utf-8", "backslashreplace").decode(), None, "its name is not text", "rename it")
    try:
        return _entry(stop, one_line(name), seen, aside)
    except OSError as error:
        return unreadable(one_line(name), error)


def _entry(stop: _Stop, name: str, seen: set[str], aside: frozenset[str]) -> File | Skipped | list[_Stop] | None:
    status = os.stat(stop.path)
    real = os.path.realpath(stop.path)
    if real in stop.above:
        return Skipped(name, None, "a link to a folder above it, so it has no end", "remove the link")
    if real in seen or (stop.above and real in aside):
        return None
    seen.add(real)
    if stat.S_ISDIR(status.st_mode):
        inner = sorted(entry for entry in os.listdir(stop.path) if not entry.startswith("."))
        return [_Stop(os.path.join(stop.path, entry), stop.above | {real}) for entry in inner]
    if not stat.S_ISREG(status.st_mode):
        return Skipped(name, None, "not a regular file", "give files and folders")
    return File(name, stop.path, status.st_size)


def unreadable(name: str, error: OSError) -> Skipped:
    """The report of a file that the operating system does not give."""
    if isinstance(error, FileNotFoundError):
        return Skipped(name, None, "no such file or folder", "check the path")
    if isinstance(error, PermissionError):
        return Skipped(name, None, "you may not read it", "check its permissions")
    return Skipped(name, None, f"cannot be read: {one_line(error.strerror or str(error))}", "check the file")
