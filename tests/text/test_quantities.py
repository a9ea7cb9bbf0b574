"""Numbers in all notations."""

from __future__ import annotations

import pytest

from rag.text.quantities import agree, quantities

SAME = [
    ("5,000x", "5000 times"),
    ("5000×", "5,000times"),
    ("40%", "40 percent"),
    ("sim1\\%", "~1%"),
    ("1.5B parameters", "1.5 billion parameters"),
    ("2M images", "2,000,000 images"),
    ("a factor of 1.54", "1.54x"),
    ("twice", "2x"),
    ("eleven seconds", "11 seconds"),
    ("about 1.5x", "1.54x"),
    ("4.8 points", "4.8%"),
]
DIFFERENT = [("1.54x", "1.43x"), ("40%", "40x"), ("5%", "5 GPUs"), ("2M", "2B"), ("1.54x", "1.5x"), ("12", "13")]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_the_same_value_in_another_notation(one: str, other: str) -> None:
    assert agree(quantities(one)[0], quantities(other)[0])


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_another_value_or_unit(one: str, other: str) -> None:
    assert not agree(quantities(one)[0], quantities(other)[0])


@pytest.mark.parametrize("name", ["GPT-4", "ResNet-50", "W4A16"])
def test_numbers_in_names_are_none(name: str) -> None:
    assert quantities(f"We use {name} here") == []


def test_places_are_exact() -> None:
    text = "It saves 65.5% on 8 GPUs."
    assert [text[q.start : q.end] for q in quantities(text)] == ["65.5%", "8"]
