"""A collection counted up by its records: authors, venues, years, co-authors."""

import pytest

from rag.assistant import Assistant
from tests.writing.records.conftest import shelf_of

BIB = """
@inproceedings{a, title={Otter}, author={Reed, Ann B. and Stone, Carl}, year={2021},
  booktitle={Proceedings of the 3rd International Conference on Waterways}, abstract={Otters swim.}}
@article{b, title={Pond}, author={Moss, Dora and Reed, Ann}, year={2017}, journal={ICW}, abstract={Ponds are still.}}
@article{c, title={Frog}, author={A. Reed and Stone, Clara}, year={2017}, journal={Wetlands}, abstract={Frogs sing.}}
@misc{d, title={Mud}, abstract={Mud holds worms.}}
"""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    return shelf_of(BIB, tmp_path_factory.mktemp("shelf"))


@pytest.mark.parametrize("question", [
    "which authors have the most papers?", "who has published the most papers?", "list all authors",
    "How many different authors are in the collection?",
])  # fmt: skip
def test_authors(shelf: Assistant, question: str) -> None:
    answer = shelf.ask(question)
    said = "Ann B. Reed (3), Carl Stone (1), Clara Stone (1), Dora Moss (1)."
    assert answer.text == f"By their records, 3 papers are by 4 authors, of 4 examined: {said}"
    assert not answer.abstained


@pytest.mark.parametrize(
    "question", ["list the venues", "which conferences are covered?", "How many journals are there?"]
)
def test_venues_under_several_names_are_one(shelf: Assistant, question: str) -> None:
    assert " 3 papers are in 2 venues, of 4 examined: " in shelf.ask(question).text


@pytest.mark.parametrize(
    "question", ["How many papers per year?", "number of papers by year", "which years are covered?"]
)
def test_years(shelf: Assistant, question: str) -> None:
    assert shelf.ask(question).text.endswith(": 2021 (1), 2017 (2).")


@pytest.mark.parametrize("question", [
    "coauthors of Carl Stone", "Who has written with Carl Stone?", "With whom did Carl Stone publish?",
    "who are Carl Stone's co-authors?",
])  # fmt: skip
def test_who_wrote_with_whom(shelf: Assistant, question: str) -> None:
    assert shelf.ask(question).text == "By the records of 1 paper, Carl Stone wrote with Ann B. Reed (1)."


def test_nobody_of_that_name(shelf: Assistant) -> None:
    answer = shelf.ask("co-authors of Ida Clay")
    assert (answer.abstained, answer.text) == (True, "By their records, none of 4 papers is by Ida Clay.")


def test_records_that_say_nothing(pond: Assistant) -> None:
    answer = pond.ask("list all authors")
    assert answer.abstained
    assert answer.text.endswith("do not say who wrote them.")


@pytest.mark.parametrize("question", ["Who worked with adapters?", "who wrote Otter?", "who are the authors of Otter?"])
def test_other_questions_on_people_are_none_of_these(shelf: Assistant, question: str) -> None:
    assert shelf.ask(question).route != "count"
