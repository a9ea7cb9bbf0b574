"""Recorded replies of a model pin the checker: what it catches, and how seldom it cries wolf."""

from __future__ import annotations

import pytest

from eval.replies import Verdict, recorded, verdicts


@pytest.fixture(scope="module")
def found() -> list[Verdict]:
    return verdicts(recorded())


def share(found: list[Verdict], *labels: str) -> float:
    marked = [verdict.marked for verdict in found if verdict.label in labels]
    return sum(marked) / len(marked)


def test_there_are_enough_of_them() -> None:
    replies = recorded()
    assert len(replies) >= 60
    assert {label for reply in replies for _, label in reply.sentences} >= {
        "good", "number", "paper", "name", "polarity", "unsupported", "unmarked", "injected",
    }  # fmt: skip


def test_good_sentences_are_let_be(found: list[Verdict]) -> None:
    assert share(found, "good") <= 0.05


def test_bad_sentences_are_caught(found: list[Verdict]) -> None:
    bad = {verdict.label for verdict in found} - {"good"}
    assert share(found, *bad) >= 0.7


@pytest.mark.parametrize("label", ["paper", "name", "injected", "unmarked", "unit"])
def test_these_are_all_caught(found: list[Verdict], label: str) -> None:
    assert share(found, label) == 1.0


def test_every_mark_has_its_reason(found: list[Verdict]) -> None:
    claims = [claim for verdict in found for claim in verdict.claims if claim.verdict == "unsupported"]
    assert claims
    assert all(claim.reason for claim in claims)
