"""A language model's judgement beside the local metrics: correctness, groundedness, usefulness. Never required."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.markers import sentences
from eval.metrics import groundedness
from eval.metrics.facts import vital_recall
from eval.records import Record
from prompts import load
from rag.chat_model import Call, ChatModel, parsed, telling_prompts
from rag.errors import ModelError

_log = logging.getLogger(__name__)
_SECONDS = 60.0
_GRADES = {"full": 1.0, "partial": 0.5, "none": 0.0}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a model says of one record, None where it gave no usable reply or there is nothing to judge: shares in
    [0, 1], `contradicts` 1 where the answer says something against a fact."""

    id: str
    correctness: float | None
    contradicts: float | None
    groundedness: float | None
    usefulness: float | None


def judged(records: Sequence[Record], model: ChatModel, folder: Path | None = None) -> Iterator[Judgement]:
    """A judgement of each record.

    Raises:
        PromptError: when a prompt in `folder` cannot be used.
    """
    for record in records:
        yield Judgement(
            record.question.id,
            *_correctness(record, model, folder),
            _groundedness(record, model, folder),
            _usefulness(record, model, folder),
        )


def agreement(records: Sequence[Record], judgements: Sequence[Judgement]) -> dict[str, tuple[float | None, int]]:
    """Pearson correlation of the judge with the local metric of the same thing (None where one of them is the same
    throughout, or for fewer than three records), and over how many records."""
    by = {judgement.id: judgement for judgement in judgements}
    pairs = {
        "correctness and vital recall": [(by[r.question.id].correctness, vital_recall(r)) for r in records],
        "groundedness and the checker": [
            (by[r.question.id].groundedness, groundedness.checker_verdict(r)) for r in records
        ],
    }
    return {name: _correlation(values) for name, values in pairs.items()}


def _correlation(values: Sequence[tuple[float | None, float | None]]) -> tuple[float | None, int]:
    both = np.asarray([(a, b) for a, b in values if a is not None and b is not None])
    if len(both) < 3 or not both.std(axis=0).all():
        return None, len(both)
    return float(np.corrcoef(both.T)[0, 1]), len(both)


def _correctness(record: Record, model: ChatModel, folder: Path | None) -> tuple[float | None, float | None]:
    """The share of the facts that are stated, and whether one is contradicted."""
    facts = [{"number": i, "text": fact.forms[0]} for i, fact in enumerate(record.question.facts, start=1)]
    if not facts or record.answer.abstained:
        return None, None
    found = _reply(model, "judge_correctness", folder, record, facts=facts)
    rows, wrong = found.get("facts"), found.get("wrong")
    stated = {row.get("number"): row.get("stated") for row in _rows(rows)}
    judged = [stated.get(fact["number"]) for fact in facts]
    share = sum(map(bool, judged)) / len(facts) if all(isinstance(value, bool) for value in judged) else None
    return share, float(wrong) if isinstance(wrong, bool) else None


def _rows(found: object) -> list[Mapping[str, Any]]:
    """The objects of a list in a reply; none where it is something else."""
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def _groundedness(record: Record, model: ChatModel, folder: Path | None) -> float | None:
    said = [
        {"number": i, "cites": "".join(f"[{n}]" for n in sentence.cited), "text": sentence.text}
        for i, sentence in enumerate(sentences(record.answer.text), start=1)
    ]
    if not said or record.answer.abstained:
        return None
    found = _reply(model, "judge_groundedness", folder, record, sentences=said)
    grades = {row.get("number"): _GRADES.get(str(row.get("grade"))) for row in _rows(found.get("sentences"))}
    known = [grade for sentence in said if (grade := grades.get(sentence["number"])) is not None]
    return sum(known) / len(known) if len(known) == len(said) else None


def _usefulness(record: Record, model: ChatModel, folder: Path | None) -> float | None:
    grade = _reply(model, "judge_usefulness", folder, record).get("grade")
    return (grade - 1) / 4 if type(grade) is int and 1 <= grade <= 5 else None


def _reply(model: ChatModel, name: str, folder: Path | None, record: Record, **values: Any) -> Mapping[str, Any]:
    passages = [{"number": c.n, "title": c.title, "text": c.passage} for c in record.answer.citations]
    shared = {"question": record.question.question, "answer": record.answer.text, "passages": passages}
    with telling_prompts():
        messages = load(name, folder).render(**shared, **values)
    try:
        return parsed(model.complete(messages, Call(_SECONDS)).text) or {}
    except ModelError as error:
        _log.warning("no judgement of %s: %s", record.question.id, error.message)
        return {}
