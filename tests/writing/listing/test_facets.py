"""Topics in parts, things that papers give away, surveys, derived words: who is listed."""

from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.ingest import ingest
from rag.settings import load_settings
from rag.writing.listing.facets import as_said, facets_of
from rag.writing.listing.offered import Offered
from tests.invented import numbered, write_jsonl

PAPERS = {
    "Pruning Speech Models": "We prune the weights of speech models for pocket recorders. Code is available at "
    "https://example.org/prune and the pruned models keep every word of a talk.",
    "Pruning Apple Trees by Satellite": "A guide to pruning fruit trees, seen by satellites that count each branch.",
    "Quantized Organs": "Quantization of organ pipes to four bits keeps the sound of a church.",
    "Pruned and Quantized Clocks": "We join pruning with quantization in the works of a clock and halve its ticks.",
    "BranchBench: A Benchmark for Pruning": "BranchBench holds 40 trees. It tells good cuts from bad ones.",
    "Token Rings on Ferries": "Each token travels around a ring of ferries, and a lost token is made again.",
    "Tokenizers for Whale Song": "A tokenizer cuts whale song into pieces, so that each token is one call.",
    "A Survey of Whale Song": "This survey reviews 80 years of listening to whales and their song.",
    "Herons and Data": "We release the data set of 300 herons at example.org. Herons stand on one leg.",
    "Herons on the Web": "Herons were compared on a large data set that is known to all.",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory, models_home: Path) -> Assistant:
    home = tmp_path_factory.mktemp("facets")
    (home / "models").symlink_to(models_home / "models")
    settings = load_settings(home=home, offline=True)
    ingest([write_jsonl(home / "papers.jsonl", {**PAPERS, **numbered(20)})], settings)
    return Assistant(settings)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("papers on both pruning and quantization", {"Pruned and Quantized Clocks"}),
        ("pruning for speech papers", {"Pruning Speech Models"}),
        ("which papers release their code?", {"Pruning Speech Models"}),
        ("papers with code", {"Pruning Speech Models"}),
        ("which papers release a dataset?", {"Herons and Data"}),
        ("which datasets are released?", {"Herons and Data"}),
        ("which papers introduce a benchmark?", {"BranchBench: A Benchmark for Pruning"}),
        ("surveys", {"A Survey of Whale Song"}),
        ("survey papers on whale song", {"A Survey of Whale Song"}),
        ("any survey on whale song?", {"A Survey of Whale Song"}),
        ("papers on tokenizers", {"Tokenizers for Whale Song"}),
    ],
)
def test_who_is_listed(shelf: Assistant, question: str, expected: set[str]) -> None:
    answer = shelf.ask(question)
    assert (answer.route, set(answer.papers)) == ("survey", expected)


def test_either_of_two_topics(shelf: Assistant) -> None:
    papers = set(shelf.ask("papers on pruning or quantization").papers)
    assert papers >= {"Pruning Speech Models", "Quantized Organs", "Pruned and Quantized Clocks"}


def test_the_same_question_twice(shelf: Assistant) -> None:
    shelf.ask("surveys on herons")
    assert shelf.ask("how many surveys are there?").papers == ("A Survey of Whale Song",)


def test_none_gives_it_away(shelf: Assistant) -> None:
    answer = shelf.ask("which papers release a tokenizer?")
    assert answer.abstained
    assert answer.text.startswith("None of 30 papers is one that releases a tokenizer.")


@pytest.mark.parametrize(
    ("wording", "subject", "parts"),
    [
        ("papers on both pruning and quantization", "pruning quantization", ("pruning", "quantization")),
        ("papers on pruning or quantization", "pruning quantization", ("pruning", "quantization")),
        ("distillation for speech papers", "distillation speech", ("distillation", "speech")),
        ("image or video generation papers", "image video generation", ()),
        ("papers on models for speech", "models speech", ()),
        ("papers on pruning and quantization", "pruning quantization", ()),
    ],
)
def test_parts_of_a_topic(wording: str, subject: str, parts: tuple[str, ...]) -> None:
    assert facets_of(wording, subject).parts == parts


def test_a_topic_keeps_its_small_words() -> None:
    said = as_said("papers on reinforcement learning from human feedback", "reinforcement learning human feedback")
    assert said == "reinforcement learning from human feedback"


@pytest.mark.parametrize(("count", "said"), [(1, "that releases code"), (2, "that release code")])
def test_what_so_many_papers_do(count: int, said: str) -> None:
    assert Offered("code", given=True).told(count) == said
