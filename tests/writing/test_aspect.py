"""What may be asked of any paper: its problem, its results, its data, its code, its limits."""

from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.ingest import ingest
from rag.settings import load_settings
from rag.writing.aspect import own_limits
from tests.invented import PAPERS, write_jsonl

HOPPER = (
    "Marsh robots have become popular with farmers in recent years. They are built in many sizes by many makers. "
    "However, their motors stall in deep mud, which is costly to repair. In this work, we present Hopper, a robot that "
    "jumps out of deep mud with one leg. Hopper stores energy in a spring of steel and lets go of it with a latch. "
    "The latch is set by a small network that looks at the mud and knows its depth. The network is tested on the "
    "MudLog benchmark. Hopper gets free in fewer tries than all robots before it. Still, Hopper falls over on ice. We "
    "hope for many robots that jump, and thank all farmers that let Hopper jump. Weights can be downloaded from "
    "https://example.org/hopper."
)


@pytest.fixture
def marsh(home: Path, tmp_path: Path) -> Assistant:
    settings = load_settings(home=home, max_sentences=2)
    ingest([write_jsonl(tmp_path / "a.jsonl", {"Hopper: A Robot that Jumps in Mud": HOPPER, **PAPERS})], settings)
    return Assistant(settings)


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("what problem does hopper solve", "stall in deep mud"),
        ("motivation of Hopper?", "stall in deep mud"),
        ("why was Hopper made", "stall in deep mud"),
        ("how does Hopper compare to baselines", "fewer tries"),
        ("is hopper any better than prior work", "fewer tries"),
        ("which benchmark is Hopper tested on", "MudLog"),
        ("what is new in Hopper", "one leg"),
        ("limitations of Hopper?", "falls over on ice"),
        ("any code for hopper?", "https://example.org/hopper"),
    ],
)
def test_the_sentence_that_says_it_is_in_two_of_eleven(marsh: Assistant, question: str, fact: str) -> None:
    answer = marsh.ask(question)
    assert fact in answer.text
    assert answer.papers == ("Hopper: A Robot that Jumps in Mud",)


def test_a_question_on_more_than_that_is_answered_by_its_words(marsh: Assistant) -> None:
    assert "set by a small network" in marsh.ask("What problem is there in setting Hopper's latch?").text


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("limitations of Otter?", "its limitations"),
        ("what are the downsides of FrogJump", "its limitations"),
        ("what dataset does Beaver use", "a data set"),
    ],
)
def test_what_a_paper_does_not_say_of_itself_is_refused(pond: Assistant, question: str, lacking: str) -> None:
    answer = pond.ask(question)
    assert answer.abstained
    assert answer.text.startswith(f"The nearest paper does not give {lacking}. Nearest: ")


@pytest.mark.parametrize(
    ("sentences", "places"),
    [
        (["Older robots fail in mud.", "We present Hopper.", "It works."], []),
        (["Older robots fail in mud.", "We present Hopper.", "Still, it falls over on ice."], [2]),
        (
            ["Robots fail.", "We present Hopper.", "To overcome their weakness, it has a spring.", "It fails on ice."],
            [3],
        ),
        (["Hopper jumps.", "It cannot swim."], [1]),
    ],
)
def test_limits_are_a_papers_own(sentences: list[str], places: list[int]) -> None:
    assert own_limits(sentences) == places


@pytest.mark.parametrize("question", ["does Moss have a github?", "any open source code for moss", "moss accuracy"])
def test_the_paper_of_the_name_goes_before_one_that_speaks_of_it_and_of_what_is_asked(
    home: Path, tmp_path: Path, question: str
) -> None:
    papers = {
        "Moss: Counting Leaves": "Moss counts leaves in pictures of forests, one tree at a time.",
        "MossOnline: Code and Accuracy of Moss": "We release open source code of Moss on GitHub and its accuracy: 81%.",
        **PAPERS,
    }
    settings = load_settings(home=home)
    ingest([write_jsonl(tmp_path / "a.jsonl", papers)], settings)
    assert Assistant(settings).search(question, 1)[0].title == "Moss: Counting Leaves"
