"""Papers asked for by name: the one that has it, not one whose name holds it, nor one that has it as a plain word."""

import json
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.ingest import ingest
from rag.settings import load_settings

PAPERS = {
    "HERON: Waders Replace Masked Tokens": "HERON replaces masked words by likely ones and learns which were replaced. "
    "It is cheap. Gains are largest for small models.",
    "Fast-HERON for Cheaper Waders": "Fast-HERON makes HERON training cheaper. Fast-HERON lets an existing model play "
    "the generator of HERON. HERON-style results are kept by Fast-HERON at a third of the cost of HERON.",
    "ZeBRA: Stripes in Memory": "ZeBRA splits optimizer states over devices. A zebra has stripes. "
    "Code: https://example.org/zebra",
    "ZeBRA-Infinity: Stripes without End": "ZeBRA-Infinity adds disks to the devices. It trains a trillion parameters "
    "on 16 devices.",
    "A Walk through the Zoo": "We count every zebra and each giraffe that a camera sees, and every zebra twice.",
}


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("zoo")
    rows = (json.dumps({"title": title, "abstract": text}) for title, text in PAPERS.items())
    (folder / "papers.jsonl").write_text("\n".join(rows), encoding="utf-8")
    settings = load_settings(home=folder / "home", offline=True)
    ingest([folder / "papers.jsonl"], settings)
    return Assistant(settings)


@pytest.mark.parametrize("question", ["What is HERON?", "HERON", "tell me about HERON", "Explain HERON"])
def test_the_paper_that_has_the_very_name_comes_first(zoo: Assistant, question: str) -> None:
    assert zoo.ask(question).papers[:1] == ("HERON: Waders Replace Masked Tokens",)


def test_a_name_within_a_longer_one_brings_no_second_paper(zoo: Assistant) -> None:
    answer = zoo.ask("On how many devices does ZeBRA-Infinity train a trillion parameters?")
    assert answer.papers == ("ZeBRA-Infinity: Stripes without End",)
    both = zoo.ask("How does ZeBRA-Infinity differ from ZeBRA?")
    assert set(both.papers) == {"ZeBRA-Infinity: Stripes without End", "ZeBRA: Stripes in Memory"}


def test_a_link_alone_says_nothing_of_a_paper(zoo: Assistant) -> None:
    assert "https://" not in zoo.ask("What is ZeBRA?").text
    assert "https://example.org/zebra" in zoo.ask("Where is the code of ZeBRA?").text


def test_which_paper_is_answered_with_its_title(zoo: Assistant) -> None:
    assert zoo.ask("Which paper splits optimizer states over devices?").text.startswith("ZeBRA: Stripes in Memory: ")
