from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.chunking import encoder_text, shortened, split
from rag.embedding import MiniLM, load_minilm
from rag.text.sentences import sentences
from rag.types import Paper, Source


@pytest.fixture(scope="module")
def minilm(models_home: Path) -> MiniLM:
    return load_minilm(models_home / "models")


def paper(text: str, title: str = "A title of some words") -> Paper:
    return Paper("0" * 16, title, text, (Source("a.jsonl", "/a.jsonl"),))


def check(whole: Paper, minilm: MiniLM) -> None:
    passages = split(whole, minilm.count_tokens, minilm.window)
    title = shortened(whole.title, minilm.count_tokens, minilm.window)
    reached = 0
    for number, passage in enumerate(passages):
        assert passage.index == number
        assert whole.text[passage.start : passage.end] == passage.text
        assert not whole.text[reached : passage.start].strip()
        assert minilm.count_tokens([encoder_text(title, passage.text)])[0] <= minilm.window
        reached = passage.end
    assert not whole.text[reached:].strip()
    assert len({passage.id for passage in passages}) == len(passages)


WORD = st.text(alphabet=st.sampled_from("abcdefgXYZ019-.$\\ é中"), min_size=1, max_size=14)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(WORD, max_size=900), WORD)
def test_spans_are_exact_cover_the_text_and_fit_the_window(minilm: MiniLM, parts: list[str], title: str) -> None:
    check(paper(" ".join(parts).strip(), title), minilm)


def test_passages_are_whole_sentences_of_nearly_equal_size(minilm: MiniLM) -> None:
    text = " ".join(f"Sentence number {i} says something about ponds and frogs." for i in range(60))
    passages = split(paper(text), minilm.count_tokens, minilm.window)
    ends = {end for _, end in sentences(text)}
    assert all(passage.end in ends for passage in passages)
    sizes = [len(passage.text) for passage in passages]
    assert len(passages) > 1
    assert min(sizes) > 0.7 * max(sizes)


def test_a_text_that_fits_is_one_passage(minilm: MiniLM) -> None:
    assert [p.text for p in split(paper("Short. And sweet."), minilm.count_tokens, minilm.window)] == [
        "Short. And sweet."
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [("word " * 5000, "t"), ("x" * 20_000, "t"), ("Fine. " * 300, "T" * 10_000), ("Fine. " * 300, "many words " * 900)],
)
def test_monstrous_input_is_cut_to_fit(minilm: MiniLM, text: str, title: str) -> None:
    check(paper(text.strip(), title), minilm)


def test_a_paper_without_text_is_one_empty_passage(minilm: MiniLM) -> None:
    assert [p.text for p in split(paper(""), minilm.count_tokens, minilm.window)] == [""]
