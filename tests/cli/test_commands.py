"""The real command, as a person types it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from rag.assistant import Assistant
from tests.invented import PAPERS, write_jsonl

ROOT = Path(__file__).resolve().parents[2]
BEAVER = next(title for title in PAPERS if title.startswith("Beaver"))
HOSTILE = "Evil \x1b[31mred\x1b[0m [bold]markup[/bold] \u202etitle"


def footnote(home: Path, *words: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "rag.cli", *words]
    feed = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    return subprocess.run(
        command, capture_output=True, text=True, env=environment, check=False, cwd=home.parent, **feed
    )


@pytest.fixture
def pond_home(pond: Assistant) -> Path:
    return pond.settings.home


def test_ask_prints_the_answer_and_its_sources(pond_home: Path) -> None:
    done = footnote(pond_home, "ask", "By how much does FrogJump cut memory?")
    assert done.returncode == 0, done.stderr
    assert "4.7x on PondBench" in done.stdout.split("\n\n")[0]
    assert "FrogJump: Sparse Attention for Long Documents" in done.stdout
    assert "»" in done.stdout
    assert "\x1b" not in done.stdout


def test_json_is_the_contract(pond_home: Path) -> None:
    done = footnote(pond_home, "ask", "--json", "By how much does FrogJump cut memory?")
    row = json.loads(done.stdout)
    assert row["papers"][0].startswith("FrogJump")
    assert {"text", "citations", "claims", "abstained", "route", "papers", "engine", "timings"} <= set(row)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("ask", "Who won the football world cup in 1998?"), 3),
        (("ask", ""), 2),
        (("ask", "--nonsense", "x"), 2),
        (("nonsense",), 2),
        (("ingest",), 2),
        (("ingest", "/nowhere/at/all"), 1),
        (("show", "no such title at all"), 2),
        (("remove", "FrogJump"), 2),
        (("ask", "--batch", "/nowhere.jsonl"), 2),
        (("--help",), 0),
        (("version",), 0),
    ],
)
def test_exit_codes(pond_home: Path, words: tuple[str, ...], code: int) -> None:
    done = footnote(pond_home, *words)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code in (1, 2):
        assert done.stderr.startswith("error: ")


def test_debug_shows_the_traceback(pond_home: Path) -> None:
    assert "Traceback" in footnote(pond_home, "--debug", "show", "no such title").stderr


def test_a_question_from_standard_input(pond_home: Path) -> None:
    assert "11 seconds" in footnote(pond_home, "ask", stdin="How long does recovery take with Beaver?\n").stdout


def test_a_batch_passes_over_bad_lines(pond_home: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text('{"id": 7, "question": "What is FrogJump?"}\n{broken\n\n{"question": "Who won in 1998?"}\n')
    done = footnote(pond_home, "ask", "--batch", str(batch))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [row.get("id") for row in rows] == [7, None]
    assert f"{batch}:2:" in done.stderr


def test_no_line_stops_a_batch(pond_home: Path, tmp_path: Path) -> None:
    rows = [
        '{"id": 1, "question": "What is FrogJump?", "history": null}',
        '{"id": 2, "question": "What is FrogJump?", "history": 7}',
        '{"id": 3, "question": "What is FrogJump?", "history": {}}',
        '{"id": 4, "question": "What is\u2028FrogJump?"}',
        "[" * 100_000,
        '{"id": "\\ud800", "question": "What is FrogJump?"}',
        '{"id": 7, "question": "What is FrogJump?"}',
    ]
    batch = tmp_path / "questions.jsonl"
    batch.write_text("\n".join(rows), encoding="utf8")
    done = footnote(pond_home, "ask", "--batch", str(batch))
    answers = [json.loads(line) for line in done.stdout.split("\n") if line]
    assert done.returncode == 1
    assert [row["id"] for row in answers] == [1, 4, "\ud800", 7]
    for number in (2, 3, 5):
        assert f"error: {batch}:{number}: " in done.stderr


def test_ingest_reports_what_was_skipped(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    write_jsonl(folder / "good.jsonl", PAPERS)
    (folder / "bad.jsonl").write_text('{"title": "No abstract here"}\n{oops\n', encoding="utf8")
    done = footnote(home, "ingest", str(folder))
    assert done.returncode == 1
    assert f"{len(PAPERS)} papers added" in done.stdout
    assert "papers/bad.jsonl:1:" in done.stderr
    assert "papers/bad.jsonl:2:" in done.stderr
    (folder / "bad.jsonl").unlink()
    assert footnote(home, "ingest", str(folder)).returncode == 0


def test_the_inventory_commands(home: Path, tmp_path: Path) -> None:
    footnote(home, "ingest", str(write_jsonl(tmp_path / "a.jsonl", PAPERS)))
    assert f"{len(PAPERS)} papers" in footnote(home, "status").stdout
    assert json.loads(footnote(home, "status", "--json").stdout)["sources"] == {"a.jsonl": len(PAPERS)}
    assert footnote(home, "papers", "--grep", "arrow").stdout.startswith("Kingfisher")
    assert "11 seconds" in footnote(home, "show", "beaver").stdout
    assert footnote(home, "remove", BEAVER, "--yes").stdout == "1 paper removed\n"
    assert footnote(home, "papers", "--grep", "beaver").stdout == ""
    assert footnote(home, "search", "frogs", "--k", "2").stdout.count("\n") == 2


def test_control_characters_of_a_paper_do_not_reach_the_terminal(home: Path, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", {HOSTILE: "Zebras \x1b[2J run. [red]Fast[/red] zebras win.", **PAPERS})
    footnote(home, "ingest", str(path))
    for words in (("ask", "Which zebras win?"), ("papers",), ("show", "Evil")):
        printed = footnote(home, *words).stdout
        assert "Evil" in printed
        assert "\x1b" not in printed
        assert "\u202e" not in printed
        assert "[bold]" in printed


def test_the_prompt_remembers_the_conversation(pond_home: Path) -> None:
    screen = _typed(pond_home, "What does Otter learn?\nAnd how often does it succeed?\n/quit\n")
    assert "81%" in screen
    assert "Traceback" not in screen


def _typed(home: Path, keys: str) -> str:
    """What a terminal shows when `keys` are typed at the prompt."""
    master, slave = pty.openpty()
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "PYTHONPATH": str(ROOT), "TERM": "xterm"}
    command = [sys.executable, "-m", "rag.cli", "ask"]
    process = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment, close_fds=True)
    os.close(slave)
    os.write(master, keys.encode())
    shown = b""
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        shown += piece
    os.close(master)
    assert process.wait() == 0
    return shown.decode(errors="replace")
