"""The papers that come with the program: titles, digests of their abstracts in our own words, and keywords."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

from rag.corpus.found import Skipped
from rag.corpus.reading import read
from rag.errors import CorpusError
from rag.text.keywords import united
from rag.text.title import title_key
from rag.types import Paper, Source

NAME = "bundled digests"
_FOLDER = Path(__file__).with_name("bundled")


def bundled() -> Iterator[Paper]:
    """The bundled papers, in order; the same paper may come twice (`merge` makes it one).

    Their one source is named "bundled digests", their metadata is `{"kind": "digest", "keywords": …}`.

    Raises:
        CorpusError: the package's own data cannot be read.
    """
    for found in read([_FOLDER]):
        if isinstance(found, Skipped):
            raise CorpusError(f"the bundled papers are damaged: {found}", "install the package again")
        source = Source(NAME, found.sources[0].path)
        yield replace(found, sources=(source,), metadata={"kind": "digest", "keywords": found.metadata["keywords"]})


def catalogued(papers: Iterable[Paper]) -> Iterator[Paper]:
    """Papers with the keywords that the bundled ones of the same titles have, behind those of their own records.

    Raises:
        CorpusError: the package's own data cannot be read.
    """
    for paper in papers:
        known = _keywords().get(title_key(paper.title))
        if known is None:
            yield paper
        else:
            keywords = united(paper.metadata.get("keywords", ""), known)
            yield replace(paper, metadata={**paper.metadata, "keywords": keywords})


@cache
def _keywords() -> dict[str, str]:
    return {title_key(paper.title): paper.metadata["keywords"] for paper in bundled()}
