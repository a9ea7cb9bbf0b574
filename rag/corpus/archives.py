"""A file in, its documents out: itself, what a `.gz` holds, the members of a `.zip`; nothing goes to disk."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import BinaryIO, cast

from rag.corpus.document import HEAD_BYTES, Document
from rag.corpus.files import File, unreadable
from rag.corpus.found import Fault, Skipped, one_line

DAMAGE = (EOFError, zlib.error, zipfile.BadZipFile, gzip.BadGzipFile)
_MOST_RATIO = 200  # text packs 3 to 20 times; deflate's ceiling, which bombs reach, is about 1,030
_HARMLESS = 10_000_000  # bytes: below this the ratio does not matter
_MOST_MEMBERS = 100_000
_MALFORMED = (ValueError, IndexError, OverflowError, struct.error)  # what zipfile raises on nonsense
_Unpacking = gzip.GzipFile | zipfile.ZipExtFile
_GZIP, _ZIP = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06")


def documents(file: File, limit: int) -> Iterator[Document | Skipped]:
    """The documents in `file`; members of an archive by name, one `Skipped` for each that cannot be had."""
    try:
        with open(file.path, "rb") as stream:
            head = stream.read(HEAD_BYTES)
        if head.startswith(_ZIP):
            yield from _members(file, limit)
        elif head.startswith(_GZIP):
            yield _unzipped(file, limit)
        else:
            yield Document(file.name, file.path, head, limit, partial(_open_plain, file.path), file.size)
    except Fault as fault:
        yield fault.at(file.name)
    except OSError as error:
        yield damaged(file.name, error)


def damaged(name: str, error: Exception) -> Skipped:
    """The report of a file that the operating system does not give or that cannot be unpacked."""
    if isinstance(error, OSError) and not isinstance(error, DAMAGE):
        return unreadable(name, error)
    if isinstance(error, NotImplementedError):
        return Skipped(name, None, "packed in a way that is not supported", "unpack it first")
    return Skipped(name, None, "a damaged archive", "fetch or pack it again")


def _open_plain(path: str) -> BinaryIO:
    return open(path, "rb")


def _unzipped(file: File, limit: int) -> Document | Skipped:
    def opened() -> BinaryIO:
        return _bounded(gzip.open(file.path, "rb"), file.size)

    return _document(file.name, file, limit, opened)


def _document(name: str, file: File, limit: int, opened: Callable[[], BinaryIO]) -> Document | Skipped:
    """The document behind `opened`, its head read; an archive within an archive is left shut."""
    try:
        head = _head(opened())
    except (*DAMAGE, *_MALFORMED, OSError, NotImplementedError) as error:
        return damaged(name, error)
    except Fault as fault:
        return fault.at(name)
    if head.startswith((_GZIP, *_ZIP)):
        return Skipped(name, None, "an archive within an archive", "unpack the outer one first")
    return Document(name, file.path, head, limit, opened)


def _head(stream: BinaryIO) -> bytes:
    """The first bytes. Where damage follows, those before it: the reader will meet it in its place.

    Raises:
        Fault: nothing can be unpacked.
    """
    head = b""
    with stream:
        try:
            while len(head) < HEAD_BYTES and (piece := stream.read(min(512, HEAD_BYTES - len(head)))):
                head += piece
        except Fault:
            if not head:
                raise
    return head


def _members(file: File, limit: int) -> Iterator[Document | Skipped]:
    try:
        archive = zipfile.ZipFile(file.path)
    except (*DAMAGE, NotImplementedError, *_MALFORMED) as error:
        yield damaged(file.name, error)
        return
    with archive:
        members = [m for m in archive.infolist() if not m.filename.endswith("/") and not _hidden(m.filename)]
        if fault := _refused(members, file.size):
            yield fault.at(file.name)
            return
        for member in sorted(members, key=lambda member: member.filename):
            yield _member(archive, member, file, limit)


def _refused(members: list[zipfile.ZipInfo], size: int) -> Fault | None:
    """Why the whole archive is left shut, if it is."""
    if any(member.filename == "[Content_Types].xml" for member in members):
        table = any(member.filename.startswith("xl/") for member in members)
        return Fault("an Office document", f"save it as {'CSV' if table else 'PDF or as plain text'}")
    if not members:
        return Fault("an empty archive", "nothing to do, or fetch it again")
    if len(members) > _MOST_MEMBERS:
        return Fault(f"an archive of more than {_MOST_MEMBERS:,} files", "unpack it first")
    sound = (member for member in members if not _is_bomb(member.file_size, member.compress_size))
    total = sum(member.file_size for member in sound)
    return _bomb() if _is_bomb(total, size) else None


def _hidden(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return "__MACOSX" in parts or any(part.startswith(".") and part not in (".", "..") for part in parts)


def _member(archive: zipfile.ZipFile, member: zipfile.ZipInfo, file: File, limit: int) -> Document | Skipped:
    name = f"{file.name}/{one_line(member.filename)}"
    if member.filename.startswith(("/", "\\")) or ".." in member.filename.replace("\\", "/").split("/"):
        return Skipped(name, None, "its path leads out of the archive", "pack it again without `..`")
    if member.flag_bits & 1:
        return Skipped(name, None, "protected by a password", "unpack it first")
    if _is_bomb(member.file_size, member.compress_size):
        return _bomb().at(name)

    def opened() -> BinaryIO:
        return _bounded(cast(zipfile.ZipExtFile, archive.open(member)), member.compress_size)

    return _document(name, file, limit, opened)


def _bomb() -> Fault:
    return Fault(f"unpacks to more than {_MOST_RATIO} times its size", "unpack it first if you trust it")


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > max(_HARMLESS, _MOST_RATIO * packed)


def _bounded(stream: _Unpacking, packed: int) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Bounded(stream, packed), 512))


class _Bounded(io.RawIOBase):
    """A stream that raises `Fault` once more comes out of it than `packed` bytes may honestly hold."""

    def __init__(self, stream: _Unpacking, packed: int) -> None:
        self._stream, self._packed, self._out = stream, packed, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            chunk = self._stream.read1(len(buffer))
        except (*DAMAGE, *_MALFORMED) as error:
            raise Fault("a damaged archive", "fetch or pack it again") from error
        self._out += len(chunk)
        if _is_bomb(self._out, self._packed):
            raise _bomb()
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._stream.close()
        super().close()
