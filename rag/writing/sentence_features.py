"""What is known of each sentence of a paper for a question: a row of numbers, each with a name.

A word that the title or most sentences have tells papers apart but not sentences, so beside the plain
match there is a residual one in which such words count less.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.blas import one_thread
from rag.retrieval.features import Candidate
from rag.retrieval.query import Query
from rag.retrieval.segments import Segments
from rag.snapshot import Snapshot
from rag.text.searchable import searchable
from rag.types import Passage
from rag.writing.answer_type import TYPES, AnswerType, shows

NAMES = (
    "late", "late_residual", "late_share", "residual_share", "late_before", "late_after",
    "alike", "alike_share", "cover", "cover_residual", "cover_share", "local_bm25",
    "first", "second", "last", "position", "length", "anaphor", "new_number", "new_name", "results", "background",
    *(f"asks_{kind}_shows" for kind in TYPES), *(f"asks_{kind}_lacks" for kind in TYPES),
)  # fmt: skip
_ANAPHOR = re.compile(r"^(?:It|Its|This|These|They|Their|Such|Both|Here|There)\b")
_NUMBER = re.compile(r"\d+(?:[.,:]\d+)*")
_NAME = re.compile(r"\b(?:[A-Z]+[a-z]*[A-Z]\w*|[A-Z]{2,}\w*|\w+-[A-Z]\w*|[A-Z][a-z]+\d\w*)")
_RESULTS = re.compile(
    r"\b(?:experiments?|results?|achiev\w+|outperform\w*|improv\w+|state-of-the-art|reduc\w+|gains?|surpass\w*|reach\w*)\b|%",
    re.I,
)
_BACKGROUND = re.compile(
    r"\b(?:however|existing|previous\w*|prior|recent(?:ly)?|traditional\w*|despite|although|challenges?|remains?|limited)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage; offsets are in the paper's text."""

    passage: Passage
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class SentenceTable:
    """The s sentences of a paper, in order, with their features `(s, len(NAMES))` and how well each piece
    of the question is met in each, `(pieces, s)`."""

    sentences: tuple[Sentence, ...]
    features: NDArray[np.float32]
    met: NDArray[np.float32]


def tabulate(snapshot: Snapshot, query: Query, candidate: Candidate, asked: frozenset[AnswerType]) -> SentenceTable:
    """The sentences of the candidate with their features for the question."""
    passages = [snapshot.passage(position) for position in candidate.passages]
    found = [
        Sentence(passage, passage.start + start, passage.start + end, passage.text[start:end])
        for position, passage in zip(candidate.passages, passages, strict=True)
        for start, end in snapshot.sentence_spans(position)
    ]
    segments = candidate.segments
    kept = segments.sentences
    met, present = segments.met[:, kept], segments.found[:, kept]
    with one_thread():
        late = _late(query, segments, met)
    columns = [
        *late,
        segments.alike[kept],
        _share(segments.alike[kept]),
        *_lexical(query, segments.found[:, 0], present),
        *_shape(found, query, asked),
    ]
    return SentenceTable(tuple(found), np.stack(columns, axis=1).astype(np.float32), met)


def _late(query: Query, segments: Segments, met: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    if not len(met):
        return [np.zeros(met.shape[1], dtype=np.float32)] * 6
    common = np.maximum(np.clip(segments.met[:, 0], 0, 1), np.median(met, axis=1))
    residual = query.piece_weights * (1.02 - np.clip(common, 0, 1))
    late = query.piece_weights @ met
    late_residual = ((residual / max(float(residual.sum()), 1e-6)) @ met).astype(np.float32)
    before, after = np.concatenate([[0.0], late[:-1]]), np.concatenate([late[1:], [0.0]])
    return [late, late_residual, _share(late), _share(late_residual), before, after]


def _lexical(query: Query, title: NDArray[np.bool_], present: NDArray[np.bool_]) -> list[NDArray[np.float32]]:
    count = present.shape[1]
    if not len(query.words):
        return [np.zeros(count, dtype=np.float32)] * 4
    frequency = present.sum(axis=1)
    local = np.log1p((count - frequency + 0.5) / (frequency + 0.5)) * (frequency > 0)
    residual = query.weights * np.where(title, 0.3, 1.0)
    covered = (query.weights @ present) / max(float(query.weights.sum()), 1e-6)
    covered_residual = (residual @ present) / max(float(residual.sum()), 1e-6)
    return [covered, covered_residual, _share(covered), _share((local @ present).astype(np.float32))]


def _share(column: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = float(column.min(initial=0.0)), float(column.max(initial=0.0))
    return (column - low) / (high - low) if high > low else np.zeros_like(column)


def _shape(found: Sequence[Sentence], query: Query, asked: frozenset[AnswerType]) -> list[NDArray[np.float32]]:
    last = len(found) - 1
    typed_numbers = set(_NUMBER.findall(searchable(query.text)))
    typed = searchable(query.text)
    rows = [
        [
            float(i == 0), float(i == 1), float(i == last), i / max(last, 1), np.log(len(sentence.text) / 150),
            float(bool(_ANAPHOR.match(sentence.text))),
            float(bool(set(_NUMBER.findall(searchable(sentence.text))) - typed_numbers)),
            float(any(searchable(name) not in typed for name in _NAME.findall(sentence.text))),
            float(bool(_RESULTS.search(sentence.text))), float(bool(_BACKGROUND.search(sentence.text))),
            *(float(kind in asked and shows(sentence.text, kind)) for kind in TYPES),
            *(float(kind in asked and not shows(sentence.text, kind)) for kind in TYPES),
        ]
        for i, sentence in enumerate(found)
    ]  # fmt: skip
    return list(np.asarray(rows, dtype=np.float32).reshape(len(found), -1).T)
