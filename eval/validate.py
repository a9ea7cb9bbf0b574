"""Is a dataset sound? Its rows, its titles, and its facts against the papers' own text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from eval.matching import says
from eval.schema import FIELDS, Question, numbered_lines, question_from

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
    for number, line in numbered_lines(path):
        try:
            row = json.loads(line)
            question = question_from(row)
        except (json.JSONDecodeError, RecursionError) as error:
            yield Fault(number, "?", f"not valid JSON: {error}")
            continue
        except ValueError as error:
            yield Fault(number, "?", f"no question: {error}")
            continue
        if question.id in seen:
            yield Fault(number, question.id, "the id stands in an earlier line")
        seen.add(question.id)
        for message in (*_misspelt(row), *_wrong(question, texts)):
            yield Fault(number, question.id, message)


def _misspelt(row: Mapping[str, object]) -> Iterator[str]:
    """Fields that are nearly ours; others may be anybody's notes."""
    for name in row.keys() - FIELDS:
        if meant := get_close_matches(name, FIELDS, 1, 0.75):
            yield f"unknown field {name!r}; is {meant[0]!r} meant?"


def _wrong(question: Question, texts: Mapping[str, str]) -> Iterator[str]:
    if question.kind not in KINDS:
        yield f"unknown kind {question.kind!r}; known: {', '.join(sorted(KINDS))}"
    if question.split not in SPLITS:
        yield f"unknown split {question.split!r}"
    if question.answerable and not question.gold:
        yield "no gold paper"
    if not question.answerable and question.gold:
        yield "an unanswerable question has gold papers"
    named = (*question.gold, *question.borderline, *([question.about] if question.about else []))
    if len(set(named)) < len(named):
        yield "a title stands twice among gold, borderline and about"
    for title in named:
        if title not in texts:
            near = get_close_matches(title.casefold(), {known.casefold(): known for known in texts}, 1, 0.8)
            meant = [known for known in texts if [known.casefold()] == near]
            yield f"no paper is called {title!r}" + (f"; is {meant[0]!r} meant?" if meant else "")
    low, high = len(question.gold), len(question.gold) + len(question.borderline)
    if question.count is not None and not low <= question.count <= high:
        yield f"the count is {question.count}, gold and borderline papers allow {low} to {high}"
    if question.single or question.kind == "compare":
        yield from _unsaid(question, texts)


def _unsaid(question: Question, texts: Mapping[str, str]) -> Iterator[str]:
    """Facts that the gold papers do not say in any form."""
    if not question.facts:
        yield "no fact"
    for fact in question.facts:
        if fact.paper and fact.paper not in question.gold:
            yield f"a fact's paper is not gold: {fact.paper!r}"
        titles = [fact.paper] if fact.paper else list(question.gold)
        known = [f"{title} {texts[title]}" for title in titles if title in texts]
        if known and not any(says(text, form) for text in known for form in fact.forms):
            yield f"none of {', '.join(map(repr, fact.forms))} stands in {' or '.join(map(repr, titles))}"
