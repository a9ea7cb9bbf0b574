"""Questions on what something is: answered by a paper that says so."""

import pytest

from rag.assistant import Assistant
from rag.types import Paper
from rag.writing.definition import defined_term, introduces


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


def test_what_a_paper_is_it_says(pond: Assistant) -> None:
    assert "landmark" in pond.ask("What is FrogJump?").text
