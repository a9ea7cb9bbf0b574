"""An index in one file and back: `footnote backup`, `footnote restore`.

The file is a tar archive: first `checksums.json`, the SHA-256 of every file of the index by its name, then the files.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tarfile
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rag.errors import IndexDamagedError, IndexMissingError, StoreError, UsageError
from rag.index import Index
from rag.settings import Settings

_SUMS = "checksums.json"
_LEFT = {"write.lock", "state.json"}  # the state is written last, once everything it names is there
_SPACE = "free space, or name another place"


def backup(settings: Settings, target: Path) -> int:
    """Write the index into `target`, whole or not at all; gives the size in bytes. Nobody writes to it meanwhile.

    Raises:
        IndexMissingError: when there is no index.
        UsageError: when `target` is no place for a file, or lies in the index, or the index is on a server.
        StoreError: when the file cannot be written.
    """
    index = Index.of(settings)
    _local(index)
    index.snapshot()  # says so where there is no index
    _check(target, index)
    unfinished = target.with_name(target.name + ".part")
    with index.locked(settings.lock_timeout_s):
        names = [*sorted(str(path.relative_to(index.folder)) for path in _files(index.folder)), "state.json"]
        sums = {name: _sum(index.folder / name) for name in names}
        try:
            with tarfile.open(unfinished, "w") as archive:
                listed = json.dumps(sums, indent=1).encode()
                about = tarfile.TarInfo(_SUMS)
                about.size = len(listed)
                archive.addfile(about, io.BytesIO(listed))
                for name in names:
                    archive.add(index.folder / name, arcname=name)
            os.replace(unfinished, target)
        except OSError as error:
            unfinished.unlink(missing_ok=True)
            raise StoreError(f"cannot write {target}: {error.strerror or error}", _SPACE) from error
    return target.stat().st_size


def _check(target: Path, index: Index) -> None:
    """Whether a backup may stand there: it replaces a file, and nothing that is none, nor a file of the index."""
    try:
        if not target.name or target.is_dir():
            raise UsageError(f"{target} is a folder", "name a file for the backup")
        if not target.parent.is_dir():
            raise UsageError(f"there is no folder {target.parent}", "make it, or name another place")
        if target.exists() and not target.is_file():
            raise UsageError(f"{target} is not a regular file", "name a file for the backup")
        if target.resolve().is_relative_to(index.folder.resolve()):
            raise UsageError(f"{target} lies in the index that is backed up", "name a file outside of it")
    except OSError as error:
        raise StoreError(f"cannot write {target}: {error.strerror or error}", "name another place") from error


def restore(settings: Settings, source: Path, *, force: bool = False) -> int:
    """Put the index in `source` where the settings look for one; gives the number of papers. What was there is kept
    until the new one is checked and whole.

    Raises:
        UsageError: when there is an index already, unless `force`.
        IndexDamagedError: when the file is not what `backup` wrote.
    """
    index = Index.of(settings)
    _local(index)
    place = index.folder.with_name(f"{index.folder.name}-restored-{uuid.uuid4().hex[:8]}")
    with index.locked(settings.lock_timeout_s):
        if not force and _has_index(index):
            raise UsageError(f"there is an index in {index.folder}", "--force replaces it")
        try:
            _unpack(source, place)
            papers = _paper_count(source, place)
            _swap(index, place)
        finally:
            shutil.rmtree(place, ignore_errors=True)
    return papers


def _local(index: Index) -> None:
    if index.is_remote:
        raise UsageError("the index is on a Chroma server", "back up the server's own folder")


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink() and path.name not in _LEFT and path.suffix != ".part":
            yield path


def _has_index(index: Index) -> bool:
    try:
        return bool(index.snapshot())
    except IndexMissingError:
        return False
    except StoreError:
        return True  # a damaged one is still somebody's


def _unpack(source: Path, place: Path) -> None:
    """The files that the archive's own list names, each checked."""
    try:
        with tarfile.open(source, "r:") as archive:
            first = archive.next()
            listed = archive.extractfile(first) if first is not None and first.name == _SUMS else None
            if listed is None:
                raise IndexDamagedError(
                    f"{source} is no backup of an index", "give a file that `footnote backup` wrote"
                )
            sums = json.loads(listed.read())
            if not isinstance(sums, dict):
                raise IndexDamagedError(f"the list of files in {source} is none", "take another backup")
            for member in archive:
                if member.name in sums and member.isfile():
                    archive.extract(member, place, filter="data")
    except FileNotFoundError as error:
        raise UsageError(f"there is no {source}", "give a file that `footnote backup` wrote") from error
    except (OSError, ValueError, RecursionError, tarfile.TarError) as error:
        raise IndexDamagedError(f"{source} cannot be read: {error}", "take another backup") from error
    for name, wanted in sums.items():
        path = place / name
        if not path.is_file() or _sum(path) != wanted:
            raise IndexDamagedError(f"{name} in {source} is not what was backed up", "take another backup")


def _paper_count(source: Path, place: Path) -> int:
    """How many papers the unpacked index has, which opens; what it says of itself may be forged, checksums or not."""
    try:
        return Index(place).snapshot().paper_count
    except (IndexDamagedError, IndexMissingError) as error:
        raise IndexDamagedError(f"{source} holds no index: {error.message}", "take another backup") from error


def _swap(index: Index, place: Path) -> None:
    """Move the new files beside the old ones under a name of their own, and have the state name them."""
    restored = Index(place).state()
    inner = f"restored-{uuid.uuid4().hex[:8]}"
    os.replace(place / restored.place if restored.place else place, index.folder / inner)
    before = index.state() if (index.folder / "state.json").exists() else None
    index.save(replace(restored, place=inner))
    for name in ("chroma", "snapshots", "tokens"):
        shutil.rmtree(index.folder / name, ignore_errors=True)
    if before is not None and before.place:
        shutil.rmtree(index.folder / before.place, ignore_errors=True)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
