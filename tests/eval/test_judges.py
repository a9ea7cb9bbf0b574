"""A language model as judge: what it says is read strictly, and nothing is made of what it does not say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.records import Record
from eval.runs import Header, Run
from eval.schema import Fact, Question
from rag.cli import main
from rag.types import Answer, Citation
from tests.servers.scripted import Request, Say, ScriptedModel

TEXT = "FrogJump cuts memory by 4.7x."


def kept(home: Path) -> None:
    """A run of four answers, the second wrong, the last a refusal."""
    run = Run(home / "eval" / "one")
    run.begin(Header("mine", "0", "x", "0", "0"))
    citation = Citation(1, "FrogJump", TEXT, 0, len(TEXT), 1.0, (), TEXT, 0, "frog")
    for place, said in enumerate(("4.7x [1].", "9x [1].", "4.7x, cheaply [1].", "")):
        question = Question(f"q{place}", f"How much, {place}?", "number", "test", ("FrogJump",), (Fact(("4.7x",)),))
        cited = (citation,) if said else ()
        run.add(Record(question, Answer(question.question, said, cited, (), not said, "lookup", (), "x")))


def reply(request: Request) -> Say:
    told = f"{request.system} {request.user}"
    right = "9x" not in told
    if "facts that a right answer contains" in told:
        return Say(json.dumps({"facts": [{"number": 1, "stated": right}], "wrong": not right}))
    if "useful" in told:
        return Say(json.dumps({"grade": 5 if right else True}))
    return Say(json.dumps({"sentences": [{"number": 1, "grade": "full" if right else "partial"}]}))


@pytest.fixture
def configured(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOOTNOTE_LLM", "judge")
    monkeypatch.setenv("FOOTNOTE_LLM_API_KEY", "none")
    monkeypatch.setenv("FOOTNOTE_LLM_RETRIES", "0")
    kept(home)
    return home


def test_a_run_is_judged_and_the_judgements_kept(
    configured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "judged.jsonl"
    with ScriptedModel(reply) as server:
        monkeypatch.setenv("FOOTNOTE_LLM_BASE_URL", server.base_url)
        assert main(["eval", "judge", "one", "--out", str(out)]) == 0
    printed = capsys.readouterr().out
    for line in (
        "correctness    0.667  n=3 of 4",
        "contradicts    0.333  n=3 of 4",
        "groundedness   0.833  n=3 of 4",
        "agreement of correctness and vital recall: Pearson 1.000, n=3",
        "agreement of groundedness and the checker: undefined, n=0",
    ):
        assert line in printed
    rows = [json.loads(line) for line in out.read_text(encoding="utf8").splitlines()]
    assert [row["correctness"] for row in rows] == [1.0, 0.0, 1.0, None]
    assert [row["usefulness"] for row in rows][:3] == [1.0, None, 1.0]  # true is no grade


@pytest.mark.parametrize(
    "said",
    [
        "I would rather not.",
        '{"facts": [{"number": 2, "stated": true}], "sentences": [{"number": 1, "grade": "superb"}], "grade": 9}',
        '{"facts": "all", "wrong": "no", "sentences": null, "grade": "5"}',
    ],
)
def test_a_judge_that_says_nothing_of_use_has_judged_nothing(
    configured: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str
) -> None:
    with ScriptedModel(lambda request: Say(said)) as server:
        monkeypatch.setenv("FOOTNOTE_LLM_BASE_URL", server.base_url)
        assert main(["eval", "judge", "one"]) == 1
    told = capsys.readouterr()
    assert "correctness    undefined  n=0 of 4" in told.out
    assert "gave no usable judgement" in told.err
