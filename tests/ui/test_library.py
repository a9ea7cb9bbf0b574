"""Uploads: what is read is told file by file, and nothing in the index is harmed by what cannot be."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.errors import SettingsError
from rag.ingest import ingest
from rag.settings import load_settings
from tests.invented import PAPERS, write_jsonl
from ui.choices import Choices, bounds
from ui.desk import Only
from ui.library import Library

GOOD = '{"title": "Gecko: Sticky Adapters", "abstract": "Gecko sticks with 7 toes.", "year": 2021}\n'


@pytest.fixture
def library(home: Path) -> Library:
    ingest([write_jsonl(home / "pond.jsonl", PAPERS)], load_settings())
    return Library(Assistant(load_settings(offline=True)))


def quiet(stage: str, done: int, total: int) -> None:
    """No progress is shown."""


def test_where_uploads_lie_is_nobodys_business(library: Library, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7\n" + b"\xff" * 5000)
    report = library.add([str(tmp_path / "bad.pdf"), str(tmp_path / "gone.csv")], quiet)
    assert report.startswith("Nothing was added")
    assert "bad.pdf" in report
    assert "gone.csv" in report
    assert str(tmp_path) not in report


def test_each_file_is_told(library: Library, tmp_path: Path) -> None:
    (tmp_path / "good.jsonl").write_text(GOOD, "utf8")
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7\n" + b"\xff" * 5000)
    (tmp_path / "half.jsonl").write_text(GOOD.replace("Gecko", "Skink") + "{broken\n", "utf8")
    names = ("good.jsonl", "bad.pdf", "half.jsonl")
    report = library.add([str(tmp_path / name) for name in names], quiet)
    assert "2 papers added" in report
    lines = dict(line.removeprefix("- ").split(": ", 1) for line in report.splitlines()[1:])
    assert lines["good.jsonl"] == "read"
    assert lines["bad.pdf"].startswith("skipped")
    assert "PDF" in lines["bad.pdf"]
    assert lines["half.jsonl"].startswith("read; skipped line 2: ")
    assert str(tmp_path) not in report
    assert library.years() == (2021, 2021)
    assert library.find("gecko") == [["Gecko: Sticky Adapters", "2021", "good.jsonl"]]


@pytest.mark.parametrize("name", ["empty.pdf", "broken.pdf", "broken.zip", "broken.gz", "huge.bin", "deep.json"])
def test_bad_files_leave_the_index_as_it_was(library: Library, tmp_path: Path, name: str) -> None:
    content = {
        "empty.pdf": b"",
        "broken.pdf": b"%PDF-1.7\n" + b"\xff" * 5000,
        "broken.zip": b"PK\x03\x04" + b"\x00" * 500,
        "broken.gz": gzip.compress(GOOD.encode())[:-12],
        "huge.bin": b"\x00" * 5_000_000,
        "deep.json": b"[" * 100_000,
    }[name]
    before = sorted(library.titles())
    (tmp_path / name).write_bytes(content)
    report = library.add([str(tmp_path / name)], quiet)
    assert "skipped" in report or "Nothing was added" in report
    assert set(before) <= set(library.titles())
    assert "4.7x" in library.assistant.ask("By how much does FrogJump cut memory?").text


def test_what_lies_in_an_archive_is_told_by_its_name_there(library: Library, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("in/good.jsonl", GOOD + "{broken\n")
        archive.writestr("in/bad.pdf", b"%PDF-1.7\n" + b"\xff" * 5000)
    report = library.add([str(tmp_path / "all.zip")], quiet)
    line = next(line for line in report.splitlines() if line.startswith("- all.zip: read; "))
    assert "skipped in/bad.pdf: a damaged PDF" in line
    assert "skipped in/good.jsonl line 2: " in line


def test_removing(library: Library) -> None:
    title = next(iter(PAPERS))
    assert library.remove(title).startswith("Removed")
    assert title not in library.titles()
    assert "No paper" in library.remove(title)
    assert "first" in library.remove(" ")


def test_filters_take_what_a_browser_may_send() -> None:
    assert Only.of("x", {"a": 1}, "2020", True) == Only()
    only = Only.of(["Frog", 3], ["pond"], 2020.0, None)
    assert only.as_options() == {"papers": ["Frog"], "sources": ["pond"], "since": 2020, "until": None}
    assert "2020 to …" in only.label()


def test_choices_take_only_what_is_possible(library: Library) -> None:
    own = Choices.of(library.assistant)
    kept = {"k": 9, "verify": "rm -rf", "engine": None, "max_sentences": 10**9, "llm_api_key": "x"}
    taken = own.taken(json.loads(json.dumps(kept)))
    assert taken.k == 9
    assert taken.to_dict() == {**own.to_dict(), "k": 9}
    assert own.taken("nonsense") == own


@pytest.mark.parametrize("name", ["k", "max_sentences"])
def test_what_may_be_chosen_is_what_the_setting_takes(library: Library, name: str) -> None:
    own = Choices.of(library.assistant)
    least, most = bounds(name)
    for value in (least, most):
        taken = own.taken({name: value})
        assert taken.to_dict()[name] == value
        assert library.assistant.varied(**taken.settings())
    for value in (least - 1, most + 1):
        assert own.taken({name: value}) == own
        with pytest.raises(SettingsError):
            library.assistant.varied(**{name: value})


def test_an_assistant_with_choices_shares_the_index(library: Library) -> None:
    other = library.assistant.varied(**Choices.of(library.assistant).taken({"max_sentences": 1}).settings())
    assert other.snapshot is library.assistant.snapshot
    question = "How does FrogJump differ from TinyToad in memory and speech?"
    assert len(other.ask(question).claims) < len(library.assistant.ask(question).claims)


def test_each_of_several_files_that_cannot_be_read_is_told(library: Library, tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7\n" + b"\xff" * 5000)
    (tmp_path / "empty.csv").write_bytes(b"")
    report = library.add([str(tmp_path / "bad.pdf"), str(tmp_path / "empty.csv")], quiet)
    lines = report.splitlines()
    assert lines[0] == "Nothing was added."
    assert lines[1].startswith("- bad.pdf: skipped: ")
    assert "PDF" in lines[1].removeprefix("- bad.pdf")
    assert lines[2].startswith("- empty.csv: skipped: ")
    assert str(tmp_path) not in report
