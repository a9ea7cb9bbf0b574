"""Requests for lists in words that no rule knows."""

import json
from pathlib import Path

import pytest

from rag.question import plan
from rag.question.many import asks_for_many
from rag.question.wording import understood

WORDINGS = Path(__file__).resolve().parents[2] / "eval" / "datasets" / "wordings.jsonl"


def test_wordings_that_it_was_not_trained_on() -> None:
    rows = [json.loads(line) for line in WORDINGS.read_text(encoding="utf8").splitlines()]
    held_out = [row for row in rows if row["split"] == "test"]
    assert len(held_out) == 220

    def found(many: bool) -> float:
        said = [asks_for_many(understood(row["text"])) for row in held_out if row["many"] is many]
        return sum(said) / len(said)

    assert found(True) > 0.6
    assert found(False) < 0.15


@pytest.mark.parametrize("text", ["LoRA", "Lost in the middle", "code", "LoRA memory", ""])
def test_a_few_words_are_no_request(text: str) -> None:
    assert not asks_for_many(text)


@pytest.mark.parametrize(
    ("question", "route"),
    [
        ("I don't own a graphics card. How many papers offer models for a plain CPU?", "count"),
        ("Our generator makes things up. Is there any work on spotting invented facts?", "survey"),
        ("I read Which Is Better? by Kim. What is its learning rate?", "lookup"),
    ],
)
def test_what_is_asked_may_stand_behind_why(question: str, route: str) -> None:
    assert plan(question).route == route


def test_what_only_sounds_like_a_list_may_be_looked_up() -> None:
    made = plan("My graphics card keeps running full, what helps against that when fine-tuning big models?")
    assert (made.route, made.topic) == ("survey", True)
