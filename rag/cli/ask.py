"""`footnote ask` and `footnote search`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.answer_view import lines, show_stream
from rag.cli.progress import progress_bar
from rag.cli.terminal import bold, complain, dim, unreadable
from rag.errors import FootnoteError, UsageError

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from rag.types import Answer

_ABSTAINED = 3
K = Annotated[int | None, typer.Option(min=1, max=100, help="papers to look at")]
Titles = Annotated[list[str] | None, typer.Option("--paper", help="only papers whose title contains this; repeatable")]
Sources = Annotated[
    list[str] | None, typer.Option("--source", help="only sources whose name contains this; repeatable")
]
Since = Annotated[int | None, typer.Option("--since", help="only papers of this year or later")]
Until = Annotated[int | None, typer.Option("--until", help="only papers of this year or earlier")]
Offline = Annotated[bool, typer.Option("--offline", help="answer without a language model")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


def ask(
    question: Annotated[
        list[str] | None, typer.Argument(help="quoted, or as words; without one: standard input (or -), or a prompt")
    ] = None,
    k: K = None,
    paper: Titles = None,
    source: Sources = None,
    since: Since = None,
    until: Until = None,
    as_json: Json = False,
    offline: Offline = False,
    batch: Annotated[
        Path | None, typer.Option(help='JSON Lines, {"question": …} each, - for standard input; JSON Lines come out')
    ] = None,
) -> int:
    """Answer a question from the papers, each sentence with its footnote."""
    if batch is not None and question:
        raise UsageError("a question and --batch are one too many", "put it into the file, or leave --batch away")
    assistant = _assistant(k, offline=offline)
    options: dict[str, Any] = {"papers": paper or (), "sources": source or (), "since": since, "until": until}
    if batch is not None:
        return _batch(assistant, batch, options)
    if not question and sys.stdin.isatty():
        return _prompt(assistant, options)
    asked = " ".join(question) if question and question != ["-"] else sys.stdin.read()
    if as_json:
        return _print(assistant.ask(asked, **options), as_json=True)
    return _status(_shown(assistant, asked, (), options))


def search(
    query: Annotated[list[str], typer.Argument(help="quoted, or as words")], k: K = None, as_json: Json = False
) -> int:
    """List the papers that match a query best."""
    from dataclasses import asdict

    found = _assistant(k).search(" ".join(query))
    if as_json:
        print(json.dumps([asdict(paper) for paper in found], ensure_ascii=False))
        return 0
    for position, paper in enumerate(found, start=1):
        print(f"{position:3}  {paper.score:7.2f}  {bold(paper.title)}")
    return 0 if found else _ABSTAINED


def _assistant(k: int | None, *, offline: bool = False) -> Assistant:
    """The assistant, with the bundled papers where nothing was ingested yet."""
    from rag.asking import ready
    from rag.settings import load_settings

    with progress_bar() as progress:
        return ready(load_settings(k=k, offline=offline or None), progress=progress)


def _print(answer: Answer, as_json: bool) -> int:
    if as_json:
        print(json.dumps(answer.to_dict(), ensure_ascii=False))
    else:
        for line in lines(answer):
            print(line)
    return _status(answer)


def _status(answer: Answer) -> int:
    return _ABSTAINED if answer.abstained else 0


def _shown(
    assistant: Assistant, question: str, history: Sequence[Mapping[str, str]], options: dict[str, Any]
) -> Answer:
    """The answer, written to the terminal as it comes; elsewhere printed at once."""
    if assistant.model is None or not sys.stdout.isatty():
        answer = assistant.ask(question, history, **options)
        _print(answer, as_json=False)
        return answer
    return show_stream(assistant.stream(question, history, **options))


def _prompt(assistant: Assistant, options: dict[str, Any]) -> int:
    """Question after question, each with the turns before it as history."""
    import readline  # line editing at the prompt

    del readline
    print(dim("Ask about the papers. /new forgets the conversation, /quit or Ctrl-D leaves."))
    history: list[dict[str, str]] = []
    while True:
        try:
            question = input("? ").strip()
        except EOFError:
            print()
            return 0
        except KeyboardInterrupt:
            print()
            continue
        if question in ("/quit", "/exit"):
            return 0
        if question == "/new":
            history = []
        elif question:
            history = _turn(assistant, question, history, options)


def _turn(
    assistant: Assistant, question: str, history: list[dict[str, str]], options: dict[str, Any]
) -> list[dict[str, str]]:
    try:
        answer = _shown(assistant, question, history, options)
    except KeyboardInterrupt:
        print()
        return history
    except FootnoteError as error:
        complain(error.message, error.hint)
        return history
    print()
    return [*history, {"role": "user", "content": question}, {"role": "assistant", "content": answer.text}]


def _batch(assistant: Assistant, path: Path, options: dict[str, Any]) -> int:
    """One JSON line out for each question in; a bad line is told and passed over."""
    failed = False
    for number, row in _rows(path):
        try:
            if isinstance(row, str):
                raise UsageError(row)
            answer = assistant.ask(row["question"], row.get("history"), **options)
        except FootnoteError as error:
            complain(f"{path}:{number}: {error.message}", error.hint)
            failed = True
            continue
        told = {**({"id": row["id"]} if "id" in row else {}), **answer.to_dict()}
        print(json.dumps(told, ensure_ascii=False), flush=True)
    return 1 if failed else 0


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Line numbers with the question of each line, or with what is wrong with it."""
    try:
        text = sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf8")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error, "give a file of JSON Lines") from None
    yield from ((number, _row(line)) for number, line in _numbered(text.split("\n")))


def _numbered(rows: Iterable[str]) -> Iterator[tuple[int, str]]:
    return ((number, row) for number, row in enumerate(rows, start=1) if row.strip())


def _row(line: str) -> dict[str, Any] | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        return f"not valid JSON: {error}"
    if not isinstance(row, dict) or not isinstance(row.get("question"), str):
        return 'expected an object with a "question"'
    return row
