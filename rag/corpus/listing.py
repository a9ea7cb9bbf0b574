"""Saved pages that list papers: website furniture, then titles and abstracts in turn."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from statistics import median

from rag.corpus import markdown
from rag.corpus.cleaning import clean, one_title
from rag.corpus.document import Document
from rag.corpus.encoding import text_of
from rag.corpus.found import Entry, Fault, shortened
from rag.corpus.listing_lines import Block, are_titles, blocks, has_marks

_MOST_BLOCKS = 400  # enough to tell a listing by
_SHORT = 130  # characters; abstracts stand in one line, and are longer
_HEADINGS = frozenset(
    "abstract introduction background conclusion conclusions discussion method methods methodology results "
    "experiments evaluation references acknowledgements acknowledgments appendix limitations summary".split()
)


def fits(head: str, suffix: str) -> bool:
    """Whether a text that starts so is such a page: by its furniture, or by its lines taking turns."""
    if has_marks(head):
        return True
    return not markdown.fits(head, suffix) and _alternates(list(blocks(head))[:_MOST_BLOCKS])


def _alternates(page: list[Block]) -> bool:
    labels = are_titles(page)
    titles = [block.text for block, title in zip(page, labels, strict=True) if title]
    followed = sum(first and not second for first, second in pairwise(labels))
    texts = [len(block.text) for block, title in zip(page, labels, strict=True) if not title]
    if texts and median(texts) < _SHORT:
        return False  # lines of a wrapped text
    if followed < 2 or followed < 0.6 * max(len(titles), len(labels) - len(titles)):
        return False
    headings = sum(title.strip("0123456789. ").lower() in _HEADINGS for title in titles)
    return headings == 0 and sum(len(title.split()) >= 5 for title in titles) >= len(titles) / 2


def read(document: Document) -> Iterator[Entry | Fault]:
    """The papers of the page, in order; a fault for a title or a text that stands alone."""
    page = list(blocks(text_of(document)))
    title: Block | None = None
    parts: list[Block] = []
    for block, is_title in zip(page, are_titles(page), strict=True):
        if is_title:
            yield from _entry(title, parts)
            title, parts = block, []
        else:
            parts.append(block)
    yield from _entry(title, parts)


def _entry(title: Block | None, parts: list[Block]) -> Iterator[Entry | Fault]:
    if title:
        text = " ".join(part.text for part in parts)
        yield Entry(one_title(title.text), clean(text), title.number)
    elif parts:
        reason = f"a text without a title: {shortened(parts[0].text)!r}"
        yield Fault(reason, "put its title on the line before", parts[0].number)
