"""The nouns of evaluation: questions with gold papers and facts, one JSON object a line.

id, question, kind    kind: fact, method, number, why, how, noisy, language, followup, compare, survey,
                      count, unanswerable
split                 "train" or "test"; by paper, so that no paper is in both
history               earlier turns, as `ask` takes them
gold                  titles of the papers that answer; all of them for a survey or a count
facts                 what the answer must contain: {"any": [forms], "vital": true, "paper": title?}
forbidden             forms of what a right answer does not say
borderline            titles that count neither for nor against a survey
reason, about         why a question is unanswerable, and the paper that it is about, if any
lang, survey, term, count    language code; "mentions" or "topic"; the terms; the gold count
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.datasets import rows


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing an answer must say, in any of several forms; `paper` is the title it belongs to, or empty."""

    forms: tuple[str, ...]
    vital: bool = True
    paper: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question of an evaluation set; see the top of this module."""

    id: str
    question: str
    kind: str
    split: str
    gold: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    history: tuple[dict[str, str], ...] = ()
    borderline: tuple[str, ...] = ()
    reason: str = ""
    about: str = ""
    lang: str = "en"
    survey: str = ""
    terms: tuple[str, ...] = ()
    count: int | None = None
    forbidden: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether the papers answer it."""
        return self.kind != "unanswerable"

    @property
    def single(self) -> bool:
        """Whether one paper answers it."""
        return self.kind not in ("compare", "survey", "count", "unanswerable")

    @property
    def group(self) -> str:
        """What a split keeps on one side: the paper that it is about, the first of several, or its own id."""
        return (*self.gold, self.about or self.id)[0]


def question_from(row: dict[str, Any]) -> Question:
    """The question of one row.

    Raises:
        KeyError: for a row without id, question, kind or split.
    """
    return Question(
        id=row["id"],
        question=row["question"],
        kind=row["kind"],
        split=row["split"],
        gold=tuple(row.get("gold", ())),
        facts=tuple(Fact(tuple(f["any"]), f.get("vital", True), f.get("paper", "")) for f in row.get("facts", ())),
        history=tuple(row.get("history", ())),
        borderline=tuple(row.get("borderline", ())),
        reason=row.get("reason", ""),
        about=row.get("about", ""),
        lang=row.get("lang", "en"),
        survey=row.get("survey", ""),
        terms=tuple(row.get("term", ())),
        count=row.get("count"),
        forbidden=tuple(row.get("forbidden", ())),
    )


def load(path: Path) -> list[Question]:
    """The questions of a JSON Lines file."""
    lines = path.read_text(encoding="utf8").split("\n")
    return [question_from(json.loads(line)) for line in lines if line.strip()]


def bundled(split: str) -> list[Question]:
    """The questions of the bundled set, of one split: "train" or "test"."""
    return [question_from(row) for row in rows(split)]
