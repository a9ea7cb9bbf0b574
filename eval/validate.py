"""Is a dataset sound? Its rows, its titles, and its facts against the papers' own text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from eval.matching import says
from eval.schema import Question, question_from

KINDS = frozenset("""fact method number why how noisy language followup compare survey count unanswerable""".split())
SPLITS = frozenset({"train", "test"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, in which line (from 1), with which question."""

    line: int
    id: str
    message: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.id}: {self.message}"


def faults(path: Path, texts: Mapping[str, str]) -> Iterator[Fault]:
    """Everything wrong with a dataset; `texts` are the papers' texts by title."""
    seen: set[str] = set()
    for number, line in enumerate(path.read_text(encoding="utf8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            question = question_from(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            yield Fault(number, "?", f"no question: {type(error).__name__}: {error}")
            continue
        if question.id in seen:
            yield Fault(number, question.id, "the id stands in an earlier line")
        seen.add(question.id)
        yield from (Fault(number, question.id, message) for message in _wrong(question, texts))


def _wrong(question: Question, texts: Mapping[str, str]) -> Iterator[str]:
    if not question.question.strip():
        yield "the question is empty"
    if question.kind not in KINDS:
        yield f"unknown kind {question.kind!r}; known: {', '.join(sorted(KINDS))}"
    if question.split not in SPLITS:
        yield f"unknown split {question.split!r}"
    if question.answerable and not question.gold:
        yield "no gold paper"
    if not question.answerable and question.gold:
        yield "an unanswerable question has gold papers"
    for title in (*question.gold, *question.borderline):
        if title not in texts:
            yield f"no paper is called {title!r}"
    if question.single or question.kind == "compare":
        yield from _unsaid(question, texts)


def _unsaid(question: Question, texts: Mapping[str, str]) -> Iterator[str]:
    """Facts that the gold papers do not say in any form."""
    if not question.facts:
        yield "no fact"
    for fact in question.facts:
        titles = [fact.paper] if fact.paper else list(question.gold)
        known = [f"{title} {texts[title]}" for title in titles if title in texts]
        if known and not any(says(text, form) for text in known for form in fact.forms):
            yield f"no form of {fact.forms!r} stands in {titles!r}"
