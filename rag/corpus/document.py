"""One document: a file, or a member of an archive, that a reader can open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from rag.corpus.found import Fault

HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Document:
    """`name` is what people are shown, `path` the absolute path of the file (of the archive, for a member).

    `head` holds the first bytes (up to 64 KB), `limit` the most bytes that may be held at once, `open`
    gives a fresh stream of the bytes from the start; `size` is the number of bytes, where it is known.
    """

    name: str
    path: str
    head: bytes
    limit: int
    open: Callable[[], BinaryIO]
    size: int | None = None

    @property
    def whole(self) -> bool:
        """Whether `head` is all there is."""
        return len(self.head) < HEAD_BYTES

    def read(self) -> bytes:
        """All the bytes.

        Raises:
            Fault: there are more than `limit`; no more than that is ever read.
        """
        if self.size is not None and self.size > self.limit:
            raise too_large(self.limit)
        with self.open() as stream:
            content = stream.read(self.limit + 1)
        if len(content) > self.limit:
            raise too_large(self.limit)
        return content


def too_large(limit: int) -> Fault:
    """The fault of a document that would have to be held whole and is over `limit` bytes."""
    return Fault(
        f"larger than {limit / 1e6:g} MB, and its format cannot be read piece by piece",
        "split it, or raise max_file_mb",
    )
