"""The nouns of evaluation: questions with gold papers and facts, one JSON object a line.

`eval/datasets/README.md` says what each field means; `term` and `any` are called `terms` and `forms` here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.datasets import rows

_TEXTS = ("id", "question", "kind", "split", "reason", "about", "lang", "survey")
_LISTS = ("gold", "borderline", "term", "forbidden")
FIELDS = frozenset({*_TEXTS, *_LISTS, "history", "facts", "count", "accepted"})


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
    accepted: bool = True

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


def question_from(row: Any) -> Question:
    """The question of one row.

    Raises:
        ValueError: for what is no row, saying why in words.
    """
    _check(row)
    return Question(
        id=row["id"],
        question=row["question"],
        kind=row["kind"],
        split=row.get("split", "test"),
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
        accepted=row.get("accepted", True),
    )


def _check(row: Any) -> None:
    """A string where a list belongs would be a list of letters, and nearly any answer says those."""
    if not isinstance(row, dict):
        raise ValueError("a row is a JSON object")
    for name in ("id", "question", "kind"):
        if not _is_text(row.get(name)):
            raise ValueError(f"{name!r} is not there, or no text")
    for name in _TEXTS:
        if not isinstance(row.get(name, ""), str):
            raise ValueError(f"{name!r} is no text")
    for name in _LISTS:
        if not _is_list(row.get(name, []), _is_text):
            raise ValueError(f"{name!r} is no list of texts")
    if not _is_list(row.get("history", []), _is_turn):
        raise ValueError('\'history\' is no list of {"role": "user" or "assistant", "content": text}')
    if not _is_list(row.get("facts", []), _is_fact):
        raise ValueError('\'facts\' is no list of {"any": [text, …], "vital": true or false, "paper": title}')
    if type(row.get("count", 0)) is not int or not isinstance(row.get("accepted", True), bool):
        raise ValueError("'count' is no whole number, or 'accepted' neither true nor false")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_list(value: Any, of: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(map(of, value))


def _is_turn(value: Any) -> bool:
    known = isinstance(value, dict) and value.get("role") in ("user", "assistant")
    return known and isinstance(value.get("content"), str)


def _is_fact(value: Any) -> bool:
    if not isinstance(value, dict) or not value.get("any") or not _is_list(value["any"], _is_text):
        return False
    return isinstance(value.get("vital", True), bool) and isinstance(value.get("paper", ""), str)


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a JSON Lines file that are not blank, with their numbers from 1.

    Raises:
        OSError: when it cannot be read.
    """
    lines = enumerate(path.read_text(encoding="utf8").split("\n"), start=1)  # some break lines elsewhere
    return ((number, line) for number, line in lines if line.strip())


def load(path: Path) -> list[Question]:
    """The questions of a JSON Lines file.

    Raises:
        OSError: when it cannot be read.
        ValueError: for a line that is no question, or an id that stands in two, saying which.
    """
    found: dict[str, Question] = {}
    for number, line in numbered_lines(path):
        try:
            question = question_from(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise ValueError(f"line {number}: {error}") from None
        if question.id in found:
            raise ValueError(f"line {number}: the id {question.id!r} stands in an earlier line")
        found[question.id] = question
    return list(found.values())


def bundled(split: str) -> list[Question]:
    """The questions of the bundled set, of one split: "train" or "test"."""
    return [question_from(row) for row in rows(split)]
