"""Comparisons and the gate: what is more than chance."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.compare import Change, changes, drops, flips, randomised, together
from eval.metrics import Metric
from eval.records import Record
from rag.cli import main


def test_two_runs_are_compared_and_gated(papers: Path, dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        assert main(["eval", "--dataset", str(dataset), "--name", name]) == 0
    capsys.readouterr()
    assert main(["eval", "compare", "one", "two"]) == 0
    printed = capsys.readouterr().out
    assert "0 questions have another outcome" in printed
    assert "no headline figure fell significantly" in printed
    assert main(["eval", "report", "one", "--out", str(dataset.with_suffix(".txt"))]) == 2
    baseline = papers / "baseline.json"
    assert main(["eval", "baseline", "one", "--out", str(baseline)]) == 0
    assert main(["eval", "gate", "--baseline", str(baseline), "--name", "two"]) == 0
    figures = json.loads(baseline.read_text(encoding="utf8"))
    figures["figures"] = {"facts: all vital": {f"q{i}": 1.0 for i in range(5)}, "papers: F1": {"q0": 1.0}}
    baseline.write_text(json.dumps(figures), encoding="utf8")
    assert main(["eval", "gate", "--baseline", str(baseline), "--name", "two"]) == 0
    assert main(["eval", "gate", "--baseline", str(dataset), "--name", "two"]) == 2


def test_a_gate_wants_the_baselines_own_questions(
    papers: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(papers)  # the questions lie elsewhere
    rows = [json.loads(line) for line in dataset.read_text(encoding="utf8").splitlines()]
    rows[0]["question"] = "What is FrogJump?"
    other = dataset.with_name("other.jsonl")
    other.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")
    for name, asked in (("one", dataset), ("two", other)):
        assert main(["eval", "--dataset", str(asked), "--name", name]) == 0
    baseline = str(tmp_path / "baseline.json")
    assert main(["eval", "baseline", "one", "--out", baseline]) == 0
    lines = (papers / "eval" / "one" / "records.jsonl").read_text(encoding="utf8").split("\n")
    capsys.readouterr()
    assert main(["eval", "gate", "--baseline", baseline, "--dataset", str(dataset)]) == 0
    for words, told in (
        (["gate", "--baseline", baseline, "--name", "two"], "was made with other questions"),
        (["gate", "--baseline", baseline], "say with --dataset where it is"),
        (["compare", "one", "two"], "ask different things as 'q0'"),
        (["report", "one", "--beside", "two", "--out", str(tmp_path / "x.html")], "ask different things as 'q0'"),
        (["report", "three"], "there is no run 'three'"),
        (["compare", "one", "x" * 3000], "there is no run 'xx"),
        (["compare", "", "one"], "there is no run ''"),
    ):
        assert main(["eval", *words]) == 2
        assert told in capsys.readouterr().err
    (papers / "eval" / "one" / "records.jsonl").write_text("\n".join(lines[:2]), encoding="utf8")
    assert main(["eval", "gate", "--baseline", baseline, "--name", "one"]) == 2
    assert "lacks 4 of the baseline's questions" in capsys.readouterr().err
    assert main(["eval", "compare", "one", "one"]) == 0
    told = capsys.readouterr()
    assert "one is not whole: it has 2 questions so far" in told.err
    assert "too few to tell" in told.out


def test_a_drop_closes_the_gate(records: list[Record]) -> None:
    many = [
        replace(
            r, question=replace(r.question, id=f"{r.question.id}-{i}", gold=tuple(f"{t} {i}" for t in r.question.gold))
        )
        for i in range(8)
        for r in records
    ]
    worse = [replace(r, answer=replace(r.answer, text="Nothing [1].")) for r in many]
    fallen = {change.metric.name for change in drops(changes(many, worse))}
    assert "facts: all vital" in fallen
    assert not drops(changes(many, many))
    assert {flip.after for flip in flips(many, worse)} == {"wrong"}
    few = [r for r in worse if r.question.id.endswith("-0")][:5]
    assert {c.verdict for c in changes(many, few)} == {"too few to tell"}


def test_headline_figures_are_one_family() -> None:
    def change(name: str, p: float, headline: bool = True) -> Change:
        return Change(Metric(name, lambda _: 1.0, headline=headline), 1.0, 0.9, -0.2, 0.0, p, 50, 50)

    found = together([change("a", 0.02), change("b", 0.01), change("c", 0.6), change("d", 0.001, headline=False)])
    assert found == pytest.approx({"b": 0.03, "a": 0.04, "c": 0.6})


def test_a_figure_that_is_gone_closes_the_gate(
    papers: Path, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "--dataset", str(dataset), "--name", "one"]) == 0
    baseline = tmp_path / "baseline.json"
    assert main(["eval", "baseline", "one", "--out", str(baseline)]) == 0
    kept = papers / "eval" / "one" / "records.jsonl"
    lines = [{**json.loads(line), "ranked": None} for line in kept.read_text(encoding="utf8").splitlines()]
    kept.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf8")
    capsys.readouterr()
    assert main(["eval", "gate", "--baseline", str(baseline), "--name", "one"]) == 1
    assert "success@1                      undefined now" in capsys.readouterr().out


def test_the_randomisation_test_knows_chance_from_change() -> None:
    import numpy as np

    assert randomised(np.asarray([1.0, -1.0] * 20)) == 1.0
    assert randomised(np.ones(20)) < 0.001
    assert randomised(np.zeros(5)) == 1.0
