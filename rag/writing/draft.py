"""What a writer hands on: sentences, each with the spans that it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from rag.types import Passage


@dataclass(frozen=True, slots=True)
class Evidence:
    """A span of a paper: offsets in the paper's text, within the passage that holds it; `score` in [0, 1]."""

    passage: Passage
    start: int
    end: int
    score: float

    @property
    def quote(self) -> str:
        """The span's text."""
        return self.passage.text[self.start - self.passage.start : self.end - self.passage.start]


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence without markers, and its evidence.

    `lead` starts a paragraph and is no claim (a title, a bullet); `referent` is what an opening "it" stands
    for, shown in parentheses.
    """

    text: str
    evidence: tuple[Evidence, ...]
    lead: str = ""
    referent: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer before its citations are numbered. `opening` is a line of our own, such as a count."""

    sentences: tuple[DraftSentence, ...]
    opening: str = ""
    abstained: bool = False
    confidence: float = 0.0
    nearest: tuple[str, ...] = ()
    examined: int = 0
