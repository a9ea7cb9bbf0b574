"""Refusals where records lack what is asked: it is named, since no text would have it either."""

from __future__ import annotations

from collections.abc import Sequence

from rag.text.brackets import unbracketed
from rag.types import Paper
from rag.writing.draft import Draft

UNSAID = {  # nor do abstracts
    "authors": "who wrote it", "year": "when it came out", "venue": "where it was published", "doi": "its DOI",
}  # fmt: skip
_UNSAID_OF_MANY = {"authors": "who wrote them", "year": "when they came out", "venue": "where they were published"}


def unsaid(paper: Paper, lacking: Sequence[str]) -> Draft:
    """That the record of a paper lacks some fields, of those of `UNSAID`."""
    told = " or ".join(UNSAID[field] for field in lacking)
    return none(f"The record of “{unbracketed(paper.title)}” does not say {told}.")


def unsaid_of_all(lacking: Sequence[str], examined: int) -> str:
    """That the records of all papers that were looked at lack these fields."""
    told = "The record of the one paper does" if examined == 1 else f"The records of the {examined} papers do"
    return f"{told} not say {' or '.join(_UNSAID_OF_MANY[field] for field in lacking)}."


def none(opening: str, examined: int = 0) -> Draft:
    """The refusal that says so: certain, since records were asked and no text."""
    return Draft((), opening=opening, abstained=True, confidence=1.0, examined=examined)
