"""The commands on the papers of an index, where a slip would cost a paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.cli import main
from rag.index import Index
from tests.invented import write_jsonl

TITLES = ("Pond Study", "Pond Study Revisited")


def test_without_being_asked_only_whole_titles_are_removed(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", str(write_jsonl(tmp_path / "a.jsonl", dict.fromkeys(TITLES, "Frogs jump.")))]) == 0
    assert main(["remove", "pond study", "--yes"]) == 0
    assert main(["remove", "pond study", "--yes"]) == 2
    told = capsys.readouterr().err
    assert "no paper is titled 'pond study'" in told
    assert TITLES[1] in told
    assert [paper.title for paper in Index(home / "index").snapshot().papers()] == [TITLES[1]]
