"""Offences committed for real: files cut, bits flipped, indexes moved; each is told, and each is mended as told."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import random
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rag.assistant import Assistant
from rag.backup import backup, restore
from rag.cli import main
from rag.errors import IndexDamagedError, IndexMissingError, StoreError, UsageError
from rag.index import Index
from rag.ingest import ingest
from rag.settings import Settings, load_settings
from rag.store import COLLECTION, Store, connect, stored_papers
from tests.invented import PAPERS, write_jsonl

QUESTION = "By how much does FrogJump cut memory?"


@pytest.fixture
def settings(home: Path) -> Settings:
    chosen = load_settings(home=home, offline=True)
    ingest([write_jsonl(home / "pond.jsonl", PAPERS)], chosen)
    return chosen


def snapshot_files(settings: Settings) -> list[Path]:
    folder = Index(settings.index_folder).snapshot().folder
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")


def changed(path: Path, **fields: Any) -> None:
    """Write other fields into a JSON file; those that are None are taken out."""
    row = {**json.loads(path.read_text(encoding="utf8")), **fields}
    path.write_text(json.dumps({name: value for name, value in row.items() if value is not None}), encoding="utf8")


def answer(settings: Settings) -> str:
    return Assistant(settings).ask(QUESTION).text


@pytest.mark.parametrize("count", [5, pytest.param(0, marks=pytest.mark.slow)])  # 0: every file
def test_one_flipped_bit_in_any_file_is_noticed_and_repaired(settings: Settings, count: int) -> None:
    before, dice = answer(settings), random.Random(7)
    names = [path.name for path in snapshot_files(settings)]
    for place in dice.sample(range(len(names)), count or len(names)):
        path = snapshot_files(settings)[place]
        data = bytearray(path.read_bytes())
        if not data:
            continue
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
        path.write_bytes(data)
        with pytest.raises(IndexDamagedError, match=path.name) as told:
            answer(settings)
        assert "footnote repair" in told.value.hint
        assert main(["repair"]) == 0
    assert answer(settings) == before


def test_a_flipped_bit_in_the_manifest_is_noticed_and_repaired(settings: Settings) -> None:
    index, dice = Index(settings.index_folder), random.Random(5)
    snapshot = index.snapshot()
    path = snapshot.folder / "manifest.json"
    whole = path.read_bytes()
    for place in dice.sample(range(len(whole)), 150):
        data = bytearray(whole)
        data[place] ^= 1 << dice.randrange(8)
        path.write_bytes(data)
        with pytest.raises(IndexDamagedError, match="footnote repair"):
            index.snapshot()
    path.write_bytes(whole.replace(b'"checksums"', b'"khecksums"'))
    with pytest.raises(IndexDamagedError, match=r"manifest\.json"):
        answer(settings)
    assert main(["repair"]) == 0
    assert index.snapshot().manifest == snapshot.manifest


def test_a_snapshot_from_before_manifests_had_a_checksum_opens(settings: Settings) -> None:
    before, path = answer(settings), Index(settings.index_folder).snapshot().folder / "manifest.json"
    changed(path, version=None, crc32=None)
    assert answer(settings) == before
    for missing in ("papers", "files", "schema"):
        whole = path.read_bytes()
        changed(path, **{missing: None})
        with pytest.raises(IndexDamagedError, match="footnote repair"):
            answer(settings)
        path.write_bytes(whole)
    changed(path, version=2)  # one that must have it
    with pytest.raises(IndexDamagedError, match="crc32"):
        answer(settings)


@pytest.mark.parametrize("offence", ["cut", "gone"])
def test_files_cut_or_gone_are_noticed_and_repaired(settings: Settings, offence: str) -> None:
    before = answer(settings)
    for place in range(0, len(snapshot_files(settings)), 7):
        path = snapshot_files(settings)[place]
        if offence == "cut":
            path.write_bytes(path.read_bytes()[:-1])
        else:
            path.unlink()
        with pytest.raises(IndexDamagedError, match=r"snapshot|size"):
            answer(settings)
        assert main(["repair"]) == 0
    assert answer(settings) == before


def test_a_backup_moves_an_index(settings: Settings, tmp_path: Path, models_home: Path) -> None:
    target = tmp_path / "index.tar"
    backup(settings, target)
    other = tmp_path / "other"
    other.mkdir()
    (other / "models").symlink_to(models_home / "models")
    moved = load_settings(home=other, offline=True)
    assert restore(moved, target) == len(PAPERS)
    assert answer(moved) == answer(settings)
    with pytest.raises(UsageError, match="there is an index"):
        restore(moved, target)
    assert restore(moved, target, force=True) == len(PAPERS)
    extra = write_jsonl(other / "more.jsonl", {"Gecko": "Gecko sticks to walls with 7 toes."})
    assert ingest([extra], moved).papers == len(PAPERS) + 1


@pytest.mark.parametrize("state", ["", '{"schema": 1, "emb', '{"schema": 99}'])
def test_a_backup_replaces_an_index_that_does_not_open(settings: Settings, tmp_path: Path, state: str) -> None:
    target, held = tmp_path / "index.tar", settings.index_folder / "state.json"
    backup(settings, target)
    held.write_text(state, encoding="utf8")
    with pytest.raises(UsageError, match="--force"):
        restore(settings, target)
    (tmp_path / "other.tar").write_bytes(b"")
    with pytest.raises(IndexDamagedError):
        restore(settings, tmp_path / "other.tar", force=True)
    assert held.read_text(encoding="utf8") == state
    assert restore(settings, target, force=True) == len(PAPERS)
    assert "4.7x" in answer(settings)


@pytest.mark.parametrize("folder", ["chroma", "snapshots", "."])
def test_a_backup_holds_what_lies_on_another_disk(settings: Settings, tmp_path: Path, folder: str) -> None:
    moved, target = settings.index_folder / folder, tmp_path / "index.tar"
    moved.resolve().rename(tmp_path / "disk")
    Path(os.path.normpath(moved)).symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "circle").symlink_to(tmp_path / "disk")
    backup(settings, target)
    assert restore(load_settings(home=tmp_path / "other"), target) == len(PAPERS)
    assert restore(settings, target, force=True) == len(PAPERS)
    assert "4.7x" in answer(settings)


def test_a_compressed_backup_is_read(settings: Settings, tmp_path: Path) -> None:
    backup(settings, tmp_path / "index.tar")
    whole = gzip.compress((tmp_path / "index.tar").read_bytes())
    (tmp_path / "index.tar.gz").write_bytes(whole)
    assert restore(load_settings(home=tmp_path / "other"), tmp_path / "index.tar.gz") == len(PAPERS)
    for cut in (whole[: len(whole) // 2], whole[:5], b"no backup", b""):
        (tmp_path / "cut.gz").write_bytes(cut)
        with pytest.raises(IndexDamagedError, match=r"cut\.gz") as refused:
            restore(settings, tmp_path / "cut.gz", force=True)
        assert "\n" not in str(refused.value)


def test_what_is_no_file_is_told_before_what_would_be_replaced(settings: Settings, tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "none.tar"):
        with pytest.raises(UsageError, match="there is no file"):
            restore(settings, source)


def test_the_doctor_sees_an_index_that_questions_would_fail_on(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    held = settings.index_folder / "state.json"
    changed(held, writing=True)
    assert main(["doctor"]) == 0
    assert "an ingest did not finish" in capsys.readouterr().out
    held.unlink()
    assert main(["doctor"]) == 1
    assert "no state.json" in capsys.readouterr().out


def test_a_damaged_backup_is_refused_and_the_index_stays(settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "index.tar"
    backup(settings, target)
    whole, before, dice = target.read_bytes(), answer(settings), random.Random(3)
    for _ in range(6):
        data = bytearray(whole)
        data[dice.randrange(len(data) // 4, len(data) * 3 // 4)] ^= 0xFF
        target.write_bytes(data)
        with suppress(IndexDamagedError):  # not raised where the byte was padding between two files
            restore(settings, target, force=True)
        assert answer(settings) == before
    target.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(IndexDamagedError):
        restore(settings, target, force=True)
    assert answer(settings) == before
    assert not list(settings.home.glob("index-restored-*"))


def test_a_forged_backup_writes_nothing_elsewhere(home: Path, tmp_path: Path) -> None:
    target = tmp_path / "forged.tar"
    with tarfile.open(target, "w") as archive:
        for name, data in (("checksums.json", b'{"../escaped": "0"}'), ("../escaped", b"x")):
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    with pytest.raises(IndexDamagedError):
        restore(load_settings(home=home), target)
    assert not list(tmp_path.rglob("escaped"))


def forge(backed_up: Path, target: Path, state: Mapping[str, Any]) -> None:
    """A backup whose state says something else, with checksums that are right."""
    with tarfile.open(backed_up) as archive:
        held = {m.name: file.read() for m in archive if (file := archive.extractfile(m)) and m.name != "checksums.json"}
    held["state.json"] = json.dumps({**json.loads(held["state.json"]), **state}).encode()
    sums = {name: hashlib.sha256(data).hexdigest() for name, data in held.items()}
    with tarfile.open(target, "w") as archive:
        for name, data in {"checksums.json": json.dumps(sums).encode(), **held}.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))


@pytest.mark.parametrize("place", ["{victim}", "../victim", "restored-0123abcd/../../victim", "restored-0123abcd\n"])
def test_a_forged_backup_takes_nothing_from_elsewhere(settings: Settings, tmp_path: Path, place: str) -> None:
    victim, target, before = tmp_path / "victim", tmp_path / "index.tar", answer(settings)
    victim.mkdir()
    (victim / "mine.txt").write_text("mine", encoding="utf8")
    backup(settings, target)
    held = Index(settings.index_folder).snapshot().folder
    place = place.format(victim=victim)
    for state in ({"place": place, "revision": str(held)}, {"place": place}, {"revision": str(held)}, {"writing": []}):
        forge(target, tmp_path / "forged.tar", state)
        with pytest.raises(IndexDamagedError, match=r"forged\.tar holds no index"):
            restore(settings, tmp_path / "forged.tar", force=True)
        assert (victim / "mine.txt").read_text(encoding="utf8") == "mine"
        assert answer(settings) == before
    assert not list(settings.home.glob("index-restored-*"))


@pytest.mark.parametrize("listed", [b"[]", b"7", b"[" * 100_000, b"\xff"])
def test_a_list_of_files_that_is_none_is_refused(home: Path, tmp_path: Path, listed: bytes) -> None:
    target = tmp_path / "forged.tar"
    with tarfile.open(target, "w") as archive:
        entry = tarfile.TarInfo("checksums.json")
        entry.size = len(listed)
        archive.addfile(entry, io.BytesIO(listed))
    with pytest.raises(IndexDamagedError, match=r"forged\.tar"):
        restore(load_settings(home=home), target)


def test_a_field_of_a_newer_version_is_no_damage(settings: Settings) -> None:
    before = answer(settings)
    changed(settings.index_folder / "state.json", colour="green")
    assert answer(settings) == before
    assert ingest([write_jsonl(settings.home / "pond.jsonl", PAPERS)], settings).unchanged == len(PAPERS)
    changed(settings.index_folder / "state.json", revision="../../elsewhere")
    with pytest.raises(IndexDamagedError, match=r"state\.json"):
        answer(settings)


def test_what_chroma_refuses_is_told(settings: Settings) -> None:
    folder = Index(settings.index_folder).chroma
    store = Store(folder)
    records = [record for stored in stored_papers(store.records()).values() for record in stored.records]
    connect(folder).delete_collection(COLLECTION)
    ids, vectors = [record.passage.id for record in records], np.ones((len(records), 384), np.float32)
    for refused in (
        lambda: list(store.records()),
        lambda: store.vectors(ids),
        lambda: store.write(records, vectors),
        lambda: store.rewrite_metadata(records),
        lambda: store.delete(ids),
    ):
        with pytest.raises(StoreError, match="footnote repair"):
            refused()


def test_nothing_to_back_up_is_said(home: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        backup(load_settings(home=home), tmp_path / "x.tar")
    assert not (tmp_path / "x.tar").exists()


def test_a_backup_replaces_nothing_but_a_file_outside_the_index(settings: Settings, tmp_path: Path) -> None:
    index, pipe = settings.index_folder, tmp_path / "pipe"
    os.mkfifo(pipe)
    state = (index / "state.json").read_bytes()
    for target, told in (
        (tmp_path, "is a folder"),
        (tmp_path / "none" / "x.tar", "there is no folder"),
        (pipe, "not a regular file"),
        (index / "x.tar", "lies in the index"),
        (index / "state.json", "lies in the index"),
    ):
        with pytest.raises(UsageError, match=told):
            backup(settings, target)
    with pytest.raises(StoreError, match="too long"):
        backup(settings, tmp_path / ("x" * 300))
    assert (index / "state.json").read_bytes() == state
    assert not list(tmp_path.rglob("*.part"))


def test_a_damaged_store_is_told_with_a_way_out(settings: Settings, tmp_path: Path) -> None:
    target, newt = tmp_path / "index.tar", write_jsonl(tmp_path / "new.jsonl", {"Newt": "It is new."})
    backup(settings, target)
    database = Index(settings.index_folder).chroma / "chroma.sqlite3"
    whole = database.read_bytes()
    database.write_bytes(whole[: len(whole) // 2])
    for command in (["ingest", str(newt)], ["repair"]):
        ended = subprocess.run([sys.executable, "-m", "rag.cli", *command], capture_output=True, text=True, check=False)
        assert (ended.returncode, "Traceback" in ended.stderr) == (1, False)
        assert "is damaged" in ended.stderr
        assert "footnote restore" in ended.stderr
    assert main(["restore", str(target), "--force"]) == 0
    assert ingest([newt], settings).papers == len(PAPERS) + 1


def test_from_the_command_line(settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = str(tmp_path / "index.tar")
    assert main(["backup", target]) == 0
    assert main(["restore", target]) == 2
    assert main(["restore", target, "--force"]) == 0
    assert f"{len(PAPERS)} papers" in capsys.readouterr().out
