"""Training of `rag.question.many`: which questions ask for many papers, by the shape of their wording.

`wordings.jsonl` has both kinds in the same styles. More that do are the listings and counts of train and the requests
of `listings.jsonl`; more that do not are the other questions of train, and the questions on one paper in
`reading.jsonl`, `abstracts.jsonl` and `invented.jsonl`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.schema import Question
from eval.training.fitting import folds
from rag.question.many import tokens, wording_features
from rag.question.route import route_of
from rag.question.wording import understood

_DATASETS = Path(__file__).parents[1] / "datasets"
_COMMON = 420  # words, the most frequent ones of all questions
_FEWEST = 10  # questions that have a feature
_STRENGTH = 1.0  # inverse of the L1 penalty
_THRESHOLD = 0.7  # beside it, what the search finds has a say: see `rag.writing.listing.survey.lists_topic`


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's wording, whether it asks for many papers, and what it belongs to in cross-validation."""

    text: str
    many: bool
    group: str


def train_many(questions: list[Question]) -> dict[str, Any]:
    """What `weights/many.json` holds, with what cross-validation says of questions that the rules do not know."""
    asked = [*_asked(questions)]
    frequent = Counter(word for one in asked for word in {token.lower() for token in tokens(one.text)})
    common = sorted(word for word, _ in frequent.most_common(_COMMON))
    rows = [wording_features(one.text, frozenset(common)) for one in asked]
    having = Counter(name for row in rows for name in row)
    names = sorted(name for name, count in having.items() if count >= _FEWEST)
    truth = np.asarray([one.many for one in asked])
    table = _table(rows, names)
    likely = np.zeros(len(asked))
    fold_of = folds([one.group for one in asked])
    for fold in np.unique(fold_of):
        likely[fold_of == fold] = _fitted(table[fold_of != fold], truth[fold_of != fold]).predict_proba(
            table[fold_of == fold]
        )[:, 1]
    unknown = np.asarray([route_of(one.text) in ("lookup", "compare") for one in asked])
    found = np.mean(likely[truth & unknown] >= _THRESHOLD)
    wrongly = np.mean(likely[~truth & unknown] >= _THRESHOLD)
    model = _fitted(table, truth)
    kept = {name: round(float(w), 3) for name, w in zip(names, model.coef_[0], strict=True) if abs(w) >= 0.0005}
    return {
        "common": common,
        "weights": kept,
        "bias": round(float(model.intercept_[0]), 3),
        "threshold": _THRESHOLD,
        "cross_validation": f"of {int((truth & unknown).sum())} listings that the rules miss {found:.3f} found, "
        f"of {int((~truth & unknown).sum())} others {wrongly:.4f} taken for one",
    }


def _asked(questions: list[Question]) -> Iterator[Asked]:
    for question in questions:
        if not question.history and question.lang == "en":
            yield Asked(understood(question.question), question.kind in ("survey", "count"), question.id)
    for place, row in enumerate(_rows("wordings")):
        if row["split"] == "train":
            yield Asked(understood(row["text"]), row["many"], f"wording {place // 20}")
    for place, row in enumerate(_rows("listings")):
        for request in row["requests"]:
            yield Asked(understood(request["request"]), True, f"listing {place}")
    for row in _rows("reading"):
        if row["split"] == "train":
            yield Asked(understood(row["question"]), False, row["paper"])
    for name in ("abstracts", "invented"):
        for row in _rows(name):
            for one in row["questions"]:
                yield Asked(understood(one if isinstance(one, str) else one["question"]), False, row["paper"])


def _rows(name: str) -> Iterator[dict[str, Any]]:
    with (_DATASETS / f"{name}.jsonl").open(encoding="utf8") as file:
        yield from map(json.loads, file)


def _table(rows: list[dict[str, float]], names: list[str]) -> Any:
    from sklearn.feature_extraction import DictVectorizer

    known = set(names)  # in alphabetical order, as the vectorizer has its columns
    table = DictVectorizer().fit_transform([{k: v for k, v in row.items() if k in known} for row in rows])
    table.indices, table.indptr = table.indices.astype(np.int32), table.indptr.astype(np.int32)
    return table


def _fitted(table: Any, truth: np.ndarray) -> Any:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=_STRENGTH, penalty="l1", solver="liblinear", random_state=0)
    return model.fit(table, truth)
