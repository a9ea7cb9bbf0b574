"""The nearest of many vectors by cells, against a search through all of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag import cells
from rag.assistant import Assistant
from rag.cells import Cells
from rag.ingest import ingest
from rag.settings import load_settings
from tests.invented import PAPERS, numbered, write_jsonl


def clustered(count: int, dimensions: int = 64) -> np.ndarray:
    """Unit vectors around a few hundred subjects, as those of texts are."""
    dice = np.random.default_rng(3)
    subjects = dice.normal(size=(300, dimensions))
    made = subjects[dice.integers(0, 300, count)] + dice.normal(scale=0.7, size=(count, dimensions))
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def test_what_cells_find_is_what_is_nearest(tmp_path: Path) -> None:
    vectors = clustered(30_000)
    Cells.build(vectors).save(tmp_path / "cells")
    index = Cells.load(tmp_path / "cells")
    found = 0
    for query in clustered(30_100)[-100:]:
        exact = np.argsort(-(vectors @ query), kind="stable")[:10]
        near = index.nearest(query, 200)
        assert len(set(near.tolist())) == len(near) <= 200
        found += len(set(exact.tolist()) & set(near.tolist()))
    assert found / 1_000 >= 0.97


def test_the_same_vectors_give_the_same_cells(tmp_path: Path) -> None:
    vectors = clustered(3_000)
    for name in ("one", "two"):
        Cells.build(vectors).save(tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


@pytest.mark.parametrize("count", [1, 2, 7])
def test_few_vectors(count: int) -> None:
    vectors = clustered(count)
    assert sorted(Cells.build(vectors).nearest(vectors[0], 10)) == list(range(count))


def test_answers_are_the_same_by_cells(
    home: Path, tmp_path: Path, pond: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "FEWEST", 20)
    settings = load_settings(home=home, offline=True)
    ingest([write_jsonl(tmp_path / "a.jsonl", {**PAPERS, **numbered(35)})], settings)
    assistant = Assistant(settings, embedder=pond.embedder)
    assert assistant.snapshot.cells is not None
    for question in ("By how much does FrogJump cut memory?", "word error rate of TinyToad", "Compare Otter and Heron"):
        assert assistant.ask(question).text == pond.ask(question).text
    narrowed = assistant.ask("How long does recovery take?", papers=["Beaver"])
    assert narrowed.papers
    assert all(title.startswith("Beaver") for title in narrowed.papers)
