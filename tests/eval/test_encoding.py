"""What the encoder learns from holds nothing of what it is measured on."""

from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from eval.datasets import rows
from eval.schema import bundled
from eval.training.encoding import Wordings, concepts, of_abstracts, of_concepts, of_sentences, pools
from rag.corpus.digests import bundled as bundled_papers
from rag.embedding import load_minilm
from rag.lexical import LexicalIndex


@pytest.fixture(scope="module")
def wordings(models_home: Path) -> Wordings:
    return Wordings(
        load_minilm(models_home / "models"), LexicalIndex.build(["A transformer is pruned.", "Robots fold laundry."])
    )


def test_no_paper_of_the_collection_and_no_question_on_it() -> None:
    titles = {paper.title.casefold() for paper in bundled_papers()}
    asked = {row.question.casefold() for split in ("train", "test") for row in bundled(split)}
    invented = {paper["title"].casefold() for row in rows("concepts") for paper in row["papers"]}
    assert len(invented) == 3 * 770
    assert not invented & titles
    questions = {q.casefold() for row in rows("concepts") for paper in row["papers"] for q in paper["questions"]}
    requests = {q.casefold() for row in rows("concepts") for q in row["requests"]}
    requests |= {entry["request"].casefold() for row in rows("listings") for entry in row["requests"]}
    about = {row["paper"].casefold() for row in rows("invented")}
    questions |= {entry["question"].casefold() for row in rows("invented") for entry in row["questions"]}
    assert not (questions | requests) & asked
    assert not about & titles


def test_spans_are_sentences_and_the_answer_is_one_of_them(wordings: Wordings) -> None:
    for pair in islice(of_sentences(wordings), 40):
        said = [pair.text[start:end] for start, end in pair.sentences]
        assert all(sentence == sentence.strip() and sentence[-1] in ".!?)" for sentence in said)
        assert pair.says
        assert max(pair.says) < len(said)


def test_questions_stand_beside_their_text(wordings: Wordings) -> None:
    for pair in islice(of_concepts(wordings), 12):
        assert len(pair.near) == 2
        assert pair.text not in pair.near
        np.testing.assert_allclose(pair.question.weights.sum(), 1.0, atol=1e-5)
    assert next(of_abstracts(wordings)).text


def test_related_concepts_have_requests_terms_and_papers(wordings: Wordings) -> None:
    for concept in islice(concepts(wordings), 3):
        assert len(concept.papers) == 3
        assert len(concept.terms) >= 3
        assert len(concept.requests) >= 6


def test_a_listing_has_papers_of_its_pool_and_near_misses(wordings: Wordings) -> None:
    for pool in islice(pools(wordings), 3):
        assert len(set(pool.papers)) == len(pool.papers) > 70
        for listing in pool.listings:
            assert listing.belong
            assert not set(listing.belong) & set(listing.borderline)
            assert max(listing.belong + listing.borderline) < len(pool.papers)
            assert len(listing.belong + listing.borderline) < len(pool.papers) // 2
