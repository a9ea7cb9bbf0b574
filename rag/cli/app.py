"""The tree of commands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from rag.cli import ask, check, index, papers

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Ask questions over a collection of research papers; every sentence of an answer carries a footnote.",
)


@app.callback()
def _globals(
    home: Annotated[Path | None, typer.Option(help="the folder of the index and caches; beats FOOTNOTE_HOME")] = None,
    debug: Annotated[bool, typer.Option("--debug", help="show tracebacks")] = False,
) -> None:
    """Options that come before the command; `--debug` was read before."""
    if home is not None:
        os.environ["FOOTNOTE_HOME"] = str(home.expanduser())


app.command("ask")(ask.ask)
app.command("search")(ask.search)
app.command("check")(check.check)
app.command("doctor")(check.doctor)
app.command("ingest")(index.ingest)
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
