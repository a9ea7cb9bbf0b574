"""PDF: the title and the abstract of one paper, or its whole text where no abstract is marked.

Parsing happens in a process of its own, with a deadline and a bound on memory: a broken or hostile file
can make a PDF parser run for hours, and must not take the reader with it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rag.corpus.cleaning import clean, one_title
from rag.corpus.document import Document
from rag.corpus.fields import metadata
from rag.corpus.found import Entry, Fault
from rag.corpus.plain import name_as_title

SECONDS = 60.0
_REASONS = {
    "encrypted": ("an encrypted PDF", "save it without a password"),
    "scanned": ("a PDF without text: a scan?", "run text recognition (OCR) on it first"),
    "damaged": ("a damaged PDF", "fetch it again, or give its text"),
}
_PACKAGE_ROOT = str(Path(__file__).resolve().parents[2])


def fits(head: str, suffix: str) -> bool:
    """Never by its text: a PDF is told by its first bytes."""
    return False


def read(document: Document, *, seconds: float = SECONDS) -> Iterator[Entry | Fault]:
    """The one paper of the file.

    Raises:
        Fault: it is encrypted, damaged, scanned or takes over `seconds`.
    """
    found = _parsed(document.read(), seconds)
    if isinstance(found, Fault):
        raise found
    title = one_title(found.get("title", "")) or name_as_title(document)
    yield Entry(title, clean(found.get("text", "")), None, metadata(found))


def _parsed(content: bytes, seconds: float) -> dict[str, str] | Fault:
    """What the worker says about a PDF: its `title`, `text` and `author`."""
    paths = [_PACKAGE_ROOT, *filter(None, [os.environ.get("PYTHONPATH")])]
    command = [sys.executable, "-P", "-m", "rag.corpus.pdf_worker", str(seconds)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths)}
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=seconds, env=environment, check=False
        )
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Fault(f"a PDF that cannot be read within {seconds:g} s", "give its text instead")
    except ValueError:
        return _fault("damaged")  # the worker was ended by its bound on memory, or crashed
    return _fault(found["fault"]) if "fault" in found else found


def _fault(kind: str) -> Fault:
    reason, hint = _REASONS[kind]
    return Fault(reason, hint)
