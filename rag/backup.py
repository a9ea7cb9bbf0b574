"""An index in one file and back: `footnote backup`, `footnote restore`.

The file is a tar archive: first `checksums.json`, the SHA-256 of every file of the index by its name, then the files.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import lzma
import os
import shutil
import tarfile
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from rag.errors import IndexDamagedError, IndexMismatchError, IndexMissingError, StoreError, UsageError
from rag.index import PLACE, Index, State
from rag.settings import Settings

_SUMS = "checksums.json"
_LEFT = {"write.lock", "state.json"}  # the state is written last, once everything it names is there
_SPACE = "free space, or name another place"
_READABLE = "make it readable: a backup without it could not be restored"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}


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
        sums = _sums(index.folder)
        try:
            with tarfile.open(unfinished, "w", dereference=True) as archive:
                listed = json.dumps(sums, indent=1).encode()
                about = tarfile.TarInfo(_SUMS)
                about.size = len(listed)
                archive.addfile(about, io.BytesIO(listed))
                for name in sums:
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
    until the new one is checked and whole; with `force` that may also be an index that does not open.

    Raises:
        UsageError: when there is no such file, or an index already, unless `force`.
        IndexDamagedError: when the file is not what `backup` wrote.
        StoreError: when it cannot be put there.
    """
    index = Index.of(settings)
    _local(index)
    if not source.is_file():
        raise UsageError(f"there is no file {source}", "give one that `footnote backup` wrote")
    _check_free(index, force)
    place = index.folder.with_name(f"{index.folder.name}-restored-{uuid.uuid4().hex[:8]}")
    try:
        _make(place)
        _unpack(source, place)
        papers = _paper_count(source, place)
        with _unreadable_state_aside(index), index.locked(settings.lock_timeout_s):
            _check_free(index, force)
            _swap(index, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return papers


def _check_free(index: Index, force: bool) -> None:
    if not force and _has_index(index):
        raise UsageError(f"there is an index in {index.folder}", "--force replaces it")


def _make(place: Path) -> None:
    try:
        place.mkdir(parents=True)
    except OSError as error:
        raise StoreError(f"cannot write to {place.parent}: {error.strerror or error}", _SPACE) from error


@contextmanager
def _unreadable_state_aside(index: Index) -> Iterator[None]:
    """While the index is replaced, have a blank state where one stands that is damaged or another version's: nobody can
    write there with it, us included. Where replacing it fails it is put back."""
    path = index.folder / "state.json"
    try:
        index.state()
        unreadable = None
    except StoreError:
        unreadable = path.read_bytes() if path.is_file() else None
    if unreadable is None:
        yield
        return
    index.save(State())
    try:
        yield
    except BaseException:
        if index.state() == State():
            path.write_bytes(unreadable)
        raise


def _local(index: Index) -> None:
    if index.is_remote:
        raise UsageError("the index is on a Chroma server", "back up the server's own folder")


def _sums(folder: Path) -> dict[str, str]:
    """The checksums of all files of an index, in the order in which they are backed up."""
    try:
        names = [*sorted(str(path.relative_to(folder)) for path in _files(folder)), "state.json"]
        return {name: _sum(folder / name) for name in names}
    except OSError as error:
        raise StoreError(f"cannot read {error.filename or folder}: {error.strerror or error}", _READABLE) from error


def _files(folder: Path) -> Iterator[Path]:
    """The files of an index; of links what they lead to, for part of one may lie on another disk."""
    seen: set[str] = set()
    for parent, folders, names in os.walk(folder, followlinks=True, onerror=_raised):
        real = os.path.realpath(parent)
        if real in seen:  # a link that leads in a circle
            folders.clear()
            continue
        seen.add(real)
        for path in (Path(parent, name) for name in names):
            if path.is_file() and path.name not in _LEFT and path.suffix != ".part":
                yield path


def _raised(error: OSError) -> None:
    raise error


def _has_index(index: Index) -> bool:
    try:
        return bool(index.snapshot())
    except IndexMissingError:
        return False
    except StoreError:
        return True  # a damaged one is still somebody's


def _unpack(source: Path, place: Path) -> None:
    """The files that the archive's own list names, each checked; the archive may be compressed by gzip and the like."""
    try:
        with tarfile.open(source, "r:*") as archive:
            sums = _listed(archive)
            if sums is None:
                raise _no_backup(source)
            for member in archive:
                if member.name in sums and member.isfile():
                    archive.extract(member, place, filter="data")
    except tarfile.ReadError as error:
        raise _no_backup(source) from error
    except (OSError, EOFError, ValueError, RecursionError, lzma.LZMAError, zlib.error, tarfile.TarError) as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            raise StoreError(f"cannot write to {place.parent}: {error}", _SPACE) from error
        raise IndexDamagedError(f"{source} cannot be read: {error}", "take another backup") from error
    for name, wanted in sums.items():
        path = place / name
        if not path.is_file() or _sum(path) != wanted:
            raise IndexDamagedError(f"{name} in {source} is not what was backed up", "take another backup")


def _listed(archive: tarfile.TarFile) -> dict[str, Any] | None:
    """The archive's own list of its files, which comes first; None where there is none."""
    first = archive.next()
    file = archive.extractfile(first) if first is not None and first.name == _SUMS else None
    sums = json.loads(file.read()) if file is not None else None
    return sums if isinstance(sums, dict) else None


def _no_backup(source: Path) -> IndexDamagedError:
    return IndexDamagedError(
        f"{source} is no backup of an index, or cut short", "give a whole file that `footnote backup` wrote"
    )


def _paper_count(source: Path, place: Path) -> int:
    """How many papers the unpacked index has, which opens; what it says of itself may be forged, checksums or not."""
    try:
        return Index(place).snapshot().paper_count
    except IndexMismatchError as error:
        raise IndexMismatchError(f"{source} is of another version: {error.message}", "use that one") from error
    except (IndexDamagedError, IndexMissingError) as error:
        raise IndexDamagedError(f"{source} holds no index: {error.message}", "take another backup") from error


def _swap(index: Index, place: Path) -> None:
    """Move the new files beside the old ones under a name of their own, and have the state name them."""
    restored = Index(place).state()
    inner = f"restored-{uuid.uuid4().hex[:8]}"
    os.replace(place / restored.place if restored.place else place, index.folder / inner)
    index.save(replace(restored, place=inner))
    for name in ("chroma", "snapshots", "tokens"):
        shutil.rmtree(index.folder / name, ignore_errors=True)
    for path in index.folder.glob("re*-*"):
        if PLACE.fullmatch(path.name) and path.name != inner:
            shutil.rmtree(path, ignore_errors=True)


def _sum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
