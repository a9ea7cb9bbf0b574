"""Datasets: read strictly, checked, drafted, made of feedback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.feedback import rows as feedback_rows
from eval.matching import states
from eval.records import Record
from eval.schema import load
from eval.validate import faults
from rag.cli import main
from rag.corpus import bundled, merge
from rag.errors import UsageError
from tests.eval.pond import title


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
    for expected in ("No such paper", "91 thousand", "unknown kind", "earlier line", "line 7: ?: not valid JSON"):
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


def test_feedback_becomes_rows(tmp_path: Path, records: list[Record]) -> None:
    path = tmp_path / "feedback.jsonl"
    line = {"question": "Why?", "answer": records[0].answer.to_dict(), "helpful": True, "comment": "good"}
    path.write_text(json.dumps(line) + "\n", encoding="utf8")
    (row,) = feedback_rows(path)
    assert row["gold"] == [title("FrogJump")]
    path.write_text("{}\n", encoding="utf8")
    with pytest.raises(UsageError, match=":1:"):
        list(feedback_rows(path))
