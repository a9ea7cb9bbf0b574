"""Runs, comparisons, the gate, the report, the drafts: through the command and the Python door."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Event
from typing import Any

import pytest

from eval import evaluate, keep, results
from eval.adapters import deepeval_rows, from_query_engine, llama_index_metric, ragas_rows
from eval.compare import Change, changes, drops, flips, randomised, together
from eval.feedback import rows as feedback_rows
from eval.matching import states
from eval.metrics import Metric
from eval.metrics.facts import all_vital
from eval.records import Record
from eval.report import as_html, as_json, as_markdown, calibration, calibration_error, risk_coverage
from eval.runner import run
from eval.runs import Run
from eval.schema import Fact, Question, load
from eval.validate import faults
from rag.assistant import Assistant
from rag.cli import main
from rag.corpus import bundled, merge
from rag.errors import UsageError
from rag.ingest import ingest
from rag.settings import load_settings
from rag.types import Answer
from tests.invented import PAPERS, numbered, write_jsonl
from tests.servers.scripted import Fail, Say, ScriptedModel

ROWS = [
    ("By how much does FrogJump cut memory?", "number", "FrogJump", "4.7x"),
    ("How many parameters does the TinyToad student have?", "number", "TinyToad", "90 thousand"),
    ("How often does the underwater arm succeed?", "fact", "Otter", "81%"),
    ("Why does keyword search miss chemistry patents?", "why", "Minnow", "many ways"),
    ("How long does recovery take with Beaver?", "fact", "Beaver", "11 seconds"),
    ("What is the capital of Mongolia?", "unanswerable", "", ""),
]


def title(start: str) -> str:
    return next(title for title in PAPERS if title.startswith(start))


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    rows = [
        {
            "id": f"q{i}",
            "question": question,
            "kind": kind,
            "split": "test",
            "gold": [title(paper)] if paper else [],
            "facts": [{"any": [fact], "vital": True}] if fact else [],
        }
        for i, (question, kind, paper, fact) in enumerate(ROWS)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")
    return path


@pytest.fixture
def papers(home: Path) -> Path:
    ingest([write_jsonl(home / "pond.jsonl", {**PAPERS, **numbered(35)})], load_settings())
    return home


@pytest.fixture
def records(pond: Assistant, dataset: Path, tmp_path: Path) -> list[Record]:
    return run(pond, load(dataset), Run(tmp_path / "run"))


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


def test_datasets_are_validated(papers: Path, dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["eval", "validate", str(dataset)]) == 0
    broken = dataset.with_name("broken.jsonl")
    rows = [json.loads(line) for line in dataset.read_text(encoding="utf8").splitlines()]
    rows[0]["gold"], rows[1]["facts"], rows[2]["kind"], rows[3]["id"] = (
        ["No such paper"],
        [{"any": ["91 thousand"]}],
        "poem",
        "q0",
    )
    broken.write_text("\n".join([*(json.dumps(row) for row in rows), "{"]), encoding="utf8")
    assert main(["eval", "validate", str(broken)]) == 1
    printed = capsys.readouterr().out
    for expected in ("No such paper", "91 thousand", "unknown kind", "earlier line", "line 7"):
        assert expected in printed


ODD = [
    ({"facts": [{"any": "4.7x"}]}, "no question: 'facts' is no list of"),  # not the list of its letters
    ({"facts": [{"any": ["4.7x"], "vital": "false"}]}, "no question: 'facts' is no list of"),
    ({"facts": [{"any": []}]}, "no question: 'facts' is no list of"),
    ({"gold": "FrogJump"}, "no question: 'gold' is no list of texts"),
    ({"forbidden": "5x"}, "no question: 'forbidden' is no list of texts"),
    ({"history": [{"speaker": "user", "text": "Hello"}]}, "no question: 'history' is no list of"),
    ({"id": 7}, "no question: 'id' is not there, or no text"),
    ({"question": None}, "no question: 'question' is not there, or no text"),
    ({"count": "three"}, "no question: 'count' is no whole number"),
    ({"fact": [], "note": "of our own"}, "unknown field 'fact'; is 'facts' meant?"),
    ({"gold": ["frogjump: sparse attention for long documents"]}, "is 'FrogJump: Sparse Attention for Long"),
    ({"facts": [{"any": ["4.7x"], "paper": "Heron"}]}, "a fact's paper is not gold: 'Heron'"),
    ({"about": "FrogJump"}, "no paper is called 'FrogJump'"),
    ({"count": 9}, "the count is 9, gold and borderline papers allow 1 to 1"),
]


def test_what_is_odd_in_a_dataset_is_told_line_by_line(
    papers: Path, dataset: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = json.loads(dataset.read_text(encoding="utf8").splitlines()[0])
    rows = [{**row, "id": f"odd {i}", **change} for i, (change, _) in enumerate(ODD)]
    dataset.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")
    assert main(["eval", "validate", str(dataset)]) == 1
    *printed, count = capsys.readouterr().out.splitlines()
    assert count == f"{len(ODD)} faults"
    for number, (line, (_, told)) in enumerate(zip(printed, ODD, strict=True), start=1):
        assert f"line {number}: " in line
        assert told in line
    assert main(["eval", "--dataset", str(dataset)]) == 2
    assert "is no dataset: line 1: 'facts' is no list of" in capsys.readouterr().err


def test_the_example_of_the_readme_is_sound(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf8")
    row = readme[readme.index('    {"id": "1"') :].partition("\n\n")[0]
    path = tmp_path / "example.jsonl"
    path.write_text(json.dumps(json.loads(row)), encoding="utf8")
    assert not list(faults(path, {paper.title: paper.text for paper in merge(bundled())}))


def test_an_id_stands_once_and_drafts_are_told(papers: Path, dataset: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = dataset.read_text(encoding="utf8").splitlines()[0]
    dataset.write_text(f"{line}\n{line}\n", encoding="utf8")
    assert main(["eval", "--dataset", str(dataset)]) == 2
    assert "line 2: the id 'q0' stands in an earlier line" in capsys.readouterr().err
    dataset.write_text(json.dumps({**json.loads(line), "accepted": False}) + "\n", encoding="utf8")
    assert main(["eval", "--dataset", str(dataset), "--name", "one"]) == 0
    assert "1 of 1 questions are drafts" in capsys.readouterr().err


def test_a_question_may_hold_a_line_separator(dataset: Path) -> None:
    rows = [json.loads(line) for line in dataset.read_text(encoding="utf8").splitlines()]
    rows[0]["question"] = "By how much\u2028does FrogJump cut memory?"
    dataset.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf8")
    assert [question.question for question in load(dataset)] == [row["question"] for row in rows]


def test_a_prompt_that_is_wrong_is_told(
    papers: Path, dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["eval", "--dataset", str(dataset), "--name", "one"]) == 0
    for name in ("judge_correctness", "draft_question"):
        (tmp_path / f"{name}.md.j2").write_text("@user\n{{ nobody }}", encoding="utf8")
    monkeypatch.setenv("FOOTNOTE_PROMPTS", str(tmp_path))
    monkeypatch.setenv("FOOTNOTE_LLM", "nobody")
    capsys.readouterr()
    for words in (["judge", "one"], ["draft", "--engine", "llm", "--out", str(tmp_path / "draft.jsonl")]):
        assert main(["eval", *words]) == 1
        told = capsys.readouterr().err
        assert "cannot be rendered: 'nobody' is undefined" in told
        assert "FOOTNOTE_PROMPTS" in told


def test_drafts_are_sound_as_they_are(papers: Path, tmp_path: Path) -> None:
    out = tmp_path / "draft.jsonl"
    assert main(["eval", "draft", "--out", str(out), "--count", "8"]) == 0
    drafted = load(out)
    assert len(drafted) == 8
    assert not any(question.accepted for question in drafted)
    assert not any(states(question.question, fact) for question in drafted for fact in question.facts)
    assert [question.answerable for question in drafted] == [*[True] * 4, False, *[True] * 3]
    assert main(["eval", "validate", str(out)]) == 0


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


def test_feedback_becomes_rows(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "feedback.jsonl"
    line = {"question": "Why?", "answer": records[0].answer.to_dict(), "helpful": True, "comment": "good"}
    path.write_text(json.dumps(line) + "\n", encoding="utf8")
    (row,) = feedback_rows(path)
    assert row["gold"] == [title("FrogJump")]
    path.write_text("{}\n", encoding="utf8")
    with pytest.raises(UsageError, match=":1:"):
        list(feedback_rows(path))
