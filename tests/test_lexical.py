"""BM25 against its formula, and what must hold of it whatever the texts are."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.lexical import LexicalIndex
from rag.text.words import words

WORDS = st.sampled_from("frog toad newt pond reed lake 4.7x fp8 gpt-3".split())
TEXTS = st.lists(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=12)
pytestmark = pytest.mark.filterwarnings("ignore")  # numpy's, on texts all alike


def by_formula(texts: list[str], query: list[str]) -> np.ndarray:
    """Lucene's BM25 (Robertson and Zaragoza, 2009, with its idf that is never negative), k1 = 1.2, b = 0.75."""
    counted = [Counter(words(text)) for text in texts]
    lengths = [sum(counts.values()) for counts in counted]
    mean = sum(lengths) / len(texts)
    scores = np.zeros(len(texts))
    for word in query:
        having = sum(word in counts for counts in counted)
        idf = math.log(1 + (len(texts) - having + 0.5) / (having + 0.5))
        for place, counts in enumerate(counted):
            often = counts[word]
            scores[place] += idf * often / (often + 1.2 * (1 - 0.75 + 0.75 * lengths[place] / mean))
    return scores


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.lists(WORDS, min_size=1, max_size=4))
def test_scores_are_those_of_the_formula(texts: list[str], asked: list[str]) -> None:
    query = words(" ".join(asked))
    scores = LexicalIndex.build(texts).scores(query)
    assert np.allclose(scores, by_formula(texts, query), atol=1e-4)
    having = [bool(set(query) & set(words(text))) for text in texts]
    assert [bool(score > 0) for score in scores] == having


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.permutations(range(12)), st.lists(WORDS, min_size=1, max_size=3))
def test_the_order_of_texts_changes_nothing(texts: list[str], order: list[int], asked: list[str]) -> None:
    order = [place for place in order if place < len(texts)]
    query = words(" ".join(asked))
    one = LexicalIndex.build(texts).scores(query)
    two = LexicalIndex.build([texts[place] for place in order]).scores(query)
    assert np.allclose(one[order], two, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(TEXTS, WORDS)
def test_postings_are_the_texts_that_have_the_word(texts: list[str], word: str) -> None:
    index = LexicalIndex.build(texts)
    for piece in words(word):
        having = [place for place, text in enumerate(texts) if piece in words(text)]
        assert sorted(index.postings(piece)) == having
        assert index.document_frequency(piece) == len(having)


@settings(max_examples=40, deadline=None)
@given(TEXTS, st.lists(WORDS, min_size=1, max_size=4))
def test_scores_of_some_texts_are_those_of_all(texts: list[str], asked: list[str]) -> None:
    index, query = LexicalIndex.build(texts), words(" ".join(asked))
    scores = index.scores(query)
    some = np.arange(0, len(texts), 2)
    assert np.allclose(index.scores_of(query, some), scores[some], atol=1e-5)
    assert list(index.best(query, len(texts))) == [place for place, score in enumerate(scores) if score > 0]


def test_the_best_of_long_lists_are_found(tmp_path: Path) -> None:
    dice = random.Random(2)
    texts = [" ".join(dice.choices(["frog", "toad", "newt", "pond", f"reed{n % 700}"], k=12)) for n in range(9_000)]
    LexicalIndex.build(texts).save(tmp_path / "made")
    index = LexicalIndex.load(tmp_path / "made", len(texts))
    query = words("frog pond reed33")
    exact = set(np.argsort(-index.scores(query), kind="stable")[:20])
    assert index.document_frequency("frog") > 4_096
    assert len(exact & set(index.best(query, 200))) >= 19


@pytest.mark.parametrize("texts", [["What Is It?"], ["تحليل"], ["The", "Is it?"]])
def test_texts_without_a_search_word_are_an_index_too(texts: list[str], tmp_path: Path) -> None:
    LexicalIndex.build(texts).save(tmp_path / "made")
    index = LexicalIndex.load(tmp_path / "made", len(texts))
    query = words("frog pond")
    assert not index.scores(query).any()
    assert len(index.best(query, 3)) == len(index.postings("frog")) == index.document_frequency("frog") == 0
    assert list(index.vocabulary()) == []


def test_words_are_whole_for_who_asks_while_they_are_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    index = LexicalIndex.build(["frog", "fish", "fawn"])
    everything, asked, told = index.vocabulary(), list[int](), list[str]()

    def interrupted(self: LexicalIndex) -> Iterator[str]:
        for place, word in enumerate(everything):
            if place == 2 and not asked:
                asked.append(place)
                with ThreadPoolExecutor(1) as other:
                    told.extend(other.submit(index.plain_words, "f", 4).result())
            yield word

    monkeypatch.setattr(LexicalIndex, "vocabulary", interrupted)
    assert sorted(index.plain_words("f", 4)) == sorted(told) == ["fawn", "fish", "frog"]
