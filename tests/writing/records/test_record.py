"""Who wrote a paper, when and where it came out: answered from its record, or said to be unknown."""

import pytest

from rag.assistant import Assistant
from tests.writing.records.conftest import shelf_of

BIB = """
@article{a, title={Otter: Swimming Networks for Rivers}, author={Reed, Ann B. and Stone, Carl}, year={2021},
  journal={Wetlands}, doi={10.1000/otter}, abstract={We propose Otter, which freezes the banks. Code: https://example.org/otter}}
@article{b, title={All You Need Is a Pond}, author={Moss, Dora}, year={2017}, url={https://example.org/pond},
  abstract={The pond reaches 28.4 points with 12 frogs.}}
@article{c, title={Heron: A Record without Names}, abstract={Heron stands on one leg, as those who wrote of it say.}}
"""
OTTER = "“Otter: Swimming Networks for Rivers”"


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return shelf_of(BIB, tmp_path_factory.mktemp("shelf"))


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Who wrote Otter?", "is by Ann B. Reed and Carl Stone."),
        ("who are the authors of Otter and when was it published?", "is by Ann B. Reed and Carl Stone, of 2021."),
        ("What year did All You Need Is a Pond come out?", "is of 2017."),
        ("Where can I find All You Need Is a Pond?", "is at https://example.org/pond."),
        ("DOI of Otter?", "is at https://doi.org/10.1000/otter."),
    ],
)  # fmt: skip
def test_what_a_record_says(shelf: Assistant, question: str, told: str) -> None:
    answer = shelf.ask(question)
    assert answer.text.startswith("By its record, “")
    assert answer.text.endswith(told)
    assert not answer.abstained


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Was Otter written by Reed?", f"Yes: by its record, {OTTER} is by Ann B. Reed and"),
        ("Did Dora Moss write Otter?", f"No: by its record, {OTTER} is by Ann B. Reed and"),
        ("Is Dora Moss an author of All You Need Is a Pond?", "Yes: by its record, “All You Need Is a Pond” is by"),
        ("Was Otter published in 2021?", f"Yes: by its record, {OTTER} is of 2021"),
        ("Was Otter published before 2020?", f"No: by its record, {OTTER} is of 2021"),
        ("Was Otter published in Wetlands?", f"Yes: by its record, {OTTER} is in Wetlands"),
        ("Was Otter published in Nature in 2021?", f"No: by its record, {OTTER} is of 2021, in"),
        ("Is Otter a Nature paper?", f"No: by its record, {OTTER} is in Wetlands"),
        ("Was All You Need Is a Pond published in Nature?", "The record of “All You Need Is a Pond” does not"),
        ("Who wrote Otter and when?", f"By its record, {OTTER} is by Ann B. Reed and Carl Stone, of"),
    ],
)  # fmt: skip
def test_what_is_supposed_of_a_record(shelf: Assistant, question: str, said: str) -> None:
    assert shelf.ask(question).text.startswith(said)


def test_in_a_conversation(shelf: Assistant) -> None:
    history = [
        {"role": "user", "content": "What does Otter freeze?"},
        {"role": "assistant", "content": "Otter freezes the banks."},
    ]
    assert "Ann B. Reed" in shelf.ask("who wrote it?", history).text


def test_a_record_without_authors_says_so(shelf: Assistant) -> None:
    answer = shelf.ask("Who wrote Heron?")
    assert answer.abstained
    assert "does not say who wrote it" in answer.text


@pytest.mark.parametrize("question", ["What is the URL of the code of Otter?", "What does Otter freeze?"])
def test_what_the_text_says_is_answered_from_it(shelf: Assistant, question: str) -> None:
    answer = shelf.ask(question)
    assert answer.citations
    assert "record" not in answer.text


def test_the_record_of_another_paper_is_not_told(shelf: Assistant) -> None:
    assert "By its record" not in shelf.ask("Who wrote the transformer paper?").text


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("Who proposed Heron?", "who wrote it"),
        ("Which company developed Heron?", "who wrote it"),
        ("When was Heron published?", "when it came out"),
        ("Where was Heron published?", "where it was published"),
    ],
)
def test_what_neither_record_nor_text_says(shelf: Assistant, question: str, unsaid: str) -> None:
    answer = shelf.ask(question)
    assert answer.abstained
    assert answer.text.startswith(f"The record of “Heron: A Record without Names” does not say {unsaid}.")


@pytest.mark.parametrize("question", ["who wrote GPT-4?", "when did LLaMA come out?", "DOI of AlexNet?"])
def test_of_no_paper_of_the_index_nothing_is_told(shelf: Assistant, question: str) -> None:
    answer = shelf.ask(question)
    assert (answer.abstained, answer.citations) == (True, ())
    assert answer.text.startswith("No paper of the index has that name. Nearest: ")


def test_a_paper_that_is_described_is_meant(shelf: Assistant) -> None:
    assert "Dora Moss" in shelf.ask("Who wrote the paper on the pond with frogs?").text
