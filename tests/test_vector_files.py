"""Chroma's vector files hold nothing but vectors, whatever memory they were written from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from rag.store import COLLECTION, Store, connect, to_records
from rag.types import Paper, Passage, Source
from tests.conftest import KEY


def _records(count: int) -> list[tuple[Paper, Passage]]:
    sources = (Source("pond", "pond.jsonl"),)
    papers = [Paper(f"p{i}", f"Frog {i}", f"The frog {i} jumps.", sources, {}) for i in range(count)]
    return [
        (paper, Passage(f"{paper.id}-0", paper.id, paper.title, paper.text, 0, len(paper.text), 0, ("pond",), {}))
        for paper in papers
    ]


def _write(store: Store, count: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    vectors = np.random.default_rng(7).normal(size=(count, 384)).astype(np.float32)
    store.write([to_records(paper, [passage])[0] for paper, passage in _records(count)], vectors)
    return vectors


@pytest.mark.parametrize("count", [3, 1500])  # below and above what Chroma keeps in its log
def test_room_behind_the_vectors_is_zero(tmp_path: Path, count: int) -> None:
    store = Store(tmp_path)
    vectors = _write(store, count)
    (held,) = tmp_path.glob("*/data_level0.bin")
    used = held.stat().st_size if count > 1000 else 0
    with held.open("r+b") as file:  # what hnswlib does with memory that held a key
        file.seek(0 if count < 1000 else used)
        file.write(KEY.encode() * 100)
    store.delete(["unknown"])
    written = held.read_bytes()
    assert KEY.encode() not in written
    assert not any(written[used:])
    assert any(written[:used]) == (used > 0)
    searched = connect(tmp_path).get_collection(COLLECTION, embedding_function=None)
    assert searched.query(query_embeddings=vectors[2:3], n_results=1)["ids"] == [["p2-0"]]


def test_files_of_another_layout_are_left(tmp_path: Path) -> None:
    store = Store(tmp_path)
    _write(store, 3)
    (held,) = tmp_path.glob("*/data_level0.bin")
    held.with_name("header.bin").write_bytes((9).to_bytes(4, "little") + bytes(96))
    held.write_bytes(b"other")
    store.delete(["unknown"])
    assert held.read_bytes() == b"other"
