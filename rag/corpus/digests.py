"""The papers that come with the program: titles, and digests of their abstracts in our own words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from rag.corpus.found import Skipped
from rag.corpus.reading import read
from rag.errors import CorpusError
from rag.types import Paper, Source

NAME = "bundled digests"
_FOLDER = Path(__file__).with_name("bundled")


def bundled() -> Iterator[Paper]:
    """The bundled papers, in order; the same paper may come twice (`merge` makes it one).

    Their one source is named "bundled digests", their metadata is `{"kind": "digest"}`.

    Raises:
        CorpusError: the package's own data cannot be read.
    """
    for found in read([_FOLDER]):
        if isinstance(found, Skipped):
            raise CorpusError(f"the bundled papers are damaged: {found}", "install the package again")
        source = Source(NAME, found.sources[0].path)
        yield replace(found, sources=(source,), metadata={"kind": "digest"})
