"""Full disks and folders that may not be written: told in one line, nothing lost, finished once there is room."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from rag.assistant import Assistant
from rag.cli import main
from rag.errors import StoreError
from rag.index import Index
from rag.settings import load_settings
from rag.snapshot import PackedTokens, Snapshot
from rag.snapshot_writer import write_snapshot
from rag.store import StoredPaper, to_records
from rag.types import Paper, Passage, Source
from tests.invented import PAPERS, numbered, write_jsonl

QUESTION = "By how much does FrogJump cut memory?"


def footnote(*arguments: str, largest_file: int = 0) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own whose files may grow to so many bytes: past that, the system refuses."""

    def bound() -> None:
        if largest_file:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

    command = [sys.executable, "-m", "rag.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, preexec_fn=bound, check=False)


@pytest.mark.parametrize("room", [4_096, 40_000, 200_000, 400_000])
def test_no_room_in_the_middle_of_an_ingest(home: Path, tmp_path: Path, room: int) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    assert main(["ingest", str(path)]) == 0
    before = Assistant(load_settings(home=home, offline=True)).ask(QUESTION)
    write_jsonl(path, {**PAPERS, **numbered(60)})
    ended = footnote("ingest", str(path), largest_file=room)
    assert ended.returncode == 1, ended.stdout
    assert ended.stderr.startswith("error: ")
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.splitlines()) <= 2
    settings = load_settings(home=home, offline=True)
    assert Assistant(settings).ask(QUESTION).text == before.text
    assert main(["ingest", str(path)]) == 0
    assert Index(settings.index_folder).snapshot().paper_count == len(PAPERS) + 60


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own, with room for 8 MB."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounting = ["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)]
    if sys.platform != "linux" or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("needs to mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_disk_that_is_full_when_the_snapshot_is_written(small_disk: Path) -> None:
    """What is mapped to a full disk ends the process; so a snapshot is written in the ordinary way."""
    values = np.zeros((64, 384), np.int8)
    tokens = PackedTokens(values, np.zeros(64, np.float32), np.zeros((64, 2), np.int32))
    stored = [_stored(f"p{number:03}") for number in range(400)]
    with pytest.raises(OSError, match="space"):
        write_snapshot(small_disk / "snapshots", stored, _Vectors(), "none", lambda _: tokens)
    assert list((small_disk / "snapshots").iterdir()) == []
    folder = write_snapshot(small_disk / "snapshots", stored[:40], _Vectors(), "none", lambda _: tokens)
    found = Snapshot(folder)
    found.map(search=True)
    assert found.packed_tokens(39).values.tobytes() == values.tobytes()


class _Vectors:
    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        return np.ones((len(ids), 8), np.float32)


def _stored(name: str) -> StoredPaper:
    paper = Paper(name, f"Pond {name}", "Frogs jump. They sleep.", (Source("a", "/a"),), {})
    passage = Passage(f"{name}-0", name, paper.title, paper.text, 0, len(paper.text), 0, ("a",), {})
    records = to_records(paper, [passage])
    return StoredPaper(paper, records[0].content, tuple(records), True)


def test_only_a_disk_that_takes_no_more_is_told_as_one(tmp_path: Path) -> None:
    index = Index(tmp_path / "index")
    refused = ConnectionRefusedError(errno.ECONNREFUSED, "Connection refused")
    with pytest.raises(ConnectionRefusedError), index.locked(0):
        raise refused
    for error in (OSError(errno.ENOSPC, "No space left on device"), OSError("4096 requested and 12 written")):
        with pytest.raises(StoreError, match="free space"), index.locked(0):
            raise error


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that not even root may write to")
def test_a_home_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_HOME", "/proc/footnote")
    ended = footnote("ingest", str(write_jsonl(tmp_path / "a.jsonl", PAPERS)))
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "/proc/footnote" in ended.stderr
    assert "FOOTNOTE_HOME" in ended.stderr


def test_an_index_on_a_disk_that_is_only_read(home: Path, tmp_path: Path) -> None:
    """Asking writes nothing that an answer needs."""
    assert main(["ingest", str(write_jsonl(tmp_path / "a.jsonl", PAPERS))]) == 0
    ended = footnote("ask", "--offline", QUESTION, largest_file=1)
    assert ended.returncode == 0, ended.stderr
    assert "4.7x" in ended.stdout


def test_two_footnotes_of_different_layouts_do_not_guess(home: Path, tmp_path: Path) -> None:
    assert main(["ingest", str(write_jsonl(tmp_path / "a.jsonl", PAPERS))]) == 0
    state = home / "index" / "state.json"
    state.write_text(state.read_text(encoding="utf8").replace('"schema": 1', '"schema": 7'), encoding="utf8")
    for command in (["ask", QUESTION], ["ingest", str(tmp_path / "a.jsonl")], ["status"], ["repair"]):
        ended = footnote(*command)
        assert ended.returncode == 1, command
        assert "layout 7" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_caches_of_another_version_are_made_again(home: Path, tmp_path: Path, models_home: Path) -> None:
    """The encoder's graph and the tokens on their way into a snapshot are derived: a foreign one is no fault."""
    (home / "models").unlink()
    models = home / "models"
    for path in (models_home / "models").rglob("*"):
        if path.is_file():
            copy = models / path.relative_to(models_home / "models")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(b"from another time" if path.stat().st_size else b"")
    assert main(["ingest", str(write_jsonl(tmp_path / "a.jsonl", PAPERS))]) == 0
    tokens = home / "index" / "tokens"
    tokens.mkdir(exist_ok=True)
    for name in ("0.jsonl", "0.tokens"):
        (tokens / name).write_bytes(b"from another time")
    write_jsonl(tmp_path / "a.jsonl", {**PAPERS, **numbered(3)})
    assert main(["ingest", str(tmp_path / "a.jsonl")]) == 0
    assert "4.7x" in Assistant(load_settings(home=home, offline=True)).ask(QUESTION).text


def test_a_home_that_may_not_be_written_is_told(home: Path, tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    home.chmod(0o555)
    ended = footnote("ingest", str(write_jsonl(tmp_path / "a.jsonl", PAPERS)))
    home.chmod(0o755)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
