"""A passage as the checks see it: its sentences with words, numbers and direction words, and its word pieces."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np

from rag.embedding import TokenVectors
from rag.grounding.content import stems
from rag.grounding.polarity import Marks, marks
from rag.grounding.word_vectors import Words, words_with_vectors
from rag.text.quantities import Quantity, quantities
from rag.text.sentences import sentences
from rag.types import Passage

Encode = Callable[[Passage], TokenVectors]
_NO_TOKENS = TokenVectors(np.zeros((0, 128), dtype=np.float32), np.zeros((0, 2), dtype=np.int32))


@dataclass(frozen=True, slots=True)
class SourceSentence:
    """A sentence of a passage; `start` and `end` are offsets in the paper's text."""

    passage: Passage
    start: int
    end: int
    text: str
    words: frozenset[str]
    quantities: tuple[Quantity, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """All that a claim cites: sentences in order, the stems of the titles, the whole text, word pieces, and the
    words in order with what they point to."""

    sentences: tuple[SourceSentence, ...]
    title_words: frozenset[str]
    text: str
    tokens: TokenVectors
    words: Words
    marks: Marks


def source_of(passages: Sequence[Passage], encode: Encode | None = None) -> Source:
    """The passages that a claim cites, taken together; `encode` gives a passage's word pieces `(n, 128)`, their
    offsets in its text (negative in its title). Without it no word pieces are compared."""
    tokens = [encode(passage) if encode else _NO_TOKENS for passage in passages]
    found = [sentence for passage in passages for sentence in _sentences(passage)]
    titles = frozenset(word for passage in passages for word in _title_words(passage.title))
    text = " ".join(part for passage in passages for part in (passage.title, passage.text))
    vectors = np.concatenate([own.vectors for own in tokens]) if tokens else _NO_TOKENS.vectors
    offsets = np.concatenate([own.offsets for own in tokens]) if tokens else _NO_TOKENS.offsets
    told = [words_with_vectors(passage.text, own) for passage, own in zip(passages, tokens, strict=True)]
    marked = [marks(passage.text, own) for passage, own in zip(passages, told, strict=True)]
    return Source(tuple(found), titles, text, TokenVectors(vectors, offsets), _all_words(told), _all_marks(marked))


def _all_words(parts: Sequence[Words]) -> Words:
    texts = tuple(text for part in parts for text in part.texts)
    if not parts:
        return words_with_vectors("", _NO_TOKENS)
    stemmed, starts, ends, vectors = (np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS)
    return Words(texts, stemmed, starts, ends, vectors)


def _all_marks(parts: Sequence[Marks]) -> Marks:
    if not parts:
        return marks("", words_with_vectors("", _NO_TOKENS))
    return Marks(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Marks)))


_ARRAYS = ("stems", "starts", "ends", "vectors")


@lru_cache(maxsize=2048)
def _title_words(title: str) -> frozenset[str]:
    return frozenset(stems(title))


def _sentences(passage: Passage) -> list[SourceSentence]:
    return [
        SourceSentence(passage, passage.start + start, passage.start + end, text, said, numbers)
        for start, end, text, said, numbers in _read(passage.text)
    ]


@lru_cache(maxsize=2048)
def _read(text: str) -> tuple[tuple[int, int, str, frozenset[str], tuple[Quantity, ...]], ...]:
    return tuple(
        (start, end, text[start:end], frozenset(stems(text[start:end])), tuple(quantities(text[start:end])))
        for start, end in sentences(text)
    )
