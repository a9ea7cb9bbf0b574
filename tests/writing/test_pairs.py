"""Which papers an answer without a model is made of: one that was named alone, two that were set side by side."""

import pytest

from rag.assistant import Assistant


@pytest.mark.parametrize(
    "question", ["Otter vs Heron", "Otter compared to Heron", "What is the difference between Otter and Heron?"]
)
def test_two_names_side_by_side(pond: Assistant, question: str) -> None:
    assert {title.partition(":")[0] for title in pond.ask(question).papers} == {"Otter", "Heron"}


@pytest.mark.parametrize("question", ["What is Otter?", "Summarise Otter", "How does Otter work?"])
def test_one_name_alone(pond: Assistant, question: str) -> None:
    assert [title.partition(":")[0] for title in pond.ask(question).papers] == ["Otter"]


def test_a_follow_up_that_compares_is_answered(pond: Assistant) -> None:
    history = [
        {"role": "user", "content": "What is Otter?"},
        {"role": "assistant", "content": "Otter learns recovery."},
    ]
    answer = pond.ask("how does it compare to Heron?", history)
    assert {title.partition(":")[0] for title in answer.papers} == {"Otter", "Heron"}
