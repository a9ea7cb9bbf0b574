"""The second step of deciding whether a paper answers, fitted on the papers held out from the reader's training.

On the others the reader is surer than it would be of anything new, and weights fitted there would trust it too much.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from eval.schema import Question, bundled
from eval.training.fitting import fit_logistic
from eval.training.models import Trained
from eval.training.reading import asked, held_out
from eval.training.views import View, planned
from rag.linear_model import LinearModel
from rag.reading import Reader, Reading
from rag.retrieval.pairing import best_pair
from rag.writing import answerability, rereading
from rag.writing.answer_type import asked_types
from rag.writing.sentence_features import tabulate

_LITTLE = 1.0  # regularisation: there are four weights
# Share of the answerable that may be refused. Of the questions that it is fitted on, which ask for all that a text has,
# more fall under a threshold than of those that people ask: of 131 asked afresh 4%, where 6 to 7% do here.
_WRONGLY_REFUSED = 0.06


@dataclass(frozen=True, slots=True)
class Read:
    """A question with its best paper, read. `right`: the best one answers it."""

    answerable: bool
    right: bool
    searched: float
    reading: Reading


def train_rereading(views: Sequence[View], reader: Reader) -> Trained:
    """The second step; the first must have been trained.

    The threshold refuses few of the answerable, whether or not the right paper was found for them.
    """
    rows = [row for view in views for row in _read(view, reader)]
    table = np.stack([rereading.answered_features(row.searched, row.reading) for row in rows]).astype(np.float64)
    hope = np.asarray([row.searched >= rereading.HOPELESS for row in rows])
    right = np.asarray([row.right for row in rows])
    weights, bias = fit_logistic(table[hope], right[hope], _LITTLE)
    model = LinearModel(weights.astype(np.float32), bias)
    likely = np.where(hope, model.probability(table.astype(np.float32)), 0.0)
    answerable = np.asarray([row.answerable for row in rows])
    threshold = float(np.quantile(likely[answerable], _WRONGLY_REFUSED))
    note = (
        f"{len(rows)} questions; refused {np.mean(likely[~answerable] < threshold):.3f}, "
        f"wrongly {np.mean(likely[answerable] < threshold):.3f}"
    )
    return Trained("reread_answered", rereading.ANSWERED, LinearModel(model.weights, bias, threshold), note)


def _questions() -> Iterator[Question]:
    for row in asked("train"):
        if held_out(row.paper):
            known = row.kind == "answered"
            kind, gold = ("fact", (row.paper,)) if known else ("unanswerable", ())
            yield Question("", row.question, kind, "train", gold, about=row.paper)
    for question in bundled("train"):
        if (question.single or question.kind == "unanswerable") and held_out(question.group):
            yield question


def _read(view: View, reader: Reader) -> Iterator[Read]:
    for question in _questions():
        if not view.known(question):
            continue
        made = planned(question)
        hits = view.search.hits(made.query)
        pair = best_pair(hits, made.route == "compare")
        if not hits.candidates or (pair is not None and pair.compared):
            continue
        table = tabulate(view.snapshot, hits.query, hits.candidates[0], asked_types(made.wording))
        if table.sentences:
            searched = answerability.probability(made.wording, hits, table, pair)
            right = table.sentences[0].passage.title in question.gold
            yield Read(question.answerable, right, searched, rereading.reread(reader, made.wording, table))
