"""Runs and their reports, through the command."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from eval.figures import figures
from eval.records import Record
from eval.report import as_html, as_json, as_markdown, calibration, calibration_error, risk_coverage
from eval.runner import run
from eval.runs import Run
from eval.schema import Fact, Question, load
from rag.assistant import Assistant
from rag.cli import main
from rag.types import Answer
from tests.eval.pond import ROWS
from tests.servers.scripted import Fail, Say, ScriptedModel


def test_a_run_is_kept_printed_and_reported(
    papers: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)  # as in an install from requirements.lock
    page = tmp_path / "page.html"
    assert main(["eval", "--dataset", str(dataset), "--name", "one", "--html", str(page), "--by", "kind"]) == 0
    printed = capsys.readouterr().out
    assert "success@1" in printed
    assert "kind number" in printed
    assert len(Run(papers / "eval" / "one").records()) == len(ROWS)
    header = Run(papers / "eval" / "one").header()
    assert header["dataset_hash"]
    assert header["index_revision"]
    assert "llm_api_key" not in header["settings"]
    assert "<details" in page.read_text(encoding="utf8")
    assert "http" not in page.read_text(encoding="utf8").replace("https://example.org/frogjump", "")


@pytest.mark.parametrize("name", ["../../x", "a/b", "a\\b", "..", ".", "", "x" * 300, "a\nb", "\0"])
@pytest.mark.parametrize("verb", ["run", "starter"])
def test_a_run_is_kept_in_a_folder_of_its_own(
    home: Path, dataset: Path, capsys: pytest.CaptureFixture[str], verb: str, name: str
) -> None:
    words = ["--python", "/nowhere"] if verb == "starter" else []
    assert main(["eval", verb, "--dataset", str(dataset), "--name", name, *words]) == 2
    assert "no run can be called" in capsys.readouterr().err
    assert not list(home.parent.rglob("run.json"))


def test_odd_words_are_told_before_anything_is_asked(
    papers: Path, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "odd.jsonl").write_text("[1]\n", encoding="utf8")
    for words, told in (
        (["--by", "colour"], "no field 'colour'"),
        (["--workers", "0"], "--workers"),
        (["--dataset", str(tmp_path / "odd.jsonl")], "is no dataset"),
    ):
        assert main(["eval", "--dataset", str(dataset), *words]) == 2
        assert told in capsys.readouterr().err
    assert main(["eval", "--name", "compare", "--dataset", str(dataset)]) == 0


def test_a_killed_run_goes_on(pond: Assistant, dataset: Path, tmp_path: Path) -> None:
    whole = run(pond, load(dataset), Run(tmp_path / "whole"))
    half = Run(tmp_path / "half")
    half.folder.mkdir()
    lines = (tmp_path / "whole" / "records.jsonl").read_text(encoding="utf8").splitlines()
    (half.folder / "records.jsonl").write_text("\n".join([*lines[:3], lines[3][:40]]), encoding="utf8")
    told: list[int] = []
    again = run(pond, load(dataset), half, progress=lambda done, total: told.append(done))
    assert told == [4, 5, 6]
    assert [r.answer.text for r in again] == [r.answer.text for r in whole]
    assert len(half.records()) == len(whole)


def test_what_failed_is_told_and_asked_again(
    papers: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOOTNOTE_LLM", "small")
    monkeypatch.setenv("FOOTNOTE_LLM_API_KEY", "none")
    monkeypatch.setenv("FOOTNOTE_LLM_RETRIES", "0")
    monkeypatch.setattr("eval.cli.running.code_revision", lambda: "")  # the checkout may be committed to meanwhile
    dataset.write_text("\n".join(dataset.read_text(encoding="utf8").splitlines()[:2]), encoding="utf8")
    page = tmp_path / "page.html"
    words = ["eval", "--dataset", str(dataset), "--engine", "llm", "--name", "one", "--html", str(page)]
    with ScriptedModel(lambda request: Fail(500)) as server:
        monkeypatch.setenv("FOOTNOTE_LLM_BASE_URL", server.base_url)
        assert main(words) == 0
        told = capsys.readouterr().err
        assert "2 of 2 answers came without the model: " in told
        assert "the same command asks what failed again" in told
        assert "2 of the answers came without the model" in page.read_text(encoding="utf8")
        failed = len(server.requests)
        server.script = lambda request: Say("FrogJump cuts memory by 4.7x [1].")
        assert main(words) == 0
        assert len(server.requests) > failed
    assert "without the model" not in capsys.readouterr().err
    assert len(Run(papers / "eval" / "one").records()) == 2


def test_a_run_of_something_else_is_refused(papers: Path, dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "--dataset", str(dataset), "--name", "one"]) == 0
    assert main(["eval", "--dataset", str(dataset), "--slice", "type=numeric", "--name", "one"]) == 2
    assert "--name" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--dataset", "nothing"], ["--slice", "colour=red"], ["--slice", "kind=poem"]])
def test_bad_usage(papers: Path, words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", *words]) == 2
    assert capsys.readouterr().err.startswith("error:")


def test_reports_in_all_forms(records: list[Record]) -> None:
    header = {"dataset": "pond", "engine": "extractive"}
    plain = json.loads(as_json(records, header))
    assert sum(plain["outcomes"].values()) == len(records)
    assert "| success@1 |" in as_markdown(records, header)
    hostile = [replace(records[0], answer=replace(records[0].answer, text="<script>alert(1)</script> [1]."))]
    page = as_html([*hostile, *records[1:]], header, {"other": records})
    assert "<script>alert(1)" not in page
    assert "<mark>" in page
    assert all(0.0 <= y <= 1.0 for _, y in calibration(records))
    assert risk_coverage(records)[-1][0] == 1.0


def test_the_figures_of_the_documents_are_of_the_questions_that_they_name(records: list[Record]) -> None:
    count = replace(records[0].question, id="c", kind="count", gold=("A", "B"), borderline=("C",), facts=())
    listed = [
        Record(count, replace(records[0].answer, papers=papers)) for papers in (("A", "B"), ("A", "B", "C"), ("A",))
    ]
    found = dict(figures([*records, *listed]))
    assert (found["all facts, from one paper"].mean, found["all facts, from one paper"].denominator) == (1.0, 5)
    assert found["counts right, borderline papers allowed for"].mean == pytest.approx(2 / 3)
    assert found["unanswerable refused"].denominator == 1
    assert found["F1 of a listing by topic"].mean is None


def test_answers_of_one_confidence_are_one_point() -> None:
    question = Question("q", "What?", "fact", "test", ("A",), (Fact(("yes",)),))
    said = [Record(question, Answer("q", text, (), (), False, "lookup", (), "x")) for text in ("yes", "no") * 20]
    assert calibration(said) == [(0.0, 0.5)]
    assert risk_coverage(said) == [(1.0, 0.5)]
    assert calibration_error(said) == 0.5
    assert calibration_error([]) is None


def test_systems_stand_beside_each_other_over_what_all_were_asked(records: list[Record]) -> None:
    page = as_html(records, {}, {"other": records[:2]})
    assert "Over the 2 questions that all were asked." in page
