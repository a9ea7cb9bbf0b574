"""A question, made ready for searching: its words with their weights, its vector, its word pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.embedding import Embedder
from rag.lexical import LexicalIndex
from rag.retrieval.spelling import corrected, joined
from rag.text.words import STOPWORDS, words
from rag.token_basis import shortened_tokens

_PIECE_FLOOR = 0.15  # weight of a word piece that belongs to no search word, relative to the rarest word


@dataclass(frozen=True, slots=True)
class Query:
    """A searchable question.

    `words` are search words, corrected ones among them; `numbers` theirs in the index; `weights` their
    inverse document frequency, in nats; `vector` is `(d,)`; `pieces` is `(m, 128)`, one unit vector a word
    piece, with `piece_weights` `(m,)` that sum to 1. Without late interaction `pieces` is `(0, 128)`.
    """

    text: str
    words: tuple[str, ...]
    numbers: tuple[int, ...]
    weights: NDArray[np.float32]
    vector: NDArray[np.float32]
    pieces: NDArray[np.float32]
    piece_weights: NDArray[np.float32]
    slips: Mapping[str, str] = field(default_factory=dict)
    asked: str = ""


def prepare(text: str, embedder: Embedder, lexical: LexicalIndex) -> Query:
    """The query that `text` is; words the corpus does not have are corrected where one close to it does."""
    typed = list(dict.fromkeys(words(text)))
    found = _slips(text, typed, lexical)
    unique = tuple(dict.fromkeys([*typed, *found.values()]))
    numbers = tuple(lexical.numbers(unique))
    weights = np.asarray([inverse_document_frequency(word, lexical) for word in unique], dtype=np.float32)
    vectors, tokens = embedder.encode_with_tokens([text])
    if not tokens:
        none = np.zeros((0, vectors.shape[1]), dtype=np.float32)
        return Query(text, unique, numbers, weights, vectors[0], none, np.zeros(0, dtype=np.float32), found)
    piece_weights = _piece_weights(text, tokens[0].offsets, lexical)
    pieces = shortened_tokens(tokens[0].vectors)
    return Query(text, unique, numbers, weights, vectors[0], pieces, piece_weights, found)


def _slips(text: str, typed: Sequence[str], lexical: LexicalIndex) -> Mapping[str, str]:
    """What is typed otherwise than the corpus has it; two words that are one are not mended each."""
    pairs = joined(text, lexical)
    apart = {form for pair in pairs for form in words(pair)}
    return {**corrected([word for word in typed if word not in apart], lexical), **pairs}


def inverse_document_frequency(word: str, lexical: LexicalIndex) -> float:
    """Lucene's idf, ln(1 + (N - n + 0.5) / (n + 0.5)), at least 0."""
    frequency = lexical.document_frequency(word)
    return float(np.log1p((lexical.size - frequency + 0.5) / (frequency + 0.5)))


def _piece_weights(text: str, offsets: NDArray[np.int32], lexical: LexicalIndex) -> NDArray[np.float32]:
    rarest = np.log1p(2.0 * lexical.size + 1.0)
    weights = [max(_PIECE_FLOOR, _word_weight(word, lexical) / rarest) for word in _words_at(text, offsets)]
    total = sum(weights) or 1.0
    return np.asarray([weight / total for weight in weights], dtype=np.float32)


def _word_weight(word: str, lexical: LexicalIndex) -> float:
    if word.casefold() in STOPWORDS:
        return 0.0
    forms = words(word)
    return max((inverse_document_frequency(form, lexical) for form in forms), default=0.0)


def _words_at(text: str, offsets: NDArray[np.int32]) -> Sequence[str]:
    """For each word piece the run of non-space characters it stands in."""
    found: list[str] = []
    for start, end in offsets:
        left = max(text.rfind(" ", 0, int(start) + 1), text.rfind("\n", 0, int(start) + 1)) + 1
        right = text.find(" ", int(end))
        found.append(text[left : right if right >= 0 else len(text)])
    return found
