"""What the encoder learns from: invented papers, and what one would ask to find them.

`eval/datasets/concepts.jsonl` has concepts of machine learning: the terms of art that stand for each, requests for it
in other words, and three invented papers about it with questions on each. `abstracts.jsonl` has questions on the
invented abstracts of `statements.jsonl`, `invented.jsonl` those on abstracts of its own, with the sentences that
answer. `listings.jsonl` has pools of all these papers with requests for lists, and who belongs on each. No paper of the
collection and no question of `train.jsonl` or `test.jsonl` is among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.datasets import rows
from eval.training.invented import papers
from rag.chunking import encoder_text
from rag.embedding import Embedder
from rag.lexical import LexicalIndex
from rag.retrieval.query import prepare

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """What somebody asks, with the weight of each word piece `(m,)`."""

    text: str
    weights: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the text that answers it; other texts on the same concept; where known, the spans of the text's
    sentences, and the numbers of those that answer."""

    question: Wording
    text: str
    near: tuple[str, ...] = ()
    sentences: Spans = ()
    says: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Concept:
    """Requests for papers on a concept, such papers, and the terms that stand for it."""

    requests: tuple[Wording, ...]
    papers: tuple[str, ...]
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A request for a list; by their numbers in a pool, the papers that belong on it, and those that some would add."""

    request: Wording
    belong: tuple[int, ...]
    borderline: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """Papers, and requests for lists of some of them."""

    papers: tuple[str, ...]
    listings: tuple[Listing, ...]


class Wordings:
    """Weighs the word pieces of questions as a search does, by their rarity among the papers of an index."""

    def __init__(self, embedder: Embedder, lexical: LexicalIndex) -> None:
        self._embedder, self._lexical = embedder, lexical

    def __call__(self, text: str) -> Wording:
        return Wording(text, prepare(text, self._embedder, self._lexical).piece_weights)


def concepts(wording: Wordings) -> Iterator[Concept]:
    """All concepts, related ones near one another."""
    for row in rows("concepts"):
        terms = (row["concept"], *row["terms"])
        yield Concept(tuple(wording(text) for text in row["requests"]), _papers(row), terms)


def pools(wording: Wordings) -> Iterator[Pool]:
    """All pools of invented papers with what is listed of them."""
    known = papers()
    for row in rows("listings"):
        listings = [
            Listing(wording(entry["request"]), tuple(entry["in"]), tuple(entry["maybe"])) for entry in row["requests"]
        ]
        yield Pool(tuple(known[title].text for title in row["papers"]), tuple(listings))


def pairs(wording: Wordings) -> Iterator[Pair]:
    """All questions on invented papers."""
    yield from of_concepts(wording)
    yield from of_abstracts(wording)
    yield from of_sentences(wording)


def of_concepts(wording: Wordings) -> Iterator[Pair]:
    """The questions on papers of concepts; the other papers on the same one stand near."""
    for row in rows("concepts"):
        texts = _papers(row)
        for paper, text in zip(row["papers"], texts, strict=True):
            near = tuple(other for other in texts if other != text)
            yield from (Pair(wording(question), text, near) for question in paper["questions"])


def of_abstracts(wording: Wordings) -> Iterator[Pair]:
    """The questions on the abstracts of statements."""
    known = papers()
    for row in rows("abstracts"):
        yield from (Pair(wording(question), known[row["paper"]].text) for question in row["questions"])


def of_sentences(wording: Wordings) -> Iterator[Pair]:
    """The questions of which is known which sentences answer."""
    for row in rows("invented"):
        text, sentences = _with_spans(row["paper"], row["sentences"])
        for question in row["questions"]:
            if question["kind"] == "answered":
                yield Pair(wording(question["question"]), text, (), sentences, tuple(question["says"]))


def _papers(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(encoder_text(paper["title"], paper["text"]) for paper in row["papers"])


def _with_spans(title: str, sentences: list[str]) -> tuple[str, Spans]:
    body = " ".join(sentences)
    text = encoder_text(title, body)
    starts = len(text) - len(body) + np.cumsum([0, *(len(sentence) + 1 for sentence in sentences)])
    spans = zip(starts[:-1].tolist(), (starts[1:] - 1).tolist(), strict=True)
    return text, tuple((start, end) for start, end in spans)
