"""The process that parses one PDF: its bytes on standard input, one JSON object on standard output.

`python -m rag.corpus.pdf_worker SECONDS` gives `{"title", "text", "author"}` or `{"fault": …}`.
"""

from __future__ import annotations

import io
import json
import sys
import time

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, WrongPasswordError

from rag.corpus.pdf_text import Fragment, abstract_in, likely_title

_HEAD_PAGES = 3
_MOST_MEMORY = 4_000_000_000  # bytes of address space


def main() -> None:
    """Read, parse, print; every outcome is one JSON object."""
    _bound_memory()
    deadline = time.monotonic() + 0.7 * float(sys.argv[1])
    print(json.dumps(_outcome(sys.stdin.buffer.read(), deadline)))


def _outcome(content: bytes, deadline: float) -> dict[str, str]:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            return {"fault": "encrypted"}
        return _paper(reader, deadline)
    except (DependencyError, FileNotDecryptedError, WrongPasswordError):
        return {"fault": "encrypted"}
    except Exception:  # a parser of damaged files fails in every way there is
        return {"fault": "damaged"}


def _paper(reader: PdfReader, deadline: float) -> dict[str, str]:
    pages, fragments = [], list[Fragment]()
    text = ""
    for number, page in enumerate(reader.pages):
        pages.append(_text(page, fragments if number == 0 else None))
        if number < _HEAD_PAGES:
            text = abstract_in("\n".join(pages))
        if text or time.monotonic() > deadline:
            break
    text = text or "\n".join(pages)
    if not any(char.isalpha() for char in text):
        return {"fault": "scanned"}
    about = _about(reader)
    return {"title": likely_title(about.pop("title"), fragments, pages[0]), "text": text, **about}


def _text(page: PageObject, fragments: list[Fragment] | None) -> str:
    """The text of a page; its runs of type are added to `fragments`, if given."""

    def visit(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        upright = abs(tm[0]) >= abs(tm[1])
        if fragments is not None and text.strip() and upright:
            fragments.append(Fragment(text, round(size * abs(tm[3] * cm[3]), 1)))

    return page.extract_text(visitor_text=visit)


def _about(reader: PdfReader) -> dict[str, str]:
    try:
        about: dict[str, object] = dict(reader.metadata or {})
        names = {"title": "/Title", "author": "/Author"}
        return {name: str(about.get(key) or "") for name, key in names.items()}
    except Exception:  # the text is worth having without it
        return {"title": "", "author": ""}


def _bound_memory() -> None:
    try:
        import resource  # not on Windows

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    except (ImportError, OSError, ValueError):
        pass


if __name__ == "__main__":
    main()
