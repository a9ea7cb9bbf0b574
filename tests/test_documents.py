"""What the documents say of commands, options, settings, files and answers is what there is."""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from rag.cli import main
from rag.corpus import bundled
from rag.settings import Settings
from tests.invented import write_jsonl

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf8")
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *ROOT.glob("docs/*.md"),
    *ROOT.glob("deploy/*"),
    *ROOT.glob("eval/**/*.md"),
    *(path for room in ("rag", "ui", "eval") for path in ROOT.glob(f"{room}/**/*.py")),  # their hints, too
]
GROUPS = ("eval", "keys")  # commands that have commands


@cache
def told_of(*words: str) -> str:
    """The help on a command."""
    told = io.StringIO()
    with contextlib.redirect_stdout(told):
        assert main([*words, "--help"]) == 0
    return told.getvalue()


def commands(*words: str) -> set[str]:
    return set(re.findall(r"^  (\w+)  ", told_of(*words).partition("Commands:")[2], re.MULTILINE))


def calls(text: str) -> Iterator[list[str]]:
    """The words after `footnote` wherever a text says what to type: between backticks, or at the start of a line."""
    for said in re.findall(r"`(?:\.venv/bin/)?footnote ([^`\n]+)`|^ +footnote ([a-z][^#\n]*)", text, re.MULTILINE):
        for one in next(filter(None, said)).split(" && footnote "):
            yield one.split()


def strangers(first: str, *rest: str) -> Iterator[str]:
    """What a call names that there is not."""
    if first not in commands():
        yield first
        return
    sub = [first, rest[0]] if first in GROUPS and rest and rest[0] in commands(first) else [first]
    known = told_of(*sub) + (told_of("eval", "run") if sub == ["eval"] else "")
    for option in re.findall(r"(?<!\S)--[a-z]+", " ".join(rest)):
        if not re.search(rf"{option}\b", known):
            yield f"{' '.join(sub)} {option}"


def test_what_is_said_to_be_typed_is_taken() -> None:
    told = [(path, call) for path in DOCUMENTS for call in calls(path.read_text(encoding="utf8")) if call[0].isalpha()]
    assert len(told) > 100
    assert not [(str(path), wrong) for path, call in told if call[0] != "COMMAND" for wrong in strangers(*call)]


def test_the_table_of_settings_has_all_with_their_defaults() -> None:
    rows = dict(re.findall(r"^\| `FOOTNOTE_(\w+)`[^|]*\| ([^|]+) \|", README, re.MULTILINE))
    table = {name.lower(): default.strip(" `") for name, default in rows.items()}
    fields = {name: field for name, field in Settings.model_fields.items() if name != "llm_price_out"}  # beside …_IN
    assert set(table) == set(fields)
    for name, field in fields.items():
        if isinstance(field.default, bool | int | float):
            assert table[name] == str(field.default).lower(), name
        elif field.default in ("mark", "local", "builtin"):
            assert table[name] == field.default, name


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if path.suffix == ".md"], ids=lambda path: path.name)
def test_files_that_are_named_exist(path: Path) -> None:
    text = path.read_text(encoding="utf8")
    linked = {path.parent / link for link in re.findall(r"\]\(([^)#:]+)\)", text)}
    rooms = r"(?:rag|tests|eval|ui|scripts|deploy|docs|prompts)"
    named = {ROOT / name for name in re.findall(rf"`({rooms}/[a-z0-9_./-]+)`", text)}
    assert not {str(one) for one in linked | named if not one.exists()}


def test_the_answer_in_the_readme_is_what_is_printed(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    question = re.search(r'scripts/start "(.+)"', README)
    assert question
    papers = {paper.title: paper.text for paper in bundled() if re.match("COAT|APOLLO|LOST|ELECTRA", paper.title)}
    assert main(["ingest", str(write_jsonl(tmp_path / "bundled digests", papers))]) == 0
    capsys.readouterr()
    assert main(["ask", "--offline", question[1]]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    shown = README[README.index("    COAT, short") :].partition("\n\nWrapped")[0]
    for part in shown.split("…"):
        assert " ".join(part.split()) in printed
