"""The tree of commands."""

from __future__ import annotations

import os
from importlib.metadata import EntryPoint, entry_points
from typing import Annotated

import typer

from rag.cli import ask, check, index, papers

GROUP = "footnote.commands"  # entry points: name of the verb → a function of its arguments that gives the exit code
# What each does is said here, since asking it would import it.
_ELSEWHERE = {
    "serve": "Answer questions over HTTP.",
    "ui": "Open the chat page, with the HTTP interface beside it.",
    "mcp": "Offer tools to a client of the Model Context Protocol.",
    "keys": "List, add and remove the keys of the HTTP interface.",
    "eval": "Measure the answers, compare runs, find where they fail.",
    "bench": "Measure speed and size beside what is used instead.",
}
_AS_GIVEN = {
    "allow_extra_args": True,
    "allow_interspersed_args": False,
    "ignore_unknown_options": True,
    "help_option_names": [],
}

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},  # of all commands below, too
    help="Ask questions over a collection of research papers; every sentence of an answer carries a footnote.",
)


def _tell_version(wanted: bool) -> None:
    """`footnote --version`, whatever else was said."""
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def _globals(
    home: Annotated[str, typer.Option(help="the folder of the index and caches; beats FOOTNOTE_HOME")] = "",
    debug: Annotated[bool, typer.Option("--debug", help="show tracebacks")] = False,
    version: Annotated[
        bool, typer.Option("--version", "-V", is_eager=True, callback=_tell_version, help="print the version")
    ] = False,
) -> None:
    """Options that come before the command; `--debug` was read before."""
    if home:
        os.environ["FOOTNOTE_HOME"] = home


app.command("ask")(ask.ask)
app.command("search")(ask.search)
app.command("check")(check.check)
app.command("doctor")(check.doctor)
app.command("ingest")(index.ingest)
app.command("keywords")(index.keywords)
app.command("status")(index.status)
app.command("repair")(index.repair)
app.command("backup")(index.backup)
app.command("restore")(index.restore)
app.command("remove")(papers.remove)
app.command("papers")(papers.papers)
app.command("show")(papers.show)


@app.command("version")
def version() -> None:
    """Print the version."""
    from importlib.metadata import version as installed

    print(f"footnote {installed('footnote')}")


@app.command("help")
def help_on(
    context: typer.Context,
    command: Annotated[str, typer.Argument(help="one of the commands; without one: what there is")] = "",
) -> int:
    """Say what a command does and takes."""
    if command and command != "help":
        return int(app(args=[command, "--help"], prog_name="footnote", standalone_mode=False) or 0)
    print((context.parent or context).get_help())
    return 0


def _add(entry: EntryPoint) -> None:
    """A command that another package registers: it reads its own words, and is imported when it is called."""
    told = _ELSEWHERE.get(entry.name) or f"Of the package {entry.dist.name if entry.dist else entry.module}."

    @app.command(entry.name, help=told, context_settings=_AS_GIVEN, add_help_option=False)
    def run(context: typer.Context) -> int:
        words = ["--help" if word == "-h" else word for word in context.args]
        return int(entry.load()(words) or 0)


def _place(entry: EntryPoint) -> int:
    return list(_ELSEWHERE).index(entry.name) if entry.name in _ELSEWHERE else len(_ELSEWHERE)


for _entry in sorted(entry_points(group=GROUP), key=_place):
    if _entry.name not in {command.name for command in app.registered_commands}:
        _add(_entry)
