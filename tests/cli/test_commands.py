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


def footnote(
    home: Path, *words: str, stdin: str | None = None, encoding: str | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "rag.cli", *words]
    feed = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        env=environment,
        check=False,
        cwd=home.parent,
        encoding=encoding,
        **feed,
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
        (("search", "frogs", "--k", "0"), 2),
    ],
)
def test_exit_codes(pond_home: Path, words: tuple[str, ...], code: int) -> None:
    done = footnote(pond_home, *words)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    if code in (1, 2):
        assert done.stderr.startswith("error: ")


def test_every_command_is_listed_and_takes_options_before_it(home: Path, tmp_path: Path) -> None:
    listed = footnote(home, "--help").stdout
    for name in ("serve", "ui", "mcp", "keys", "eval", "bench"):
        assert f"  {name} " in listed
        done = footnote(home, "--home", str(tmp_path / "other"), name, "--help")
        assert done.returncode == 0, done.stderr
        assert f"footnote {name}" in done.stdout
    assert footnote(home, "--home", str(tmp_path / "other"), "keys", "add", "ann").returncode == 0
    assert (tmp_path / "other" / "keys.json").is_file()
    assert not (home / "keys.json").exists()


def test_listing_the_commands_imports_none_that_is_heavy(home: Path) -> None:
    code = (
        "import sys; from rag.cli import main; main(['--help']); "
        "print({'gradio', 'chromadb', 'llama_index', 'numpy', 'fastapi', 'eval'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.splitlines()[-1] == "set()"


def test_nobody_reads_what_is_printed(home: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "rag.cli"]
    for stream, words, code in (("stdout", ["--help"], 141), ("stderr", ["nonsense"], 2)):
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, stream: writing}
        done = subprocess.run([*command, *words], text=True, check=False, cwd=ROOT, **streams)  # type: ignore[call-overload]
        assert done.returncode == code
        assert not done.stdout
        assert not done.stderr
    os.close(writing)


@pytest.mark.parametrize("words", ["papers", "papers --json"])
def test_a_listing_that_finds_no_room_is_told_once(pond_home: Path, words: str) -> None:
    environment = {**os.environ, "FOOTNOTE_HOME": str(pond_home)}
    command = f'"{sys.executable}" -m rag.cli {words} >/dev/full'
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, text=True, check=False, env=environment, cwd=ROOT
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: what was asked for cannot be written: No space left on device\nhint: ")
    assert done.stderr.count("\n") == 2


@pytest.mark.parametrize(
    ("shell", "code", "told"),
    [(">&-", 0, ""), (">&- 2>&- <&-", 0, ""), (">/dev/full", 1, "No space left"), ("2>/dev/full", 0, "")],
)
def test_streams_that_take_nothing(home: Path, shell: str, code: int, told: str) -> None:
    command = ["bash", "-c", f'"{sys.executable}" -m rag.cli version {shell} | cat']
    done = subprocess.run(
        ["bash", "-o", "pipefail", *command[1:]], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == code
    assert told in done.stderr
    assert done.stderr.count("\n") == 2 * bool(told)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_what_an_encoding_lacks_is_written_otherwise(
    pond_home: Path, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", encoding)
    question = "What is FrogJump? \u2014 \xe9\U0001f438"
    shown = footnote(pond_home, "ask", question, encoding=encoding)
    assert (shown.returncode, shown.stderr) == (0, "")
    done = footnote(pond_home, "ask", "--json", question, encoding=encoding)
    assert json.loads(done.stdout)["question"] == question


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--version",), "footnote 0."),
        (("-V",), "footnote 0."),
        (("-h",), "Usage: footnote [OPTIONS] COMMAND"),
        (("help",), "Usage: footnote [OPTIONS] COMMAND"),
        (("ask", "-h"), "Usage: footnote ask"),
        (("help", "ask"), "Usage: footnote ask"),
        (("serve", "-h"), "Usage: footnote serve"),
        (("help", "keys"), "Usage: footnote keys"),
    ],
)
def test_what_people_try_first(home: Path, words: tuple[str, ...], told: str) -> None:
    done = footnote(home, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(told)


def test_without_a_word_it_says_what_there_is(home: Path) -> None:
    done = footnote(home)
    assert (done.returncode, done.stderr) == (2, "")
    assert done.stdout.startswith("Usage: footnote [OPTIONS] COMMAND")


def test_bad_usage_points_at_the_help_of_its_command(home: Path) -> None:
    assert "hint: footnote ask --help says" in footnote(home, "ask", "--nonsense").stderr
    assert "hint: footnote --help says" in footnote(home, "help", "nonsense").stderr


def test_words_need_no_quotes(pond_home: Path) -> None:
    words = "By how much does FrogJump cut memory?".split()
    row = json.loads(footnote(pond_home, "ask", *words, "--json").stdout)
    assert (row["question"], "4.7x" in row["text"]) == (" ".join(words), True)
    assert footnote(pond_home, "search", "frogs", "memory", "--k", "1").stdout.count("\n") == 1
    assert footnote(pond_home, "show", *BEAVER.split()).stdout.startswith(BEAVER)


def test_debug_shows_the_traceback(pond_home: Path) -> None:
    assert "Traceback" in footnote(pond_home, "--debug", "show", "no such title").stderr


def test_a_question_from_standard_input(pond_home: Path) -> None:
    for words in (("ask",), ("ask", "-")):
        assert "11 seconds" in footnote(pond_home, *words, stdin="How long does recovery take with Beaver?\n").stdout


def test_a_batch_passes_over_bad_lines(pond_home: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text('{"id": 7, "question": "What is FrogJump?"}\n{broken\n\n{"question": "Who won in 1998?"}\n')
    done = footnote(pond_home, "ask", "--batch", str(batch))
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert [row.get("id") for row in rows] == [7, None]
    assert f"{batch}:2:" in done.stderr
    piped = footnote(pond_home, "ask", "--batch", "-", stdin=batch.read_text())
    assert [json.loads(line)["text"] for line in piped.stdout.splitlines()] == [row["text"] for row in rows]
    assert "-:2:" in piped.stderr


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


def test_a_question_beside_a_batch_is_not_passed_over(pond_home: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text('{"question": "What is FrogJump?"}\n', encoding="utf8")
    done = footnote(pond_home, "ask", "--batch", str(batch), "What is Beaver?")
    assert (done.returncode, done.stdout) == (2, "")
    assert "--batch" in done.stderr


def test_the_home_after_the_command_is_told_where_it_goes(pond_home: Path) -> None:
    for words in (("status", "--home", "x"), ("ask", "--home", "x", "What is FrogJump?")):
        done = footnote(pond_home, *words)
        assert done.returncode == 2
        assert done.stderr.endswith("hint: it goes before the command: footnote --home FOLDER …\n")
    assert footnote(pond_home, "--home", str(pond_home), "status").returncode == 0


@pytest.mark.parametrize(
    ("name", "told"), [("nowhere", "No such file or directory"), ("a folder", "Is a directory"), ("bytes", "no UTF-8")]
)
def test_a_file_that_cannot_be_read_is_told_once_and_plainly(home: Path, tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "a folder").mkdir()
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    path = str(tmp_path / name)
    for words in (("ask", "--batch", path), ("check", "--answer", path, "--sources", path)):
        done = footnote(home, *words)
        assert done.returncode == 2
        assert done.stderr.startswith(f"error: {path} cannot be read: ")
        assert told in done.stderr
        assert "Errno" not in done.stderr
        assert done.stderr.count(path) == 1


def test_one_is_no_plural(home: Path, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "one.jsonl", dict([next(iter(PAPERS.items()))]))
    done = footnote(home, "ingest", str(path))
    assert done.stdout.startswith("1 entry read: 1 paper added, 0 updated")
    assert "0 things skipped; the index holds 1 paper in 1 passage (" in done.stdout
    assert footnote(home, "status").stdout.startswith("1 paper, 1 passage; ")


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
