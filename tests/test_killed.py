"""`kill -9` at random moments of every operation that writes, while a reader keeps asking.

Each time the next run must end in the state of an undisturbed one, and the reader must see the index as it was before
or as it is after, never between. `sh scripts/test -m slow tests/test_killed.py` kills a hundred times.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from rag.assistant import Assistant
from rag.embedding import Embedder
from rag.errors import IndexMissingError
from rag.index import Index
from rag.settings import Settings, load_settings
from rag.snapshot import Snapshot
from rag.store import Store, stored_papers
from tests.invented import PAPERS, numbered, write_jsonl

QUESTION = "By how much does FrogJump cut memory?"
OPERATIONS = ("ingest", "update", "remove", "prune")


@dataclass(frozen=True)
class Scene:
    """A home before an operation, the arguments of `footnote` that carry it out, and what it ends in undisturbed."""

    before: Path
    papers: Path
    command: tuple[str, ...]
    seconds: float
    after: Snapshot
    answers: frozenset[str]

    def settings(self, home: Path) -> Settings:
        return load_settings(home=home, offline=True)

    def fresh(self, home: Path, models: Path) -> None:
        shutil.copytree(self.before, home, symlinks=True)
        (home / "models").symlink_to(models)


def started(command: tuple[str, ...], home: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "FOOTNOTE_HOME": str(home)}
    return subprocess.Popen(
        [sys.executable, "-m", "rag.cli", *command],
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def answered(home: Path, embedder: Embedder) -> str:
    try:
        return Assistant(load_settings(home=home, offline=True), embedder=embedder).ask(QUESTION).text
    except IndexMissingError:
        return "nothing"


def scene(operation: str, folder: Path, models: Path, embedder: Embedder) -> Scene:
    """Made for real: the papers written, the operation carried out once in peace, and timed."""
    papers, home, peace = folder / "papers", folder / "before", folder / "peace"
    for place in (papers, home):
        place.mkdir(parents=True)
    old, extra = numbered(60), dict(list(PAPERS.items())[:5])
    command = ("ingest", str(papers))
    if operation != "ingest":
        write_jsonl(papers / "a.jsonl", {**old, **extra} if operation != "update" else old)
        write_jsonl(papers / "b.jsonl", numbered(40, start=60))
        (home / "models").symlink_to(models)
        assert started(command, home).wait() == 0
    if operation == "ingest":
        write_jsonl(papers / "a.jsonl", {**old, **PAPERS})
    elif operation == "update":
        write_jsonl(papers / "a.jsonl", {**PAPERS, **{t: f"{text} It was changed since." for t, text in old.items()}})
    elif operation == "remove":
        command = ("remove", "--source", "a.jsonl", "--yes")
    else:
        (papers / "a.jsonl").unlink()
        command = ("ingest", str(papers), "--prune")
    before = answered(home, embedder)
    (home / "models").unlink(missing_ok=True)
    made = Scene(home, papers, command, 0.0, None, frozenset())  # type: ignore[arg-type]
    made.fresh(peace, models)
    begun = time.perf_counter()
    assert started(command, peace).wait() == 0
    seconds = time.perf_counter() - begun
    after = Index(made.settings(peace).index_folder).snapshot()
    return Scene(home, papers, command, seconds, after, frozenset({before, answered(peace, embedder)}))


@contextmanager
def asking(home: Path, embedder: Embedder, seen: list[str]) -> Iterator[None]:
    """A reader in a thread of its own that asks without end, as a new one and as one that stays."""
    stop = threading.Event()
    staying = Assistant(load_settings(home=home, offline=True), embedder=embedder)

    def read() -> None:
        while not stop.is_set():
            try:
                seen.append(staying.ask(QUESTION).text)
                seen.append(answered(home, embedder))
            except IndexMissingError:
                seen.append("nothing")
            except Exception as error:
                seen.append(f"{type(error).__name__}: {error}")
            time.sleep(0.002)

    reader = threading.Thread(target=read)
    reader.start()
    try:
        yield
    finally:
        stop.set()
        reader.join()


def same(one: Snapshot, two: Snapshot) -> None:
    assert one.revision == two.revision
    assert list(one.papers()) == list(two.papers())
    assert list(one.passage_ids()) == list(two.passage_ids())
    assert np.allclose(one.vectors, two.vectors, atol=1e-6)
    for position in range(0, len(one), 7):
        assert np.array_equal(one.tokens(position).spans, two.tokens(position).spans)


@pytest.mark.parametrize("kills", [2, pytest.param(25, marks=pytest.mark.slow)])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_killed_at_random_moments(
    operation: str, kills: int, tmp_path: Path, models_home: Path, pond: Assistant
) -> None:
    models, embedder, chance = models_home / "models", pond.embedder, random.Random(operation)
    made = scene(operation, tmp_path, models, embedder)
    seen, hits = list[str](), 0
    for turn in range(kills + 10):
        if turn >= kills and hits:  # on a machine that was busy when the scene was timed, kills come late
            break
        home = tmp_path / f"home-{turn}"  # a new place each time: Chroma remembers what it opened by its path
        made.fresh(home, models)
        with asking(home, embedder, seen):
            process = started(made.command, home)
            time.sleep(chance.uniform(0.3, 1.1) * made.seconds)
            os.killpg(process.pid, signal.SIGKILL)
            hits += process.wait() == -signal.SIGKILL
            # 2: nothing was left to remove, since the kill came late
            assert started(made.command, home).wait() in ((0, 2) if operation == "remove" else (0,))
        same(Index(made.settings(home).index_folder).snapshot(), made.after)
        stored = stored_papers(Store(Index(made.settings(home).index_folder).chroma).records())
        assert all(paper.whole for paper in stored.values())
        assert len(stored) == made.after.paper_count
        shutil.rmtree(home)
    assert hits
    assert set(seen) <= made.answers, set(seen) - made.answers
