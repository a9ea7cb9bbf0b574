"""Footnote's tools over the Model Context Protocol: `footnote mcp`."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import version
from typing import Annotated, Any

import typer

from rag.asking import ready
from rag.assistant import Assistant
from rag.errors import not_installed
from rag.listening import listening
from rag.settings import Settings, load_settings

_HOST = "127.0.0.1"
_ABOUT = (
    "Answers from a collection of research papers, with citations. `ask` answers one question; `search_papers` finds "
    "papers by topic; `get_paper` gives the text of one."
)


def create_server(assistant: Assistant) -> Any:
    """A server with the tools `ask`, `search_papers` and `get_paper`.

    Raises:
        FootnoteError: when the SDK is not installed.
    """
    try:
        from mcp.server import MCPServer

        from rag.mcp_tools import tools
    except ImportError:
        raise not_installed("the MCP SDK", "mcp") from None
    return MCPServer(
        "footnote", version=version("footnote"), instructions=_ABOUT, tools=tools(assistant), log_level="WARNING"
    )


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


def _talk(server: Any) -> None:
    """Serve over standard input and output, until that ends or somebody interrupts."""
    if sys.stdin.isatty():
        print("waiting for an MCP client on standard input; Ctrl-C ends it", file=sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # the SDK's reading thread would keep an interrupt until the next line
    server.run(transport="stdio")


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
            _talk(create_server(ready(settings)))
        return 0

    return int(app(args=list(words), prog_name="footnote mcp", standalone_mode=False) or 0)
