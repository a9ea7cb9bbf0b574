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


@pytest.mark.parametrize(
    "question",
    [
        "How much faster is recovery with Beaver than with checkpoints on disk?",
        "Does Otter succeed more often than a scripted controller?",
        "Is TinyToad smaller than its teacher, and how often is it wrong?",
        "Does Heron share records or gradients, or neither?",
    ],
)
def test_one_name_among_many_words_is_one_paper(pond: Assistant, question: str) -> None:
    assert len(pond.ask(question).papers) == 1


def test_a_side_that_no_paper_knows_is_named(pond: Assistant) -> None:
    answer = pond.ask("Compare Otter with ToadNet-5")
    assert answer.abstained
    assert answer.text.startswith("The nearest papers do not mention “ToadNet-5”.")


@pytest.mark.parametrize(
    ("question", "papers"),
    [
        ("FrogJump and NewtSat: what was measured for each?", {"FrogJump", "How Many Newts?"}),
        ("Which recall on PatentPond, and which word error rate on MarshSpeech?", {"Minnow", "TinyToad"}),
    ],
)
def test_names_that_two_papers_share_out_bring_both(pond: Assistant, question: str, papers: set[str]) -> None:
    found = pond.ask(question).papers
    assert len(found) == 2
    assert all(any(title.startswith(name) for title in found) for name in papers)
