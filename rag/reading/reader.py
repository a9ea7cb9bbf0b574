"""The reader: question and text side by side through one network, so that each word of one looks at the other's.

Retrieval compares vectors that were made apart; it sees that a text is near a question, and hardly whether it says
what is asked. The reader is MiniLM (Wang et al. 2020) trained further as a cross-encoder (Nogueira & Cho 2019) by
`eval.training.reader`, with two heads: whether the text answers the question, leaves out what it asks for, or
contradicts what it takes for granted; and which sentences say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedding.minilm import opened, tokenizer_of, without_surrogates
from rag.reading.weights import WINDOW, Heads, find_reader

QUESTION = 64  # word pieces of a question that are read
_CLS, _SEP, _STOP = 101, 102, 1012


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of a question and a text.

    `answered`, `missing` and `contradicted` are probabilities that sum to 1; `evidence` `(s,)` are logits, one a
    sentence: how likely it answers, or contradicts.
    """

    answered: float
    missing: float
    contradicted: float
    evidence: NDArray[np.float32]


def load_reader(models_folder: Path) -> Reader:
    """The reader, its graph built in `models_folder` where it is not there yet (about a second).

    Raises:
        WeightsMissingError, WeightsCorruptError, EmbeddingError: as the encoder does, whose word vectors it shares.
    """
    graph, heads = find_reader(models_folder)
    return Reader(opened(graph), heads)


class Reader:
    """Reads one question and text at a time, on one thread. Safe to share between threads."""

    def __init__(self, session: Any, heads: Heads) -> None:
        self._session, self._heads = session, heads
        self._tokenizer = tokenizer_of(session)

    def read(self, question: str, title: str, sentences: Sequence[str]) -> Reading:
        """What the text, its title first, says to the question; at most `WINDOW` word pieces are read."""
        ids, spans = pieces(self._tokenizer, question, title, sentences)
        states = self._session.run(None, {"input_ids": np.asarray([ids], dtype=np.int64)})[0][0]
        scores, evidence = self._heads.scores(states, spans)
        answered, missing, contradicted = _softmax(scores)
        return Reading(float(answered), float(missing), float(contradicted), evidence)


def pieces(
    tokenizer: Any, question: str, title: str, sentences: Sequence[str]
) -> tuple[list[int], list[tuple[int, int]]]:
    """The word pieces that are read, and where each sentence stands among them; a sentence that does not fit is cut,
    and those behind it are empty."""
    texts = [without_surrogates(text) for text in (question, title, *sentences)]
    first, name, *rest = tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    ids = [_CLS, *first.ids[:QUESTION], _SEP, *name.ids[:QUESTION], _STOP]
    spans: list[tuple[int, int]] = []
    for sentence in rest:
        start = len(ids)
        ids += sentence.ids[: max(0, WINDOW - 1 - start)]
        spans.append((start, len(ids)))
    return [*ids, _SEP], spans


def _softmax(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    powers = np.exp(scores - scores.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)
