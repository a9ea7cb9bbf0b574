"""The questions that the reader learns from and is measured by."""

import pytest

from eval.details import Outcome, figures
from eval.metrics.score import wilson
from eval.schema import bundled
from eval.training.reading import asked
from rag.corpus.digests import bundled as bundled_papers
from rag.text.sentences import sentences


def test_no_paper_is_in_both_splits() -> None:
    train, test = ({row.paper for row in asked(split)} for split in ("train", "test"))
    assert train
    assert test
    assert not train & test
    of_facts = {split: {title for q in bundled(split) if q.single for title in q.gold} for split in ("train", "test")}
    assert not train & of_facts["test"]
    assert not test & of_facts["train"]


def test_rows_point_to_sentences_that_there_are() -> None:
    counts: dict[str, int] = {}
    for paper in bundled_papers():  # of a paper that two listings have, the longer digest is kept
        counts[paper.title] = max(counts.get(paper.title, 0), len(sentences(paper.text)))
    for row in [*asked("train"), *asked("test")]:
        assert row.question.strip()
        assert bool(row.digest) == bool(row.page) == (row.kind != "missing"), row
        assert all(0 <= number < counts[row.paper] for number in row.digest), row
    assert {row.kind for row in asked("test")} == {"answered", "missing", "false"}


def test_figures_count_by_kind() -> None:
    outcomes = [
        Outcome("answered", refused=False, right=True, found=True),
        Outcome("answered", refused=True, right=False, found=False),
        Outcome("missing", refused=True, right=False, found=False),
        Outcome("false", refused=False, right=True, found=False),
    ]
    left_open, premise, wrongly, right, found = figures(outcomes)
    assert "1.000" in left_open
    assert "0.000" in premise
    assert all("0.500" in line for line in (wrongly, right, found))


def test_wilson_interval() -> None:
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)
