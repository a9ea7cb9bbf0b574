"""Questions on invented papers, an index of them, and a run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.records import Record
from eval.runner import run
from eval.runs import Run
from eval.schema import load
from rag.assistant import Assistant
from rag.ingest import ingest
from rag.settings import load_settings
from tests.eval.pond import ROWS, title
from tests.invented import PAPERS, numbered, write_jsonl


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    rows = [
        {
            "id": f"q{i}",
            "question": question,
            "kind": kind,
            "split": "test",
            "gold": [title(paper)] if paper else [],
            "facts": [{"any": [fact], "vital": True}] if fact else [],
        }
        for i, (question, kind, paper, fact) in enumerate(ROWS)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")
    return path


@pytest.fixture
def papers(home: Path) -> Path:
    ingest([write_jsonl(home / "pond.jsonl", {**PAPERS, **numbered(35)})], load_settings())
    return home


@pytest.fixture
def records(pond: Assistant, dataset: Path, tmp_path: Path) -> list[Record]:
    return run(pond, load(dataset), Run(tmp_path / "run"))
