import pytest

from rag.text.names import names, phrases
from rag.text.searchable import searchable
from rag.text.words import words


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        (r"$\alpha$", "alpha"),
        ("PixArt-$α$", "pixart-alpha"),
        ("200times faster", "200x faster"),
        ("5,000 times", "5000x"),
        (r"sim1\%", "~1%"),
        ("12 percent", "12%"),
        (r"methods, \eg this", "methods,  e.g.  this"),
        ("Müller", "muller"),
    ],
)
def test_notation_is_folded_for_search(typed: str, folded: str) -> None:
    assert searchable(typed) == folded


@pytest.mark.parametrize("name", ["2:4", "w4a16", "e^2-llm", "gpt-3.5", "1.54x"])
def test_names_with_digits_stay_whole(name: str) -> None:
    assert name in words(f"we use {name.upper() if name != '1.54x' else name} here")


def test_the_ways_to_write_a_compound_meet() -> None:
    assert set(words("fine-tuning")) >= set(words("finetuning")) | set(words("fine tuning"))
    assert set(words("E^2-LLM")) >= {"e2-llm"}
    assert set(words("PixArt-alpha")) == set(words("PixArt-$α$"))


def test_stop_words_go_and_inflections_meet() -> None:
    assert words("the models are training") == words("model trains")


def test_names_and_runs_of_names_are_found() -> None:
    assert names("We compare GPT-3.5 with iBOT at 2:4 sparsity on words.") == ["GPT-3.5", "iBOT", "2:4"]
    assert phrases("models built on Common Crawl or Llama 3") == ["Common Crawl", "Llama 3"]
