"""Do the answers say what they must? Nuggets after AutoNuggetizer (Pradeep et al., 2024), and how much else they say.

A fact is a nugget, vital or okay; a refusal says none. Undefined where a question has no facts.
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.evidence import content, figures
from eval.markers import sentences
from eval.matching import states
from eval.metrics.score import Metric, share
from eval.records import Record
from eval.schema import Fact
from rag.types import Citation

_OKAY = 0.5  # weight of a fact that is not vital
_PARTLY = 0.5  # share of a form's words from which a fact is partly said


def vital_recall(record: Record) -> float | None:
    """Strict vital nugget recall: the share of vital facts said, in [0, 1]."""
    vital = [fact for fact in record.question.facts if fact.vital]
    return share([float(_said(record, fact)) for fact in vital])


def all_vital(record: Record) -> float | None:
    """1 where every vital fact is said, else 0."""
    recall = vital_recall(record)
    return None if recall is None else float(recall == 1.0)


def cited_recall(record: Record) -> float | None:
    """The share of vital facts that a sentence says which cites a gold paper's passage that says them too, in [0, 1]:
    facts named in passing, or laid to another paper, do not count."""
    by = {citation.n: citation for citation in record.answer.citations}
    said = [
        (sentence.text, [by[n] for n in sentence.cited if n in by])
        for sentence in (() if record.answer.abstained else sentences(record.answer.text))
    ]
    return share([float(_cited(record, fact, said)) for fact in record.question.facts if fact.vital])


def context_recall(record: Record) -> float | None:
    """The share of vital facts that stand in the passages which the answer cites, in [0, 1]: below 1 the search is at
    fault, above vital recall the writing."""
    passages = [f"{citation.title}. {citation.passage}" for citation in record.answer.citations]
    vital = [fact for fact in record.question.facts if fact.vital]
    return share([float(any(states(passage, fact) for passage in passages)) for fact in vital])


def weighted_recall(record: Record) -> float | None:
    """Strict nugget recall with vital facts at 1 and okay ones at 0.5, in [0, 1]."""
    facts = record.question.facts
    weights = [1.0 if fact.vital else _OKAY for fact in facts]
    total = sum(weights)
    met = sum(weight for fact, weight in zip(facts, weights, strict=True) if _said(record, fact))
    return met / total if total else None


def partial_recall(record: Record) -> float | None:
    """Vital nugget recall where a fact counts half when half of the words of one form are there, in [0, 1]."""
    vital = [fact for fact in record.question.facts if fact.vital]
    return share([1.0 if _said(record, fact) else 0.5 * _partly(record, fact) for fact in vital])


def token_precision(record: Record) -> float | None:
    """The share of the answer's content words and numbers that stand in the facts or the question, in [0, 1]; beside
    recall, since recall alone rewards length. Undefined for refusals."""
    if record.answer.abstained or not record.question.facts:
        return None
    wanted = " ; ".join([record.question.question, *(form for f in record.question.facts for form in f.forms)])
    said = [*content(record.answer.text), *figures(record.answer.text)]
    met = [*content(record.answer.text) & content(wanted), *figures(record.answer.text) & figures(wanted)]
    return len(met) / len(said) if said else None


def forbidden(record: Record) -> float | None:
    """The share of the question's forbidden facts that the answer says, in [0, 1]; lower is better."""
    return share([float(_said(record, Fact((form,)))) for form in record.question.forbidden])


def _said(record: Record, fact: Fact) -> bool:
    return not record.answer.abstained and states(record.answer.text, fact)


def _cited(record: Record, fact: Fact, said: Sequence[tuple[str, Sequence[Citation]]]) -> bool:
    papers = (fact.paper,) if fact.paper else record.question.gold
    return any(
        states(text, fact) and any(c.title in papers and states(f"{c.title}. {c.passage}", fact) for c in cited)
        for text, cited in said
    )


def _partly(record: Record, fact: Fact) -> bool:
    if record.answer.abstained:
        return False
    said = content(record.answer.text) | {str(value) for value, _ in figures(record.answer.text)}
    wanted = [content(form) | {str(value) for value, _ in figures(form)} for form in fact.forms]
    return any(words and len(words & said) / len(words) >= _PARTLY for words in wanted)


METRICS = [
    Metric("facts: all vital", all_vital, headline=True),
    Metric("facts: vital recall", vital_recall),
    Metric("facts: cited recall", cited_recall),
    Metric("facts: context recall", context_recall),
    Metric("facts: weighted recall", weighted_recall),
    Metric("facts: partial recall", partial_recall),
    Metric("facts: token precision", token_precision),
    Metric("facts: forbidden said", forbidden, better=-1),
]
