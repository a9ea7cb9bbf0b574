"""Bytes in, text out: UTF-8, UTF-16 and UTF-32 by their marks, anything older by its statistics."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import NamedTuple

from rag.corpus.document import Document
from rag.corpus.found import Fault

MAX_LINE = 16_000_000
_MARKS = [  # UTF-32 first: its little-endian mark starts with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
]  # fmt: skip
_WESTERN = re.compile(r"[\x00-\x7fÀ-ÖØ-öø-ÿŒœŠšŽžŸ‘’“”–—…•€£°±µ×©®§«»¿¡™·ªº½²´\xa0]*")
_ESCAPED = re.compile(r"[\udc80-\udcff]")


class Line(NamedTuple):
    """A line without its end; numbers count from 1."""

    number: int
    text: str


def encoding_of(head: bytes, *, whole: bool) -> str:
    """The name of the encoding of a text whose first bytes are `head`.

    Raises:
        Fault: it is not recognised.
    """
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), "")
    if marked:
        return marked
    if _is_utf8(head, whole) or _is_broken_utf8(head):
        return "utf-8"
    return _older_encoding(head)


def text_of(document: Document) -> str:
    """The whole text of a document, line ends as `\\n`.

    Raises:
        Fault: it is too large to be held, or not text in one encoding.
    """
    content = document.read()
    encoding = encoding_of(content, whole=True)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(error.object[error.start], content.count(b"\n", 0, error.start) + 1) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def head_text(document: Document) -> str:
    """The document's beginning as text, for telling formats apart; the last line may be cut."""
    encoding = encoding_of(document.head, whole=document.whole)
    return document.head.decode(encoding, "ignore").replace("\r\n", "\n").replace("\r", "\n")


def lines_of(document: Document) -> Iterator[Line | Fault]:
    """The document's lines, one at a time; a `Fault` in place of one that is too long or is no text."""
    encoding = encoding_of(document.head, whole=document.whole)
    bound = min(MAX_LINE, document.limit)
    with io.TextIOWrapper(document.open(), encoding=encoding, errors=_errors(encoding)) as stream:
        number = 0
        while text := stream.readline(bound):
            number += 1
            if len(text) == bound and not text.endswith("\n"):
                yield Fault(f"a line of more than {bound:,} characters", "one record a line, please", number)
                _drop_line(stream, bound)
            else:
                yield decoded(Line(number, text.removesuffix("\n")))


def chunks_of(document: Document, size: int = 65_536) -> Iterator[str]:
    """The document's text in pieces of `size` characters; bytes that are no text become lone surrogates."""
    encoding = encoding_of(document.head, whole=document.whole)
    with io.TextIOWrapper(document.open(), encoding=encoding, errors=_errors(encoding)) as stream:
        while chunk := stream.read(size):
            yield chunk


def decoded(line: Line) -> Line | Fault:
    """The line itself, or the fault of a line in which a byte could not be decoded."""
    bad = _ESCAPED.search(line.text)
    return _undecodable(ord(bad[0]) & 0xFF, line.number) if bad else line


def _errors(encoding: str) -> str:
    return "replace" if encoding.startswith(("utf-16", "utf-32")) else "surrogateescape"


def _drop_line(stream: io.TextIOWrapper, bound: int) -> None:
    while (rest := stream.readline(bound)) and not rest.endswith("\n"):
        pass


def _undecodable(byte: int, line: int) -> Fault:
    return Fault(f"byte 0x{byte:02x} is not text in the file's encoding", "save it as UTF-8", line)


def _is_utf8(head: bytes, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _is_broken_utf8(head: bytes) -> bool:
    """Whether most of what is beyond ASCII is UTF-8, so that the rest is damage and no other encoding."""
    lenient = head.decode("utf-8", "replace")
    return sum(ord(char) > 127 for char in lenient) > 2 * lenient.count("\ufffd")


def _older_encoding(head: bytes) -> str:
    try:
        if _WESTERN.fullmatch(head.decode("cp1252")):
            return "cp1252"
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes  # 25 ms, and hardly ever needed

    best = from_bytes(head).best()
    if best is None:
        raise Fault("its character encoding is not recognised", "save it as UTF-8")
    return best.encoding
