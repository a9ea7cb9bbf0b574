"""Answers over the invented papers, through the public doors."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
from contextvars import ContextVar
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rag import Delta, stream
from rag.assistant import Assistant
from rag.errors import IndexMissingError, UsageError
from rag.ingest import ingest
from rag.settings import load_settings
from rag.types import Answer, Citation, Claim
from tests.invented import PAPERS, numbered, write_jsonl

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = {
    "By how much does FrogJump cut memory?": ("FrogJump", "4.7x"),
    "How many parameters does the TinyToad student have?": ("TinyToad", "90 thousand"),
    "Which data set has annotated satellite tiles of animals?": ("How Many Newts", "NewtSat"),
    "Why can hospitals not simply pool their patient records?": ("Heron", "cannot share"),
    "How often does the underwater arm succeed?": ("Otter", "81%"),
    "What does fuzzy deduplication do to memorisation?": ("Pike or Perch", "factor of nine"),
    "How long does recovery take with checkpoints in the memory of neighbours?": ("Beaver", "11 seconds"),
    "Why does keyword search miss chemistry patents?": ("Minnow", "written in many ways"),
    "how dos kingfsher draw diagramms": ("Kingfisher", "graph of boxes"),
    "LilyPad-alpha training compute": ("LilyPad", "200times"),
}


def markers(answer: Answer) -> list[int]:
    return [int(number) for number in re.findall(r"\[(\d+)\]", answer.text)]


@pytest.mark.parametrize(("question", "expected"), QUESTIONS.items())
def test_the_right_paper_answers_with_the_fact(pond: Assistant, question: str, expected: tuple[str, str]) -> None:
    answer = pond.ask(question)
    assert not answer.abstained
    assert answer.papers[0].startswith(expected[0])
    assert expected[1] in answer.text


def test_the_contract_of_an_answer(pond: Assistant) -> None:
    answer = pond.ask("By how much does FrogJump cut memory?", history=[])
    texts = {paper.title: paper.text for paper in pond.snapshot.papers()}
    assert isinstance(answer.text, str)
    assert answer.route == "lookup"
    assert answer.engine == "extractive"
    assert answer.degraded == ""
    assert sorted(set(markers(answer))) == [citation.n for citation in answer.citations]
    assert answer.papers == tuple(dict.fromkeys(citation.title for citation in answer.citations))
    for citation in answer.citations:
        assert isinstance(citation, Citation)
        assert texts[citation.title][citation.start : citation.end] == citation.quote
        start = citation.start - citation.passage_start
        assert citation.passage[start : start + len(citation.quote)] == citation.quote
        assert 0 <= citation.score <= 1
        assert citation.sources == ("pond.jsonl",)
    for claim in answer.claims:
        assert isinstance(claim, Claim)
        assert claim.verdict == "supported"
        assert claim.supported
        assert set(claim.citations) <= {citation.n for citation in answer.citations}
    assert answer.timings["total"] >= answer.timings["retrieve"] > 0
    again = json.loads(json.dumps(answer.to_dict()))
    assert again["claims"][0]["supported"] is True
    assert again["citations"][0]["title"] == answer.citations[0].title
    assert "path" not in again["citations"][0]


def test_each_sentence_ends_in_its_marker(pond: Assistant) -> None:
    text = pond.ask("How does Heron protect privacy and how much does it communicate?").text
    assert all(re.search(r"\[\d+\][.!?]?$", sentence) for sentence in re.split(r"(?<=\]\.)\s", text.strip()))


def test_a_comparison_cites_both(pond: Assistant) -> None:
    answer = pond.ask("Compare TinyToad and Heron: what does each save?")
    assert answer.route == "compare"
    assert {title.split(":")[0] for title in answer.papers} == {"TinyToad", "Heron"}


def test_listings_and_counts_go_over_the_whole_index(pond: Assistant) -> None:
    survey = pond.ask("Which papers mention DuckNet?")
    assert survey.route == "survey"
    assert set(survey.papers) == set(numbered(35))
    count = pond.ask("How many papers mention PondBench?")
    assert count.route == "count"
    assert count.text.startswith("2 papers")
    assert len(count.papers) == 2
    assert count.examined == len(PAPERS) + 35


@pytest.mark.parametrize(
    "question",
    ["Who won the football world cup in 1998?", "Is it going to rain in Paris?", "How do I bake bread?"],
)
def test_what_the_papers_do_not_answer_is_refused_with_the_nearest(pond: Assistant, question: str) -> None:
    answer = pond.ask(question)
    assert answer.abstained
    assert answer.citations == ()
    assert not markers(answer)
    assert len(answer.nearest) == 3
    assert all(title in answer.text for title in answer.nearest)


def test_a_follow_up_takes_its_topic_from_the_history(pond: Assistant) -> None:
    history = [
        {"role": "user", "content": "What does Otter learn?"},
        {"role": "assistant", "content": "A recovery policy for grasping under water."},
    ]
    answer = pond.ask("And how often does it succeed?", history)
    assert "81%" in answer.text


def test_a_follow_up_is_not_answered_by_what_was_said(pond: Assistant) -> None:
    asked = "What does Otter learn?"
    before = pond.ask(asked).text
    history = [{"role": "user", "content": asked}, {"role": "assistant", "content": before}]
    answer = pond.ask("How often does it succeed?", history)
    assert "81%" in answer.text
    assert "81%" in answer.citations[0].quote


def test_three_named_papers_are_compared(pond: Assistant) -> None:
    answer = pond.ask("Compare Otter, Beaver and Heron")
    assert (answer.route, len(answer.papers)) == ("compare", 3)


def test_filters(pond: Assistant) -> None:
    narrowed = pond.ask("How long does recovery take?", papers=["beaver"]).papers
    assert narrowed
    assert all("Beaver" in title for title in narrowed)
    assert pond.ask("By how much does FrogJump cut memory?", sources=["elsewhere"]).abstained


@pytest.mark.parametrize(
    ("question", "history"),
    [
        ("", []),
        (" \n", []),
        ("What?", [{"role": "robot", "content": "x"}]),
        ("What?", [{"role": "user"}]),
        ("What?", ["said before"]),
        ("What?", "said before"),
        ("What?", {}),
        ("What?", 7),
    ],
)
def test_bad_usage_is_said(pond: Assistant, question: str, history: list[dict[str, str]]) -> None:
    with pytest.raises(UsageError):
        pond.ask(question, history)


def test_no_history_is_none(pond: Assistant) -> None:
    assert pond.ask("What is FrogJump?", None).text == pond.ask("What is FrogJump?").text


@pytest.mark.parametrize(
    "question", ["frogs " * 200_000, "a\x00b\x1b[31m frog\u202e?", "??!!", "[1] [2] {x} %s $$", "蛙"]
)
def test_odd_questions_are_answered_or_refused(pond: Assistant, question: str) -> None:
    answer = pond.ask(question)
    assert answer.abstained or answer.citations


def test_numbers_in_brackets_of_a_paper_never_become_markers(home: Path, tmp_path: Path) -> None:
    text = "Zebrafish swim at 3 km/h [7]. Earlier work [12, 13] says 2 km/h [9-11]. The interval [0, 1] is used."
    settings = load_settings(home=home)
    ingest([write_jsonl(tmp_path / "a.jsonl", {"On the Speed of Zebrafish": text, **PAPERS})], settings)
    answer = Assistant(settings).ask("How fast do zebrafish swim?")
    assert "3 km/h" in answer.text
    assert set(markers(answer)) == {citation.n for citation in answer.citations}
    assert answer.citations[0].quote in text


def test_an_index_that_is_replaced_is_noticed(home: Path, tmp_path: Path) -> None:
    settings = load_settings(home=home)
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    ingest([path], settings)
    assistant = Assistant(settings)
    before = assistant.snapshot.paper_count
    ingest([write_jsonl(path, {**PAPERS, "On Zebrafish": "Zebrafish swim at 3 km/h."})], settings)
    assert (before, assistant.snapshot.paper_count) == (len(PAPERS), len(PAPERS) + 1)


def test_no_index_is_said(home: Path) -> None:
    with pytest.raises(IndexMissingError):
        Assistant(load_settings(home=home)).ask("Anything?")


def test_many_questions_at_once(pond: Assistant) -> None:
    async def all_at_once() -> list[Answer]:
        return await asyncio.gather(*(pond.aask(question) for question in list(QUESTIONS) * 4))

    answers = asyncio.run(all_at_once())
    assert [answer.text for answer in answers] == [pond.ask(question).text for question in list(QUESTIONS) * 4]


def test_what_is_asked_elsewhere_keeps_its_context(pond: Assistant) -> None:
    asker = ContextVar("asker", default="nobody")
    seen: list[str] = []

    class Seeing:
        """The encoder, and who asks it."""

        def __getattr__(self, name: str) -> object:
            seen.append(asker.get())
            return getattr(pond.embedder, name)

    async def ask() -> None:
        asker.set("somebody")
        await Assistant(pond.settings, embedder=Seeing()).aask("What is FrogJump?")  # type: ignore[arg-type]

    asyncio.run(ask())
    assert set(seen) == {"somebody"}


def test_a_stream_ends_in_the_answer_and_joins_to_its_text(pond: Assistant) -> None:
    events = list(stream("Which papers mention PondBench?", home=pond.settings.home))
    assert isinstance(events[-1], Answer)
    deltas = [event.text for event in events if isinstance(event, Delta)]
    assert len(deltas) > 1
    assert "".join(deltas) == events[-1].text


_OFFLINE = """
import socket, sys
def refuse(*_):
    raise OSError("no network here")
socket.socket.connect = refuse
from rag import ask
answer = ask("By how much does FrogJump cut memory?", home=sys.argv[1])
assert "4.7x" in answer.text, answer.text
heavy = {"chromadb", "llama_index", "onnx", "gradio", "torch"} & set(sys.modules)
print(sorted(heavy))
"""


def test_no_library_of_ours_reports_to_its_maker(pond: Assistant, tmp_path: Path) -> None:
    """ONNX Runtime does by default: it names the machine in a file of the user's folder, and sends what it notes."""
    script = f"from rag import ask; ask('What is FrogJump?', home={str(pond.settings.home)!r}, offline=True)"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "ORT_"))}
    subprocess.run([sys.executable, "-c", script], env={**environment, "HOME": str(tmp_path)}, check=True, timeout=120)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_asking_needs_no_network_and_no_heavy_import(pond: Assistant) -> None:
    command = [sys.executable, "-c", _OFFLINE, str(pond.settings.home)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_filters_as_people_give_them(pond: Assistant) -> None:
    question = "How long does recovery take?"
    assert pond.ask(question, papers=None, sources=None).text == pond.ask(question).text
    assert pond.ask(question, papers="beaver").text == pond.ask(question, papers=["Beaver"]).text
    assert {paper.title.split(":")[0] for paper in pond.search(question, papers="beaver")} == {"Beaver"}
    wrong: Any
    for wrong in ({"since": "2020"}, {"until": True}, {"since": 2020.0}, {"sources": 3}, {"papers": ["Beaver", 3]}):
        with pytest.raises(UsageError, match=f"`{next(iter(wrong))}`"):
            pond.ask(question, **wrong)
        with pytest.raises(UsageError, match=f"`{next(iter(wrong))}`"):
            pond.search(question, **wrong)


@pytest.mark.parametrize("question", ["By how much does FrogJump cut memory?", "Which papers mention DuckNet?"])
def test_a_filter_that_fits_no_paper_is_named(pond: Assistant, question: str) -> None:
    answer = pond.ask(question, papers=["Unicorn", "Griffin [3]"], since=2020, until=2021)
    assert answer.abstained
    assert answer.text == (
        "No paper of the index fits the filter: title “Unicorn” or “Griffin (3)”, from 2020 until 2021."
    )
    assert pond.search(question, sources="nowhere") == []


@pytest.mark.parametrize("query", ["", " \n", "\u200b"])
def test_an_empty_search_is_refused(pond: Assistant, query: str) -> None:
    with pytest.raises(UsageError, match="empty"):
        pond.search(query)


@pytest.mark.parametrize("question", [None, 3, b"What is FrogJump?", ["What is FrogJump?"], "", " \n", "\u200b"])
def test_what_is_no_question_is_refused_in_one_line(pond: Assistant, question: Any) -> None:
    for ask in (pond.ask, pond.search):
        with pytest.raises(UsageError) as refused:
            ask(question)
        assert refused.value.hint
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("k", [-1, "3", 2.5, True, None])
def test_what_is_no_number_of_papers_is_refused(pond: Assistant, k: Any) -> None:
    with pytest.raises(UsageError, match="`k`"):
        pond.search("frogs", k)


def test_the_numbers_of_numpy_are_numbers(pond: Assistant) -> None:
    assert len(pond.search("frogs", np.int64(2))) == 2  # type: ignore[arg-type]
    assert pond.ask("What is FrogJump?", since=np.int64(2020)).text.endswith("from 2020.")  # type: ignore[arg-type]


@pytest.mark.parametrize("given", ["/tmp/papers", Path("/tmp/papers"), {"home": "/tmp/papers"}])
def test_a_folder_in_place_of_settings_is_told_as_such(given: Any) -> None:
    with pytest.raises(UsageError, match="home=FOLDER"):
        Assistant(given)


def test_what_is_no_model_is_told_as_such() -> None:
    with pytest.raises(UsageError, match="no LLM of LlamaIndex is of type object"):
        Assistant(llm=object())


def test_a_long_turn_that_is_none_is_told_in_few_words(pond: Assistant) -> None:
    with pytest.raises(UsageError) as refused:
        pond.ask("What is FrogJump?", [{"role": "system", "content": "Be brief. " * 1000}])
    assert len(str(refused.value)) < 300


def test_an_answer_is_shown_as_its_text(pond: Assistant) -> None:
    answer = pond.ask("By how much does FrogJump cut memory?")
    assert str(answer) == answer.text
    shown: list[str] = []
    answer._repr_pretty_(SimpleNamespace(text=shown.append), cycle=False)
    assert shown == [f"{answer.text}\n\n[1] {answer.citations[0].title}"]


@pytest.mark.parametrize("question", ["By how much does FrogJump cut memory?", "Which papers mention DuckNet?", "Hi!"])
def test_an_answer_comes_back_from_json_as_it_went(pond: Assistant, question: str) -> None:
    sent = pond.ask(question).to_dict()
    assert json.loads(json.dumps(sent)) == sent
    assert Answer.from_dict(sent).to_dict() == sent


def test_an_assistant_closes_what_it_opened(pond: Assistant) -> None:
    with Assistant(pond.settings, embedder=pond.embedder) as assistant:
        assert "4.7x" in assistant.ask("By how much does FrogJump cut memory?").text
