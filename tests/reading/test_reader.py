"""The reader, with the weights that ship: told apart, what a text says, leaves open, and contradicts."""

from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from rag.reading import Reader, load_reader
from rag.reading.weights import find_reader
from rag.text.sentences import sentences
from tests.invented import PAPERS


@pytest.fixture(scope="session")
def reader(models_home: Path) -> Reader:
    return load_reader(models_home / "models")


def text_of(name: str) -> tuple[str, list[str]]:
    title = next(title for title in PAPERS if title.startswith(name))
    return title, [PAPERS[title][start:end] for start, end in sentences(PAPERS[title])]


@pytest.mark.parametrize(
    ("paper", "answered", "words", "left_open", "contradicted"),
    [
        (
            "FrogJump",
            "By how much does FrogJump cut memory?",
            "4.7x",
            "What learning rate was used for FrogJump?",
            "Why does FrogJump let every token look at all others?",
        ),
        (
            "Beaver",
            "How long does recovery take with Beaver?",
            "11 seconds",
            "Which GPUs does Beaver need?",
            "Why does recovery take hours with Beaver?",
        ),
        (
            "Otter",
            "How often does Otter succeed on the real arm?",
            "81%",
            "How many parameters does Otter's policy have?",
            "Why does the scripted controller beat Otter on the real arm?",
        ),
    ],
)
def test_what_a_text_says_leaves_open_and_contradicts(
    reader: Reader, paper: str, answered: str, words: str, left_open: str, contradicted: str
) -> None:
    title, texts = text_of(paper)
    said, unsaid, wrong = (reader.read(question, title, texts) for question in (answered, left_open, contradicted))
    assert words in texts[int(said.evidence.argmax())]
    assert said.answered > 2 * max(unsaid.answered, wrong.answered)
    assert unsaid.missing > 0.5
    assert wrong.contradicted > max(said.contradicted, unsaid.contradicted)


def test_without_its_sentence_a_question_is_left_open(reader: Reader) -> None:
    title, texts = text_of("Beaver")
    question = "How long does recovery take with Beaver?"
    whole = reader.read(question, title, texts)
    cut = reader.read(question, title, [text for text in texts if "11 seconds" not in text])
    assert cut.answered < whole.answered
    assert cut.missing > 0.5


def test_probabilities_and_evidence_have_their_ranges(reader: Reader) -> None:
    title, texts = text_of("Otter")
    reading = reader.read("How high is the success rate?", title, texts)
    assert reading.answered + reading.missing + reading.contradicted == pytest.approx(1.0, abs=1e-5)
    assert reading.evidence.shape == (len(texts),)


def test_what_does_not_fit_counts_as_unread(reader: Reader) -> None:
    texts = ["Water flows downhill in every season."] * 200
    evidence = reader.read("Which way does water flow?", "Water", texts).evidence
    assert len(evidence) == 200
    assert evidence[-1] < evidence[:20].min()
    assert len(set(evidence[100:].tolist())) == 1  # some 70 fit


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "漢" * 3000, "a" * 50_000, "[SEP] [CLS]"])
def test_any_text_is_read(reader: Reader, text: str) -> None:
    reading = reader.read(text, text, [text, text])
    assert np.isfinite([reading.answered, reading.contradicted, *reading.evidence]).all()
    assert np.isfinite(reader.read(text, text, []).answered)


def test_threads_read_the_same(reader: Reader) -> None:
    title, texts = text_of("Minnow")
    alone = reader.read("What is Minnow's recall?", title, texts)
    with ThreadPoolExecutor(4) as pool:
        at_once = list(pool.map(lambda _: reader.read("What is Minnow's recall?", title, texts), range(8)))
    assert all(np.array_equal(reading.evidence, alone.evidence) for reading in at_once)


def test_a_damaged_graph_is_built_again(models_home: Path, tmp_path: Path) -> None:
    whole, _ = find_reader(models_home / "models")
    contents = bytearray(whole.path.read_bytes())
    contents[len(contents) // 2] ^= 1
    (tmp_path / whole.path.name).write_bytes(contents)
    built, _ = find_reader(tmp_path)
    assert built.path.read_bytes() == whole.path.read_bytes()


def test_the_weights_are_small_enough_to_ship() -> None:
    assert len(files("rag.weights").joinpath("reader.safetensors").read_bytes()) < 25e6
