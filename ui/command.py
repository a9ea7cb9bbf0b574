"""`footnote ui`: the page, with the HTTP interface beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from rag.assistant import Assistant
from rag.errors import FootnoteError
from rag.settings import load_settings


def main(words: Sequence[str]) -> int:
    """Run the command; its exit code."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

    @app.command()
    def ui(
        host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="port")] = 7860,
        login: Annotated[list[str] | None, typer.Option(help="NAME:PASSWORD that may log in; repeatable")] = None,
        insecure: Annotated[bool, typer.Option(help="listen beyond this machine without login")] = False,
    ) -> int:
        """Open the chat page (and the routes of `footnote serve` under it)."""
        from rag.server.command import listen

        settings = load_settings()
        print(f"http://{host}:{port}", flush=True)
        return listen(
            settings,
            host,
            port,
            insecure=insecure or bool(login),
            mount=lambda app, assistant: mounted(app, assistant, settings.home, login or ()),
        )

    return int(app(args=list(words), prog_name="footnote ui", standalone_mode=False) or 0)


def mounted(app: Any, assistant: Assistant, home: Path, logins: Sequence[str] = ()) -> Any:
    """The app with the page at its root.

    Raises:
        FootnoteError: when Gradio is not installed.
    """
    try:
        import gradio
    except ModuleNotFoundError:
        raise FootnoteError("gradio is not installed", "run `pip install footnote[ui]`") from None
    from ui.conversations import Conversations
    from ui.desk import Desk
    from ui.feedback import Feedback
    from ui.page import SCRIPT, STYLE, build

    desk = Desk(assistant, Conversations(home / "conversations.sqlite"), Feedback(home / "feedback.jsonl"))
    auth = [(name, word) for name, _, word in (login.partition(":") for login in logins)] or None
    return gradio.mount_gradio_app(
        app,
        build(desk, home),
        path="/",
        auth=auth,
        css=STYLE,
        head=SCRIPT,
        theme=_theme(),
        footer_links=[],
        show_error=False,
    )


def _theme() -> Any:
    """The machine's own fonts: nothing is fetched from elsewhere."""
    import gradio

    fonts = ["system-ui", "-apple-system", "Segoe UI", "Liberation Sans", "Arial", "sans-serif"]
    return gradio.themes.Default(primary_hue="blue", font=fonts, font_mono=["ui-monospace", "monospace"])
