"""Questions on what something is: answered by a paper that says so."""

from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.ingest import ingest
from rag.settings import load_settings
from rag.types import Paper
from rag.writing.definition import defined_term, introduces, says_what
from tests.invented import PAPERS, write_jsonl


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("What is dropout?", "dropout"),
        ("what's the Lottery Ticket Hypothesis", "Lottery Ticket Hypothesis"),
        ("Define few-shot learning.", "few-shot learning"),
        ("What is the reward of Otter?", ""),
        ("What is it?", ""),
        ("What are the results?", "results"),
        ("How does dropout work?", ""),
    ],
)
def test_the_term_that_is_asked_for(question: str, term: str) -> None:
    assert defined_term(question) == term


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("We propose a simple dropout, and test it.", True),
        ("Dropout is a way to blank units.", True),
        ("Units are blanked at random (dropout) in each step.", True),
        ("Dropout, a regulariser, blanks units.", True),
        ("A known remedy is dropout, blanking units at random.", True),
        ("It is trained with dropout, outperforming all others.", False),
        ("We train with dropout and weight decay for 9 epochs.", False),
        ("The dropout of 0.1 was kept.", False),
    ],
)
def test_what_introduces_it(text: str, said: bool) -> None:
    assert introduces(Paper("1", "Networks", text, ()), "dropout") is said


def test_a_passing_mention_is_no_definition(pond: Assistant) -> None:
    answer = pond.ask("What is word error rate?")
    assert answer.abstained
    assert answer.text.startswith("No paper says what “word error rate” is. Nearest: ")


def test_a_title_that_has_all_of_a_long_term_introduces_it(pond: Assistant) -> None:
    answer = pond.ask("explain checkpointing large training runs")
    assert not answer.abstained
    assert answer.papers[0].startswith("Beaver")


def test_what_a_paper_is_it_says(pond: Assistant) -> None:
    assert "landmark" in pond.ask("What is FrogJump?").text


@pytest.mark.parametrize(
    ("question", "term"),
    [
        ("What does FID stand for?", "FID"),
        ("what does the acronym FID mean?", "FID"),
        ("What is the full name of FID?", "FID"),
        ("Meaning of FID", "FID"),
        ("What is FID short for?", "FID"),
        ("What is the COAT method?", "COAT"),
        ("What is a world model?", "world model"),
        ("What does this mean?", ""),
    ],
)
def test_other_ways_of_asking_for_a_meaning(question: str, term: str) -> None:
    assert defined_term(question) == term


@pytest.mark.parametrize(
    ("text", "term", "well"),
    [
        ("Low-Rank Adaptation (LoRA) is a way to train few weights.", "LoRA", 3),
        ("Watermarking deters misuse by hiding a message.", "watermarking", 2),
        ("We study selective answering, whereby a model may decline.", "selective answering", 2),
        ("We introduce Quiet Pond Cells. The QPC needs no labels.", "QPC", 1),
        ("Quiet Pond Cells are a model of words. The QPC needs no labels.", "QPC", 3),
        ("We shape layers with networks (SSNs).", "SSN", 1),
        ("It has Mixed Activation Quantization, which saves memory.", "quantization", 0),
        ("It loses accuracy.", "LoRA", 0),
    ],
)
def test_how_well_a_text_says_what_a_term_is(text: str, term: str, well: int) -> None:
    assert says_what(text, term) == well


def test_the_paper_that_defines_a_term_goes_before_those_that_use_it(home: Path, tmp_path: Path) -> None:
    papers = {
        "Newt-Lora: Sharing Weights of LoRA": "Newt-Lora shares weights among layers and extends adaptation (LoRA).",
        "Cheap Tuning": "Tuning is costly. Low-Rank Adaptation (LoRA) is a method that trains two thin matrices.",
        **PAPERS,
    }
    settings = load_settings(home=home)
    ingest([write_jsonl(tmp_path / "a.jsonl", papers)], settings)
    answer = Assistant(settings).ask("What is LoRA?")
    assert answer.papers[0] == "Cheap Tuning"
    assert "two thin matrices" in answer.text


@pytest.mark.parametrize("question", ["Give me the main result of Otter", "key findings of Otter", "results of Otter"])
def test_what_is_asked_of_any_paper_is_told_of_the_one_named(pond: Assistant, question: str) -> None:
    answer = pond.ask(question)
    assert "81%" in answer.text
    assert all(title.startswith("Otter") for title in answer.papers)
