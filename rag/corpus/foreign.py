"""Files that hold no papers that can be read, told by their first bytes."""

from __future__ import annotations

import codecs
import re

from rag.corpus.found import Fault

_MAGIC = [
    (b"\x89PNG", "a PNG image"), (b"\xff\xd8\xff", "a JPEG image"), (b"GIF8", "a GIF image"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"), (b"SQLite format 3", "a SQLite database"),
    (b"7z\xbc\xaf", "a 7z archive"), (b"Rar!", "a RAR archive"), (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"), (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"PAR1", "a Parquet table"), (b"\x7fELF", "a program"),
]  # fmt: skip
_TEXT = "give its PDF or plain text"
_STARTS = [
    (re.compile(r"\s*<(?:!doctype html|html)\b", re.IGNORECASE), "an HTML page", _TEXT),
    (re.compile(r"\s*\{\\rtf"), "an RTF document", _TEXT),
    (re.compile(r"\s*%!PS"), "a PostScript file", _TEXT),
    (re.compile(r"(?:\s*%[^\n]*\n)*\s*\\(?:document(?:class|style)|pdfoutput)\b"), "LaTeX source", _TEXT),
    (
        re.compile(r"\s*1(?:\.|:) [^\n]+\b(?:19|20)\d\d\b[^\n]*[;:.](?:.*?)^PMID: \d", re.DOTALL | re.MULTILINE),
        "a PubMed export for people to read",
        "save it in the format PubMed instead",
    ),
]
_NO_PAPERS = frozenset(  # suffixes of texts that a folder of papers holds beside them
    ".py .js .ts .c .h .cc .cpp .hpp .java .go .rs .sh .bat .r .m .jl .rb .php .pl .sql .css .yaml .yml .toml .ini "
    ".cfg .conf .lock .log .aux .bbl .blg .bst .sty .cls .toc .out .fls .fdb_latexmk .synctex .ipynb .diff .patch .srt "
    ".vtt".split()
)
_CONTROL = bytes(set(range(32)) - {*b"\t\n\r\f\v\x1b"})
_MOST_CONTROL = 0.01
_UTF_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)


def refuse_bytes(head: bytes) -> None:
    """Let text pass.

    Raises:
        Fault: the bytes are no text, or a known kind of file that is not.
    """
    if not head:
        raise Fault("an empty file", "nothing to do, or fetch it again")
    if head[257:262] == b"ustar":
        raise Fault("a tar archive, which is not read", "unpack it")
    control = len(head) - len(head.translate(None, _CONTROL))
    if control > _MOST_CONTROL * len(head) and not head.startswith(_UTF_MARKS):
        raise Fault(f"{_kind(head)}, which is not read", "unpack it, or give its text or PDF")


def refuse_suffix(suffix: str) -> None:
    """Let a text pass that no other format fits, and that may be one paper.

    Raises:
        Fault: it is named as what is none.
    """
    if suffix in _NO_PAPERS:
        raise Fault(f"a {suffix} file, which is no paper", "leave it out, or rename it to .txt if it is one")


def _kind(head: bytes) -> str:
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), "a binary file")


def refuse_text(head: str, *, whole: bool) -> None:
    """Let text pass that may hold papers; `whole` says whether `head` is all of it.

    Raises:
        Fault: it is blank, or of a kind that is not read.
    """
    if whole and not head.strip("\ufeff\x00 \t\n"):
        raise Fault("nothing in it but white space", "nothing to do, or fetch it again")
    for pattern, kind, hint in _STARTS:
        if pattern.match(head):
            raise Fault(f"{kind}, which is not read", hint)
