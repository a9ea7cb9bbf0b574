"""Files in, papers out: readers for the formats that papers come in, and the papers that are bundled."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rag.corpus.digests import bundled, catalogued
    from rag.corpus.found import Skipped
    from rag.corpus.merging import merge
    from rag.corpus.reading import read
    from rag.text.title import paper_id

__all__ = ["Skipped", "bundled", "catalogued", "merge", "paper_id", "read"]

_HOMES = {
    "Skipped": "rag.corpus.found",
    "bundled": "rag.corpus.digests",
    "catalogued": "rag.corpus.digests",
    "merge": "rag.corpus.merging",
    "paper_id": "rag.text.title",
    "read": "rag.corpus.reading",
}


def __getattr__(name: str) -> object:
    """The public names, looked up on first use: what reads no file needs none of the readers."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
