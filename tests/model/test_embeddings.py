"""Embeddings over the OpenAI protocol, and the way from one embedder to another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.cli import main
from rag.errors import IndexMismatchError
from rag.index import Index
from rag.ingest import ingest
from rag.settings import load_settings
from tests.conftest import KEY
from tests.invented import PAPERS, write_jsonl
from tests.servers.scripted import Fail, Say, ScriptedModel

QUESTION = "By how much does FrogJump cut memory?"


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedModel]:
    """An endpoint that embeds, named by the standard variables."""
    with ScriptedModel(lambda request: Say("x")) as server:
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        yield server


def test_papers_and_questions_go_through_the_endpoint(home: Path, endpoint: ScriptedModel) -> None:
    settings = load_settings(embedder="openai:text-embedding-3-small", offline=True)
    ingest([write_jsonl(home / "pond.jsonl", PAPERS)], settings)
    answer = Assistant(settings).ask(QUESTION)
    assert answer.papers[0].startswith("FrogJump")
    assert any("landmark" in text for text in endpoint.embedded)
    assert any(QUESTION in text for text in endpoint.embedded)


def test_another_embedder_is_refused_and_reindex_is_the_way(
    home: Path, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    source = write_jsonl(home / "pond.jsonl", PAPERS)
    assert main(["ingest", str(source)]) == 0
    before = {paper.id: paper for paper in Index(home / "index").snapshot().papers()}
    monkeypatch.setenv("FOOTNOTE_EMBEDDER", "openai:text-embedding-3-small")
    monkeypatch.setenv("FOOTNOTE_OFFLINE", "1")
    with pytest.raises(IndexMismatchError, match="reindex"):
        Assistant().ask(QUESTION)
    assert main(["ingest", str(source)]) == 1
    assert "--reindex" in capsys.readouterr().err
    assert main(["doctor"]) == 1
    assert "--reindex" in capsys.readouterr().out
    assert main(["ingest", "--reindex"]) == 0
    assert {paper.id: paper for paper in Index(home / "index").snapshot().papers()} == before
    assert Assistant().ask(QUESTION).papers[0].startswith("FrogJump")
    assert main(["ingest", str(source)]) == 0
    monkeypatch.setenv("FOOTNOTE_EMBEDDER", "builtin")
    assert main(["ingest", "--reindex"]) == 0
    assert Assistant().ask(QUESTION).papers[0].startswith("FrogJump")
    assert len(list((home / "index").glob("rebuilt-*"))) == 1


def test_a_rebuild_that_fails_leaves_the_old_index(
    home: Path, endpoint: ScriptedModel, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", str(write_jsonl(home / "pond.jsonl", PAPERS))]) == 0
    monkeypatch.setenv("FOOTNOTE_EMBEDDER", "openai:any-model")
    endpoint.embedding_fault = Fail(401, "bad key")
    assert main(["ingest", "--reindex"]) == 1
    capsys.readouterr()
    monkeypatch.setenv("FOOTNOTE_EMBEDDER", "builtin")
    monkeypatch.setenv("FOOTNOTE_OFFLINE", "1")
    assert Assistant().ask(QUESTION).papers[0].startswith("FrogJump")
