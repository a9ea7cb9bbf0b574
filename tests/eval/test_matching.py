"""A fact is found however it is spelt, and in nothing that says something else."""

from __future__ import annotations

import pytest

from eval.matching import says


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1.54-fold less", "1.54x"),
        ("by a factor of 1.54", "1.54x"),
        ("six times faster", "6x"),
        ("90k parameters", "90,000 parameters"),
        ("a 7-billion-parameter model", "7B"),
        ("1.2M examples", "1.2 million"),
        ("90 thousand", "90"),
        ("nine months", "9 months"),
        ("10GB of memory", "10 GB"),
        ("it takes 5 ms", "5ms"),
        ("63.0%", "63%"),
        ("GPT-4-level answers", "GPT4"),
        ("ResNet50", "ResNet-50"),
        ("pre-training", "pretraining"),
        ("a data set", "dataset"),
        ("the optimiser", "optimizer"),
        ("its behaviour", "behavior"),
        ("a 6 x 6 grid", "6x6"),
        ("p < 0.05", "p<0.05"),
        ("It is not cheap. Still, it is cheap enough.", "cheap"),
    ],
)
def test_a_form_is_found_however_it_is_spelt(text: str, form: str) -> None:
    assert says(text, form)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("1.54x", "1.5x"),
        ("163%", "63%"),
        ("a 70B model", "7 billion"),
        ("7 million", "7B"),
        ("GPT-4o", "GPT-4"),
        ("p > 0.05", "p < 0.05"),
        ("It does not reduce memory.", "reduce memory"),
        ("The Miura fold isn't the stiffest.", "the stiffest"),
        ("factor of 1.54", "54x"),
        ("a 16x16 grid", "16x"),
        ("results", "sult"),
        ("anything", ""),
    ],
)
def test_a_form_is_not_found_in_what_says_something_else(text: str, form: str) -> None:
    assert not says(text, form)
