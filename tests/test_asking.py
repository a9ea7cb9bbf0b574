"""`ask` without objects: when the bundled papers are taken in, and when they are not."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

import rag
from rag import aask, ask, stream
from rag.cli import main
from rag.errors import IndexMissingError, UsageError
from rag.index import Index
from rag.ingest import ingest, reindex, remove, repair
from rag.settings import Settings, load_settings
from rag.types import Answer
from tests.invented import PAPERS, write_jsonl

QUESTION = "By how much does FrogJump cut memory?"


@pytest.fixture
def emptied(home: Path, tmp_path: Path) -> Settings:
    """The settings of an index all of whose papers were removed."""
    settings = load_settings(home=home, offline=True)
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
    remove(settings, lambda paper: True)
    return settings


def test_where_nothing_was_ingested_the_bundled_papers_are(home: Path) -> None:
    repair(load_settings(home=home))  # of nothing: it was not emptied by that
    answer = ask("Which FP8 training method compresses optimizer states?", home=home, offline=True)
    assert answer.papers[0].startswith("COAT")


def test_who_asks_while_the_first_ingest_writes_gets_its_papers_alone(home: Path, tmp_path: Path) -> None:
    settings = load_settings(home=home, offline=True)
    asked: list[Future[Answer]] = []

    def ask_once(stage: str, done: int, total: int) -> None:
        if stage == "encode" and not asked:
            asked.append(others.submit(ask, QUESTION, home=home, offline=True))
            time.sleep(0.5)  # it finds no index yet

    with ThreadPoolExecutor(1) as others:
        ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings, progress=ask_once)
        assert "4.7x" in asked[0].result().text
    assert Index.of(settings).snapshot().paper_count == len(PAPERS)


@pytest.mark.parametrize("since", ["nothing", "repair", "reindex", "an ingest cut short"])
def test_an_emptied_index_stays_empty_and_says_how_to_fill_it(
    emptied: Settings, since: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if since == "repair":
        repair(emptied)
    elif since == "reindex":
        reindex(emptied)
    elif since == "an ingest cut short":
        _cut_short(emptied, tmp_path, monkeypatch)
    with pytest.raises(IndexMissingError, match="is empty"):
        ask(QUESTION, home=emptied.home, offline=True)
    assert main(["ask", "--offline", QUESTION]) == 1
    told = capsys.readouterr().err
    assert "is empty" in told
    assert "footnote ingest --bundled" in told
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], emptied)
    assert Index.of(emptied).snapshot().paper_count == len(PAPERS)
    assert "4.7x" in ask(QUESTION, home=emptied.home, offline=True).text


def _cut_short(settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    path = write_jsonl(folder / "b.jsonl", PAPERS)
    with monkeypatch.context() as patched:
        patched.setattr("rag.index_writer.write_snapshot", stop)
        with pytest.raises(KeyboardInterrupt):
            ingest([path], settings)


@pytest.mark.parametrize(("wrong", "meant"), [("paper", "papers"), ("source", "sources"), ("sinse", "since")])
def test_a_mistyped_argument_is_told_with_the_one_that_is_meant(home: Path, wrong: str, meant: str) -> None:
    for door in (ask, lambda *given, **more: list(stream(*given, **more)), lambda *g, **m: asyncio.run(aask(*g, **m))):
        with pytest.raises(UsageError, match=f"do you mean {meant}"):
            door(QUESTION, home=home, **{wrong: "x"})


def test_what_the_package_offers_is_listed() -> None:
    assert {"ask", "aask", "stream", "check", "Assistant"} <= set(dir(rag)) == set(rag.__all__)


def test_the_command_refuses_an_empty_search_and_names_a_filter_that_fits_nothing(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], load_settings(home=home))
    assert main(["search", " "]) == 2
    assert "the query is empty" in capsys.readouterr().err
    assert main(["ask", "--offline", "--paper", "Unicorn", QUESTION]) == 3
    assert "No paper of the index fits the filter: title “Unicorn”." in capsys.readouterr().out


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_of_a_process_that_asked_can_ask(home: Path, tmp_path: Path) -> None:
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], load_settings(home=home))
    done = subprocess.run([sys.executable, "-c", _FORKED, QUESTION], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("4.7x") == 2


_FORKED = """
import asyncio, os, signal, sys
from rag import aask

print(asyncio.run(aask(sys.argv[1], offline=True)).text, flush=True)
child = os.fork()
if not child:
    signal.alarm(300)  # one that hangs is ended
    print(asyncio.run(aask(sys.argv[1], offline=True)).text, flush=True)
    os._exit(0)
sys.exit(os.waitpid(child, 0)[1] != 0)
"""
