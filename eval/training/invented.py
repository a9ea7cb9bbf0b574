"""The invented papers of `eval/datasets`, which the encoder and the reader learn from: none is of the collection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from eval.datasets import rows
from rag.chunking import encoder_text
from rag.text.sentences import sentences


@dataclass(frozen=True, slots=True)
class Invented:
    """A paper that does not exist."""

    title: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """What the encoder is given of it."""
        return encoder_text(self.title, " ".join(self.sentences))


def papers() -> dict[str, Invented]:
    """All of them, by title."""
    return {paper.title: paper for paper in _papers()}


def _papers() -> Iterator[Invented]:
    for row in rows("statements"):
        if "text" in row:
            yield _cut(row["paper"], row["text"])
    for row in rows("concepts"):
        yield from (_cut(paper["title"], paper["text"]) for paper in row["papers"])
    for row in rows("invented"):
        yield Invented(row["paper"], tuple(row["sentences"]))


def _cut(title: str, text: str) -> Invented:
    return Invented(title, tuple(text[start:end] for start, end in sentences(text)))
