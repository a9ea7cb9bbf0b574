"""How likely the best paper answers the question at all.

Learned from questions that the papers answer and questions that they do not: off topic, near the topic,
about a detail that the paper leaves out, with a premise that is false.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.linear_model import trained
from rag.retrieval import features, pairing
from rag.retrieval.pairing import Pair
from rag.retrieval.retriever import Hits
from rag.text.names import capitalised, names
from rag.text.words import words
from rag.writing import sentence_features
from rag.writing.answer_type import asked_types, shows
from rag.writing.sentence_features import SentenceTable

NAMES = (
    *features.NAMES, "score", "lead", "unknown", "unknown_name", "name_missing", "capital_missing", "word_missing",
    "two_weakest", "badly_met", "worst_met", "best_sentence", "best_residual", "sentence_cover",
    "likeliest", "type_shown", "compared", "pair_named",
)  # fmt: skip
_RESIDUAL = sentence_features.NAMES.index("late_residual")
_COVER = sentence_features.NAMES.index("cover")
_BADLY = 0.5  # cosine under which a piece of the question counts as not met


def threshold(hits: Hits) -> float:
    """The probability under which training would have the answer refused."""
    return trained("answerability", NAMES, hits.keyworded).threshold


def probability(question: str, hits: Hits, table: SentenceTable, pair: Pair | None) -> float:
    """The probability that the best candidate, whose sentences are `table`, answers the question."""
    row = answerability_features(question, hits, table, pair)
    return float(trained("answerability", NAMES, hits.keyworded).probability(row[None, :])[0])


def answerability_features(question: str, hits: Hits, table: SentenceTable, pair: Pair | None) -> NDArray[np.float32]:
    """`(len(NAMES),)`."""
    scores = hits.scores
    lead = float(scores[0] - scores[1]) if len(scores) > 1 else 1.0
    row = [
        *hits.table[0],
        float(scores[0]),
        lead,
        *_words(question, hits),
        *_pieces(hits),
        *_sentences(hits, table),
        *_likeliest(question, table),
        pair.probability if pair else 0.0,
        float(pair.features[pairing.NAMES.index("named")]) / 2 if pair else 0.0,
    ]
    return np.asarray(row, dtype=np.float32)


def _words(question: str, hits: Hits) -> list[float]:
    query = hits.query
    present = hits.candidates[0].words
    known = np.asarray([number >= 0 for number in query.numbers], dtype=bool)
    named = _among(query.words, names(question))
    capital = _among(query.words, capitalised(question))
    total = max(float(query.weights.sum()), 1e-6)
    return [
        float(query.weights[~known].sum()) / total,
        float((~known & (named | capital)).any()),
        float(query.weights[~present & named].sum()) / 10,
        float(query.weights[~present & capital].sum()) / 10,
        float(np.max(query.weights * ~present, initial=0.0)) / 10,
    ]


def _among(query_words: tuple[str, ...], found: list[str]) -> NDArray[np.bool_]:
    forms = {form for name in found for form in words(name)}
    return np.asarray([word in forms for word in query_words], dtype=bool)


def _pieces(hits: Hits) -> list[float]:
    best = hits.candidates[0].pieces
    if not len(best):
        return [0.0, 0.0, 0.0]
    weights = hits.query.piece_weights
    missed = 1.0 - best
    worst = float(missed[np.argmax(weights * missed)])
    return [float(np.sort(best)[:2].mean()), float(weights[best < _BADLY].sum()), worst]


def _sentences(hits: Hits, table: SentenceTable) -> list[float]:
    if not table.sentences or not len(table.met):
        return [0.0, 0.0, 0.0]
    with np.errstate(invalid="ignore"):  # BLAS may flag what lies beyond the ends of so small a table
        late = float((hits.query.piece_weights @ table.met).max())
    return [late, float(table.features[:, _RESIDUAL].max()), float(table.features[:, _COVER].max())]


def _likeliest(question: str, table: SentenceTable) -> list[float]:
    """How likely the best sentence is, and the share of the kinds of answer asked for that it shows."""
    if not table.sentences:
        return [0.0, 0.0]
    likely = trained("sentences", sentence_features.NAMES).probability(table.features)
    asked = asked_types(question)
    best = table.sentences[int(np.argmax(likely))].text
    shown = sum(shows(best, kind) for kind in asked) / len(asked) if asked else 1.0
    return [float(likely.max()), shown]
