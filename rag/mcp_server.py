"""Footnote's tools over the Model Context Protocol: `footnote mcp`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Annotated, Any

import typer
from pydantic import Field

from rag.asking import ready
from rag.assistant import Assistant
from rag.errors import FootnoteError, UsageError
from rag.inventory import find_paper
from rag.listening import listening
from rag.settings import Settings, load_settings

_HOST = "127.0.0.1"
Titles = Annotated[list[str] | str | None, Field(description="only papers whose title contains one of these")]
Sources = Annotated[
    list[str] | str | None, Field(description="only papers from sources whose name contains one of these")
]
Since = Annotated[int | None, Field(description="only papers of this year or later", strict=True)]
Until = Annotated[int | None, Field(description="only papers of this year or earlier", strict=True)]


def create_server(assistant: Assistant) -> Any:
    """A server with the tools `ask`, `search_papers` and `get_paper`.

    Raises:
        FootnoteError: when the SDK is not installed.
    """
    try:
        from mcp.server import MCPServer
    except ImportError:
        raise FootnoteError("the MCP SDK is not installed", "run `pip install footnote[mcp]`") from None
    server = MCPServer("footnote", instructions="Answers from a collection of research papers, with citations.")

    @server.tool()
    def ask(
        question: str, papers: Titles = None, sources: Sources = None, since: Since = None, until: Until = None
    ) -> dict[str, Any]:
        """Answer a question from the papers; every sentence carries its citation, or the answer says that the papers
        do not answer."""
        with _told():
            answer = assistant.ask(question, papers=papers, sources=sources, since=since, until=until)
        cited = [{"n": c.n, "title": c.title, "quote": c.quote} for c in answer.citations]
        return {"text": answer.text, "abstained": answer.abstained, "citations": cited, "nearest": list(answer.nearest)}

    @server.tool()
    def search_papers(
        query: str,
        k: int = 0,
        papers: Titles = None,
        sources: Sources = None,
        since: Since = None,
        until: Until = None,
    ) -> list[dict[str, Any]]:
        """Find the `k` papers that match a query best (0: as many as the settings say), with the passage that
        matches."""
        with _told():
            k = max(0, min(k, 50))
            found = assistant.search(query, k, papers=papers, sources=sources, since=since, until=until)
        return [{"title": paper.title, "passage": paper.passages[0].passage.text} for paper in found]

    @server.tool()
    def get_paper(title: str) -> dict[str, Any]:
        """The whole text of the paper of this title, or of the only one whose title contains it."""
        with _told():
            if not title.strip():
                raise UsageError("the title is empty", "search_papers finds titles")
            paper = find_paper(assistant.settings, title)
        about = dict(paper.metadata)  # authors, year, venue, …
        return {"title": paper.title, "text": paper.text, "sources": list(paper.source_names), "metadata": about}

    return server


@contextmanager
def _told() -> Iterator[None]:
    """Has the client told what went wrong, in one line; of other errors the SDK says only that there was one."""
    from mcp.server.mcpserver.exceptions import ToolError

    try:
        yield
    except FootnoteError as error:
        raise ToolError(str(error)) from None


def _listen(settings: Settings, port: int) -> None:
    """Serve over HTTP on this machine until interrupted.

    Raises:
        UsageError: for a port that is taken.
        FootnoteError: when the SDK is not installed.
    """
    with listening(_HOST, port) as door:  # before all that takes time
        server = create_server(ready(settings))
        import uvicorn  # comes with the SDK

        print(f"http://{_HOST}:{port}/mcp", flush=True)
        served = uvicorn.Config(server.streamable_http_app(host=_HOST), log_level="warning", server_header=False)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(served).run(sockets=[door])


def main(words: Sequence[str]) -> int:
    """`footnote mcp`: serve until the client leaves."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

    @app.command()
    def mcp(
        http: Annotated[
            bool, typer.Option("--http", help="streamable HTTP on this machine, not standard input")
        ] = False,
        port: Annotated[int, typer.Option(help="port for --http", min=1, max=65_535)] = 8090,
    ) -> int:
        """Offer the tools ask, search_papers and get_paper to a client of the Model Context Protocol."""
        settings = load_settings()
        if http:
            _listen(settings, port)
        else:
            create_server(ready(settings)).run(transport="stdio")
        return 0

    return int(app(args=list(words), prog_name="footnote mcp", standalone_mode=False) or 0)
