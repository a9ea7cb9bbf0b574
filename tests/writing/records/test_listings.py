"""Listings by author, year and venue, from the records of the papers."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from rag.assistant import Assistant
from tests.writing.records.conftest import shelf_of

BIB = """
@inproceedings{a, title={Otter: Swimming Networks for Rivers}, author={Reed, Ann B. and Stone, Carl}, year={2021},
  booktitle={WaterConf 2021}, abstract={We propose Otter, which routes water by agreement and beats Heron on streams.}}
@article{b, title={All You Need Is a Pond}, author={Moss, Dora and Reed, Ann}, year={2017}, journal={Wetlands},
  abstract={The pond reaches 28.4 points with 12 frogs.}}
@article{c, title={Frog Songs at Night}, author={Carl Stone and José Núñez}, year={2019}, journal={Wetlands},
  abstract={We record 40 frogs in a pond at night and tell their songs apart with a small network.}}
@article{d, title={Counting Reeds}, author={Wim van der Berg}, year={2023}, journal={Botany},
  abstract={Reeds are counted from the air with 96 percent accuracy.}}
"""
OTTER, POND = "Otter: Swimming Networks for Rivers", "All You Need Is a Pond"
FROG, REEDS = "Frog Songs at Night", "Counting Reeds"
ALL = {OTTER, POND, FROG, REEDS}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Assistant]:
    assistant = shelf_of(BIB, tmp_path_factory.mktemp("shelf"))
    yield assistant
    assistant.close()


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("papers by Ann Reed", {OTTER, POND}),
        ("Papers by A. Reed?", {OTTER, POND}),
        ("which papers did Carl Stone write?", {OTTER, FROG}),
        ("list Stone's papers", {OTTER, FROG}),
        ("what has Jose Nunez published?", {FROG}),
        ("papers that Wim van der Berg wrote", {REEDS}),
        ("papers by moss", {POND}),
        ("articles written by Dora Moss or Wim van der Berg", {POND, REEDS}),
        ("papers from 2019", {FROG}),
        ("papers published since 2019", {OTTER, FROG, REEDS}),
        ("papers after 2019", {OTTER, REEDS}),
        ("which papers came out before 2019?", {POND}),
        ("papers from 2019 to 2021", {OTTER, FROG}),
        ("what was published in 2017?", {POND}),
        ("papers published in Wetlands", {POND, FROG}),
        ("papers by Carl Stone since 2020", {OTTER}),
        ("papers by Ann Reed about frogs", {POND}),
        ("papers by Ann Reed that mention Heron", {OTTER}),
        ("papers on frogs by Ann Reed", {POND}),
        ("which papers are by Stone?", {OTTER, FROG}),
        ("anything by Dora Moss?", {POND}),
        ("what else has Moss written?", {POND}),
        ("papers no older than 2021", {OTTER, REEDS}),
        ("2019-2021 papers", {OTTER, FROG}),
        ("which of Ann Reed's papers mention frogs?", {POND}),
        ("Wetlands papers", {POND, FROG}),
        ("Wetlands 2019 papers", {FROG}),
        ("which papers are in Botany?", {REEDS}),
        ("the latest two papers by Ann Reed", {OTTER, POND}),
        ("what is the newest paper?", {REEDS}),
        ("the newest paper on frogs", {FROG}),
        ("papers by Ann Reed and Carl Stone", {OTTER}),
        ("other papers by the authors of Otter", {POND, FROG}),
        ("what else did the authors of Frog Songs at Night write?", {OTTER}),
        ("papers that Reed and Moss wrote together", {POND}),
        ("joint work of Reed and Stone", {OTTER}),
        ("papers by Ann Reed, Dora Moss or José Núñez", {OTTER, POND, FROG}),
        ("papers by A. Reed with C. Stone", {OTTER}),
        ("papers not by Ann Reed", {FROG, REEDS}),
        ("papers by Stone but not by Reed", {FROG}),
        ("papers by Reed without Moss", {OTTER}),
        ("Reed papers", {OTTER, POND}),
        ("stone papers", {OTTER, FROG}),
        ("all Ann Reed papers", {OTTER, POND}),
        ("Stone's Wetlands papers", {FROG}),
        ("Reed et al. 2021", {OTTER}),
        ("moss 2017", {POND}),
        ("Reed papers about frogs", {POND}),
        ("frog papers by Stone", {FROG}),
        ("frog papers since 2018", {FROG}),
        ("Wetlands papers on frogs", {POND, FROG}),
        ("papers not in Wetlands", {OTTER, REEDS}),
        ("which papers were not published in Botany?", {OTTER, POND, FROG}),
        ("papers in Wetlands or Botany", {POND, FROG, REEDS}),
        ("papers at waterconf", {OTTER}),
        ("papers from the 2010s", {POND, FROG}),
        ("papers published between 2018 and 2022", {OTTER, FROG}),
        ("papers 2019", {FROG}),
        ("what came out in 2023?", {REEDS}),
        ("what is the oldest paper?", {POND}),
        ("Reed's earliest paper", {POND}),
        ("the oldest paper on frogs", {POND}),
    ],
)  # fmt: skip
def test_what_is_listed(shelf: Assistant, question: str, expected: set[str]) -> None:
    answer = shelf.ask(question)
    assert (answer.route, answer.abstained, set(answer.papers)) == ("survey", False, expected)


def test_how_many_there_are(shelf: Assistant) -> None:
    answer = shelf.ask("how many papers did Ann Reed write?")
    assert (answer.route, answer.text.split(" by ")[0]) == ("count", "By their records, 2 papers")


def test_the_newest_come_first(shelf: Assistant) -> None:
    answer = shelf.ask("what are the latest papers?")
    assert answer.papers == (REEDS, OTTER, FROG, POND)
    assert "newest first" in answer.text
    assert shelf.ask("show me the 2 newest papers").papers == (REEDS, OTTER)


def test_the_oldest_come_first(shelf: Assistant) -> None:
    for question in ("oldest papers", "list all papers in chronological order"):
        assert shelf.ask(question).papers == (POND, FROG, OTTER, REEDS)
    assert shelf.ask("the 2 oldest papers").papers == (POND, FROG)
    assert shelf.ask("papers sorted by year").papers == (REEDS, OTTER, FROG, POND)


def test_no_paper_by_both(shelf: Assistant) -> None:
    answer = shelf.ask("papers by Dora Moss and Carl Stone")
    assert answer.text.startswith("By their records, 3 papers by Dora Moss or Carl Stone, none by both, of 4 examined")


def test_years_up_to_now(tmp_path: Path) -> None:
    now = date.today().year
    bib = BIB + "".join(
        f"@misc{{n{year}, title={{Newt {year}}}, year={{{year}}}, abstract={{A newt of {year} swims.}}}}\n"
        for year in (now, now - 2, now - 5)
    )
    shelf = shelf_of(bib, tmp_path)
    assert set(shelf.ask("newt papers of the last three years").papers) == {f"Newt {now}", f"Newt {now - 2}"}
    assert set(shelf.ask("papers from this year").papers) == {f"Newt {now}"}


def test_a_given_name_is_no_topic(shelf: Assistant) -> None:
    assert "by Ann" not in shelf.ask("Ann papers").text


@pytest.mark.parametrize(
    "question", ["most cited papers", "which paper is cited most?", "how many citations has Otter?"]
)
def test_citations_are_in_no_record(shelf: Assistant, question: str) -> None:
    answer = shelf.ask(question)
    assert (answer.abstained, answer.text) == (True, "How often papers are cited is in none of the records.")


def test_a_long_list_is_cut_and_counted(tmp_path: Path) -> None:
    bib = "".join(
        f"@misc{{n{i}, title={{Newt {i}}}, year={{2020}}, abstract={{Newt number {i} swims.}}}}\n" for i in range(120)
    )
    answer = shelf_of(bib, tmp_path).ask("how many papers are from 2020?")
    assert (answer.text.split(" of 2020")[0], len(answer.papers)) == ("By their records, 100 of 120 papers", 100)


def test_the_newest_of_papers_without_years(tmp_path: Path) -> None:
    undated = "@misc{e, title={Mud}, author={Ida Clay}, abstract={Mud holds 12 worms.}}"
    answer = shelf_of(f"{BIB}{undated}\n", tmp_path).ask("newest papers by Ida Clay")
    said = "The records of the papers by Ida Clay do not say when they came out."
    assert (answer.abstained, answer.text) == (True, said)


def _behind(shelf: Assistant, *questions: str) -> tuple[str, ...]:
    history: list[dict[str, str]] = []
    for question in questions:
        answer = shelf.ask(question, history)
        history += [{"role": "user", "content": question}, {"role": "assistant", "content": answer.text}]
    return answer.papers


@pytest.mark.parametrize(
    ("remark", "expected"),
    [
        ("and by Carl Stone?", {OTTER, FROG}),
        ("only since 2020", {OTTER}),
        ("only those in Wetlands", {POND}),
        ("which is the newest?", {OTTER}),
    ],
)  # fmt: skip
def test_remarks_on_a_list(shelf: Assistant, remark: str, expected: set[str]) -> None:
    assert set(_behind(shelf, "papers by Ann Reed", remark)) == expected


def test_nobody_of_that_name(shelf: Assistant) -> None:
    answer = shelf.ask("papers by Ada Brook")
    assert (answer.abstained, answer.text) == (True, "By their records, none of 4 papers is by Ada Brook.")


@pytest.mark.parametrize(("question", "said"), [
    ("papers by Ada Brook", "who wrote them"),
    ("papers published since 2019", "when they came out"),
])  # fmt: skip
def test_records_that_do_not_say(tmp_path: Path, question: str, said: str) -> None:
    row = '{"title": "Heron", "text": "Herons stand on one leg in a pond."}\n'
    assistant = shelf_of(row, tmp_path, "a.jsonl")
    answer = assistant.ask(question)
    assert (answer.abstained, answer.text) == (True, f"The record of the one paper does not say {said}.")


@pytest.mark.parametrize("question", ["papers by means of agreement", "which papers let a network write songs?"])
def test_other_uses_of_the_words_stay_topics(shelf: Assistant, question: str) -> None:
    assert "record" not in shelf.ask(question).text.split(":")[0]


@pytest.mark.parametrize("question", [
    "papers similar to Otter", "papers related to Otter", "related work for Otter", "what papers are similar to Otter?",
    "is there something similar to Otter?", "anything like Otter",
])  # fmt: skip
def test_papers_like_another(shelf: Assistant, question: str) -> None:
    answer = shelf.ask(question)
    assert answer.text.startswith(f"The 3 papers nearest to “{OTTER}”, of 3 examined:")
    assert set(answer.papers) == ALL - {OTTER}


def test_papers_like_the_one_spoken_of(shelf: Assistant) -> None:
    history = [
        {"role": "user", "content": "What does Otter route?"},
        {"role": "assistant", "content": shelf.ask("What does Otter route?").text},
    ]
    assert OTTER in shelf.ask("any similar papers?", history).text.split(":\n")[0]


@pytest.mark.parametrize("remark", ["which of them are newest?", "which of them mention frogs?"])
def test_a_list_of_papers_that_are_no_more(shelf: Assistant, remark: str) -> None:
    history = [
        {"role": "user", "content": "Which papers mention newts?"},
        {"role": "assistant", "content": "2 papers mention newts:\n\n- Newt Songs: They sing. [1]\n\n- Mud: Mud. [2]"},
    ]
    answer = shelf.ask(remark, history)
    assert (answer.abstained, answer.text) == (True, "No paper of the index fits the list that was spoken of.")


def test_like_a_topic_is_a_topic(shelf: Assistant) -> None:
    assert "nearest to" not in shelf.ask("papers on things like frogs").text
