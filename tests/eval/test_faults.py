"""The harness notices planted faults, and leaves harmless rewrites alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.agreement import ragchecker, token_f1
from eval.checker import agreement, auroc, scifact
from eval.faults import Detection, detections, false_alarms, good_answers
from rag.errors import UsageError


@pytest.fixture(scope="module")
def found() -> dict[str, Detection]:
    return {detection.name: detection for detection in detections(good_answers(), tries=1)}


def test_every_kind_is_planted(found: dict[str, Detection]) -> None:
    assert len(found) == 10
    assert all(detection.n >= 5 for detection in found.values())


def test_nearly_all_faults_move_their_own_figure(found: dict[str, Detection]) -> None:
    total = sum(detection.share * detection.n for detection in found.values()) / sum(d.n for d in found.values())
    assert total >= 0.92
    for name, detection in found.items():
        assert detection.share >= (0.8 if name == "a direction flipped" else 0.9), detection


def test_harmless_rewrites_move_nothing() -> None:
    alarms = list(false_alarms(good_answers()))
    assert alarms
    assert sum(alarm.share * alarm.n for alarm in alarms) <= 0.05 * sum(alarm.n for alarm in alarms)


def test_agreement_figures_by_hand() -> None:
    verdicts = [("supported", 0.9), ("supported", 0.6), ("unsupported", 0.7), ("unsupported", 0.1), ("unchecked", 0.5)]
    made = agreement("x", verdicts, [True, False, True, False, True])
    assert (made.n, made.unchecked) == (4, 1)
    assert made.precision == made.recall == made.f1 == made.balanced_accuracy == 0.5
    assert made.auroc == 1.0


def test_auroc_counts_ties_half() -> None:
    import numpy as np

    assert auroc(np.asarray([0.5, 0.5]), np.asarray([True, False])) == 0.5


def test_token_f1_by_hand() -> None:
    assert token_f1("memory falls", "memory rises") == pytest.approx(0.5)
    assert token_f1("", "memory") == 0.0


def test_metrics_agree_with_people(shared: Path) -> None:
    rows = {row.name: row for row in ragchecker(shared / "data")}
    assert rows["token F1"].n == 280
    assert rows["token F1"].pearson >= 0.54
    assert rows["another person"].pearson == pytest.approx(0.70, abs=0.02)


def test_the_checker_tells_sources_apart(shared: Path) -> None:
    _, own, _, by_rule = scifact(shared / "data")
    assert own.auroc > 0.85
    assert by_rule.balanced_accuracy > 0.8


def test_missing_data_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="scholarqabench"):
        scifact(tmp_path)
    with pytest.raises(UsageError, match="ragchecker_meta"):
        ragchecker(tmp_path)
