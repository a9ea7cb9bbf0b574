"""Any system can be scored, and what it said goes to other tools."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest

from eval import evaluate, keep, results
from eval.adapters import deepeval_rows, from_query_engine, llama_index_metric, ragas_rows
from eval.metrics.facts import all_vital
from eval.records import Record
from eval.schema import load
from rag.assistant import Assistant
from rag.cli import main
from rag.errors import UsageError
from rag.types import Answer
from tests.eval.pond import ROWS, title


def test_any_callable_can_be_scored(dataset: Path) -> None:
    def parrot(question: str) -> Answer:
        if "Mongolia" in question:
            raise RuntimeError("no such place")
        return Answer(question, "4.7x", (), (), False, "lookup", (), "parrot")

    found = evaluate(parrot, load(dataset), rank=lambda question: [title("FrogJump")])
    assert found[0].ranked == (title("FrogJump"),)
    assert "no such place" in found[-1].error
    assert found[-1].answer.abstained


def test_what_another_system_said_is_a_run_like_any(
    papers: Path, dataset: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "--dataset", str(dataset), "--name", "ours"]) == 0
    keep(evaluate(lambda question: "4.7x", load(dataset)), "theirs")
    capsys.readouterr()
    assert main(["eval", "compare", "ours", "theirs"]) == 0
    told = capsys.readouterr()
    assert "5 questions have another outcome" in told.out
    assert "not whole" not in told.err
    assert main(["eval", "report", "ours", "--beside", "theirs", "--out", str(tmp_path / "page.html")]) == 0
    assert "<td>theirs</td>" in (tmp_path / "page.html").read_text(encoding="utf8")
    for name in ("theirs", "../theirs"):
        with pytest.raises(UsageError):
            keep(evaluate(lambda question: "5x", load(dataset)), name)


@pytest.mark.parametrize("given", [None, 3, {"text": "4.7x"}, Answer("q", None, (), (), False, "lookup", (), "x")])  # type: ignore[arg-type]
def test_what_is_no_answer_is_an_error_of_that_question_alone(dataset: Path, given: Any) -> None:
    found = evaluate(lambda question: given if "FrogJump" in question else "90 thousand", load(dataset)[:2])
    assert "no answer but" in found[0].error
    assert (found[0].answer.abstained, found[1].error) == (True, "")
    assert all_vital(found[1]) == 1.0
    assert results(found)


@pytest.mark.parametrize("ranking", [None, "FrogJump", [1, 2], ValueError("no index")])
def test_a_ranking_that_fails_is_one_without_titles(dataset: Path, ranking: Any) -> None:
    def rank(question: str) -> Any:
        if isinstance(ranking, Exception):
            raise ranking
        return ranking

    (found,) = evaluate(lambda question: "4.7x", load(dataset)[:1], rank=rank)
    assert (found.ranked, found.answer.text) == ((), "4.7x")
    assert "no ranking" in found.error


def test_several_questions_are_asked_at_once_and_told_in_order(dataset: Path) -> None:
    together = Barrier(3, timeout=20)

    def ask(question: str) -> str:
        together.wait()  # nobody is answered before three have asked
        return question

    found = evaluate(ask, load(dataset), workers=3)
    assert [record.answer.text for record in found] == [question for question, *_ in ROWS]
    assert not any(record.error for record in found)


def test_a_system_that_hangs_is_left_behind(dataset: Path) -> None:
    held = Event()

    def slow(question: str) -> str:
        if "FrogJump" in question:
            held.wait(20)
        return "90 thousand"

    found = evaluate(slow, load(dataset)[:2], timeout_s=0.2)
    held.set()
    assert found[0].error == "TimeoutError: no answer within 0.2 s"
    assert found[0].seconds < 5
    assert not found[1].error


def test_exports_and_foreign_evaluators(records: list[Record], papers: Path, dataset: Path, tmp_path: Path) -> None:
    assert set(ragas_rows(records)[0]) == {"user_input", "response", "retrieved_contexts", "reference"}
    contexts = deepeval_rows(records)[0]["retrieval_context"]
    twice = replace(records[0], answer=replace(records[0].answer, citations=records[0].answer.citations * 2))
    assert contexts
    assert contexts == ragas_rows([twice])[0]["retrieved_contexts"]

    class Evaluator:
        def evaluate(self, query: str, response: str, contexts: list[str]) -> object:
            return type("Found", (), {"score": None, "passing": bool(contexts)})()

    assert llama_index_metric("passing", Evaluator()).of(records[0]) == 1.0
    assert main(["eval", "--dataset", str(dataset), "--name", "one"]) == 0
    assert main(["eval", "export", "one", "--out", str(tmp_path / "rows.jsonl"), "--as", "deepeval"]) == 0
    assert main(["eval", "export", "one", "--out", str(tmp_path / "trec"), "--as", "trec"]) == 0
    assert (tmp_path / "trec" / "qrels.txt").read_text(encoding="utf8").count("\n") == 5


def test_a_llama_index_query_engine_is_scored_by_the_same_harness(pond: Assistant, dataset: Path) -> None:
    from rag.llama_index import FootnoteQueryEngine

    ask = from_query_engine(FootnoteQueryEngine(pond).query, "engine")
    found = evaluate(ask, load(dataset)[:1])
    assert found[0].answer.engine == "engine"
    assert found[0].answer.papers == (title("FrogJump"),)
