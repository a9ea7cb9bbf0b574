"""The seven learned decisions: what each is trained on, how, and with which threshold.

Each function takes questions searched in one or more views and gives a `Trained`; strengths of
regularisation were chosen by cross-validation over papers (see `eval/TRIED.md`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eval.matching import states
from eval.schema import Question
from eval.training.fitting import cross_validated, fit_listwise, fit_logistic, folds, sigmoid
from eval.training.views import Searched, View, planned
from rag.linear_model import LinearModel
from rag.question import subject_of
from rag.retrieval import features, pairing
from rag.retrieval.features import gather
from rag.retrieval.keyword_features import RANKED, ranking_features
from rag.retrieval.pairing import best_pair
from rag.writing import answerability, sentence_features
from rag.writing.answer_type import asked_types
from rag.writing.listing.terms import terms_of
from rag.writing.listing.topic import KEYWORDED, NAMES, keyworded_features
from rag.writing.sentence_features import SentenceTable, tabulate

WRONGLY_REFUSED = 0.05  # share of answerable questions that may be refused, in cross-validation
WRONGLY_COMPARED = 0.03  # share of questions on one paper that may be answered from two


@dataclass(frozen=True, slots=True)
class Trained:
    """A model with the names of its features and what cross-validation said of it."""

    name: str
    features: tuple[str, ...]
    model: LinearModel
    note: str


def train_ranker(searched: Sequence[Searched]) -> Trained:
    """Which candidate first: questions with one gold paper."""
    rows = [s for s in searched if s.question.single and _gold(s) in s.papers]
    tables = [s.hits.table.astype(np.float64) for s in rows]
    weights, note = _ordered(rows, tables, penalty=0.003)
    return Trained("ranker", features.NAMES, LinearModel(weights.astype(np.float32)), note)


def train_ranker_by_keywords(searched: Sequence[Searched], ranker: LinearModel) -> Trained:
    """What keywords add to the ranker's score, which stays as it is: for papers without keywords nothing changes."""
    rows = [s for s in searched if s.question.single and _gold(s) in s.papers and s.view.snapshot.keywords is not None]
    tables = [_with_keywords(s, ranker) for s in rows]
    weights, note = _ordered(rows, tables, penalty=0.0003)
    added = weights[1:] / weights[0]  # to a score as it was
    return Trained("ranker_keywords", RANKED, LinearModel(added.astype(np.float32)), note)


def _ordered(rows: Sequence[Searched], tables: list[np.ndarray], penalty: float) -> tuple[np.ndarray, str]:
    """The weights that put the gold papers first, and what cross-validation says of such."""
    gold = [s.papers.index(_gold(s)) for s in rows]
    fold_of = folds([s.question.gold[0] for s in rows])

    def fit(mask: np.ndarray) -> object:
        chosen = np.flatnonzero(mask)
        weights = fit_listwise([tables[i] for i in chosen], [gold[i] for i in chosen], penalty=penalty)
        return lambda row: _rank(tables[row] @ weights, gold[row])

    ranks = np.asarray(cross_validated(len(rows), fold_of, fit))  # type: ignore[arg-type]
    note = f"{len(rows)} questions; first {np.mean(ranks < 1):.3f}, among five {np.mean(ranks < 5):.3f}"
    weights = fit_listwise(tables, gold, penalty=penalty)
    return weights, note


def _with_keywords(s: Searched, ranker: LinearModel) -> np.ndarray:
    """`(candidates, 1 + len(RANKED))`: the ranker's score, and what it may be moved by."""
    keywords = s.view.snapshot.keywords
    assert keywords is not None  # nosec B101
    return np.column_stack([ranker.score(s.hits.table), ranking_features(keywords, s.hits.query, s.papers)]).astype(
        np.float64
    )


@dataclass(frozen=True, slots=True)
class SentenceRows:
    """The sentences of a gold paper for a question; `holds[s, f]`: whether sentence s states fact f."""

    title: str
    table: SentenceTable
    holds: np.ndarray


def sentence_rows(views: Sequence[View], questions: Sequence[Question]) -> list[SentenceRows]:
    """For each question and each of its gold papers, the paper's sentences and the facts that they state."""
    found: list[SentenceRows] = []
    for view in views:
        retriever = view.retriever()
        for question in questions:
            if not question.facts or not view.known(question):
                continue
            made = planned(question)
            query = retriever.prepare(made.query)
            for title in question.gold:
                facts = [fact for fact in question.facts if fact.paper in ("", title)]
                candidate = gather(view.snapshot, [view.positions[title]], query)[0][0]
                table = tabulate(view.snapshot, query, candidate, asked_types(made.wording))
                holds = [[states(sentence.text, fact) for fact in facts] for sentence in table.sentences]
                found.append(SentenceRows(title, table, np.asarray(holds, dtype=bool).reshape(len(holds), -1)))
    return found


def train_sentences(rows: Sequence[SentenceRows]) -> Trained:
    """Which sentences hold part of the answer."""
    table = np.concatenate([row.table.features for row in rows]).astype(np.float64)
    truth = np.concatenate([row.holds.any(axis=1) for row in rows])
    weights, bias = fit_logistic(table, truth, strength=0.05)
    model = LinearModel(weights.astype(np.float32), bias)
    return Trained("sentences", sentence_features.NAMES, model, f"{len(rows)} pairs, {len(truth)} sentences")


def train_comparison(searched: Sequence[Searched]) -> Trained:
    """Whether a question compares two papers."""
    rows = [s for s in searched if s.question.single or s.question.kind == "compare"]
    pairs = [best_pair(s.hits, s.plan.route == "compare") for s in rows]
    table = np.stack([pair.features for pair in pairs if pair is not None]).astype(np.float64)
    truth = np.asarray([s.question.kind == "compare" for s in rows])
    likely = _out_of_fold(table, truth, [s.question.gold[0] for s in rows], 10.0)
    threshold = float(np.quantile(likely[~truth], 1 - WRONGLY_COMPARED))
    note = f"found {np.mean(likely[truth] >= threshold):.3f}, wrongly {np.mean(likely[~truth] >= threshold):.3f}"
    weights, bias = fit_logistic(table, truth, strength=10.0)
    return Trained("comparison", pairing.NAMES, LinearModel(weights.astype(np.float32), bias, threshold), note)


def train_answerability(searched: Sequence[Searched]) -> Trained:
    """Whether the best candidate answers; `searched` holds questions whose gold paper was taken away too.

    The threshold refuses at most `WRONGLY_REFUSED` of the answerable.
    """
    rows = [s for s in searched if s.question.kind not in ("survey", "count")]
    table = np.stack([_answerability_row(s) for s in rows]).astype(np.float64)
    truth = np.asarray([s.answerable for s in rows])
    asked = np.asarray([not s.question.answerable for s in rows])
    groups = [s.question.group for s in rows]
    likely = _out_of_fold(table, truth, groups, 0.02)
    threshold = float(np.quantile(likely[truth], WRONGLY_REFUSED * 0.8))  # a margin, since test differs from train
    note = (
        f"refused {np.mean(likely[asked] < threshold):.3f}, with the gold paper taken away "
        f"{np.mean(likely[~truth & ~asked] < threshold):.3f}, wrongly {np.mean(likely[truth] < threshold):.3f}"
    )
    weights, bias = fit_logistic(table, truth, strength=0.02)
    model = LinearModel(weights.astype(np.float32), bias, threshold)
    return Trained("answerability", answerability.NAMES, model, note)


@dataclass(frozen=True, slots=True)
class TopicRows:
    """The candidates of listings by topic: `table` `(rows, KEYWORDED)`, whether each belongs, and to which listing."""

    table: np.ndarray
    truth: np.ndarray
    owners: list[str]
    listings: int


def topic_rows(views: Sequence[View], questions: Sequence[Question], ranker: LinearModel) -> TopicRows:
    """What is known of the candidates of each listing by topic; borderline papers are left out."""
    tables: list[np.ndarray] = []
    truths: list[np.ndarray] = []
    owners: list[str] = []
    for view in views:
        retriever = view.retriever(ranker)
        for question in questions:
            if question.survey != "topic" or terms_of(question.question):
                continue
            subject = subject_of(question.question)
            hits = retriever.hits(subject, candidates=150)
            titles = [view.snapshot.title(candidate.paper) for candidate in hits.candidates]
            keep = np.asarray([title not in question.borderline for title in titles])
            tables.append(keyworded_features(view.snapshot, hits, subject)[keep].astype(np.float64))
            truths.append(np.asarray([title in question.gold for title in titles])[keep])
            owners.extend([question.id] * int(keep.sum()))
    return TopicRows(np.concatenate(tables), np.concatenate(truths), owners, len(tables))


def train_topic(rows: TopicRows) -> Trained:
    """Whether a candidate belongs in a listing by topic; the threshold is best for F1."""
    return _topic("topic", NAMES, rows)


def train_topic_by_keywords(rows: TopicRows, threshold: float) -> Trained:
    """The same for papers with keywords, moved so that both decide at one threshold."""
    made = _topic("topic_keywords", KEYWORDED, rows)
    bias = made.model.bias + _logit(threshold) - _logit(made.model.threshold)
    return replace(made, model=LinearModel(made.model.weights, bias, threshold))


def _topic(name: str, features_: tuple[str, ...], rows: TopicRows) -> Trained:
    table = rows.table[:, : len(features_)]
    likely = _out_of_fold(table, rows.truth, rows.owners, 0.3)
    threshold, f1 = _best_f1(likely, rows.truth, rows.owners)
    weights, bias = fit_logistic(table, rows.truth, strength=0.3)
    model = LinearModel(weights.astype(np.float32), bias, threshold)
    return Trained(name, features_, model, f"{rows.listings} listings, mean F1 {f1:.3f}")


def _logit(probability: float) -> float:
    return float(np.log(probability / (1 - probability)))


def _rank(scores: np.ndarray, row: int) -> int:
    return int((scores > scores[row]).sum())


def _gold(searched: Searched) -> int:
    return searched.view.positions[searched.question.gold[0]]


def _answerability_row(s: Searched) -> np.ndarray:
    snapshot = s.view.snapshot
    table = tabulate(snapshot, s.hits.query, s.hits.candidates[0], asked_types(s.plan.wording))
    pair = best_pair(s.hits, s.plan.route == "compare")
    return answerability.answerability_features(s.plan.wording, s.hits, table, pair)


def _out_of_fold(table: np.ndarray, truth: np.ndarray, groups: Sequence[str], strength: float) -> np.ndarray:
    fold_of = folds(groups)

    def fit(mask: np.ndarray) -> object:
        weights, bias = fit_logistic(table[mask], truth[mask], strength)
        return lambda row: float(sigmoid(table[row] @ weights + bias))

    return np.asarray(cross_validated(len(table), fold_of, fit))  # type: ignore[arg-type]


def _best_f1(likely: np.ndarray, truth: np.ndarray, owners: Sequence[str]) -> tuple[float, float]:
    """The threshold with the best mean F1 over owners' rows, and that F1."""
    owner = np.asarray(owners)

    def mean_f1(threshold: float) -> float:
        scores = []
        for name in np.unique(owner):
            kept, gold = likely[owner == name] >= threshold, truth[owner == name]
            scores.append(2 * float((kept & gold).sum()) / max(float(kept.sum() + gold.sum()), 1.0))
        return float(np.mean(scores))

    thresholds = np.linspace(0.05, 0.8, 51)
    best = max(thresholds, key=lambda threshold: mean_f1(float(threshold)))
    return float(best), mean_f1(float(best))
