"""`footnote ui`: the page, with the HTTP interface beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated, Any

import typer

from rag.assistant import Assistant
from rag.errors import UsageError, not_installed
from rag.settings import load_settings

MAX_UPLOAD = 300 * 1024 * 1024  # bytes of a file


def main(words: Sequence[str]) -> int:
    """Run the command; its exit code."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

    @app.command()
    def ui(
        host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="port; 0: any free one", min=0, max=65_535)] = 7860,
        login: Annotated[list[str] | None, typer.Option(help="NAME:PASSWORD that may log in; repeatable")] = None,
        logins: Annotated[Path | None, typer.Option(help="file of them, one a line")] = None,
        insecure: Annotated[bool, typer.Option(help="listen beyond this machine without login")] = False,
    ) -> int:
        """Open the chat page (and the routes of `footnote serve` under it)."""
        from rag.server.command import listen

        settings = load_settings()
        people = _people([*(login or ()), *(_read(logins) if logins else ())])
        if logins and not people:
            raise UsageError(f"{logins} names nobody who may log in", "put NAME:PASSWORD on each line")
        return listen(
            settings,
            host,
            port,
            insecure=insecure,
            mount=lambda app, assistant: mounted(app, assistant, settings.home, people),
            logins=bool(people),
        )

    return int(app(args=list(words), prog_name="footnote ui", standalone_mode=False) or 0)


def mounted(app: Any, assistant: Assistant, home: Path, logins: Sequence[tuple[str, str]] = ()) -> Any:
    """The app with the page at its root.

    Raises:
        FootnoteError: when Gradio is not installed.
    """
    try:
        import gradio
    except ModuleNotFoundError:
        raise not_installed("gradio", "ui") from None
    from ui.conversations import Conversations
    from ui.desk import Desk
    from ui.feedback import Feedback
    from ui.page import SCRIPT, STYLE, build

    desk = Desk(assistant, Conversations(home / "conversations.sqlite"), Feedback(home / "feedback.jsonl"))

    async def built() -> Any:
        return gradio.mount_gradio_app(
            app,
            build(desk, home),
            path="/",
            auth=list(logins) or None,
            max_file_size=MAX_UPLOAD,
            css=STYLE,
            head=SCRIPT,
            theme=_theme(),
            footer_links=[],
            run_history=False,  # a copy of each question and answer in the browser, which outlived the conversation
            show_error=False,
        )

    # Outside an event loop Gradio makes some twenty of its own, and closes none; and the caller may be inside of one.
    with ThreadPoolExecutor(1) as apart:
        return apart.submit(asyncio.run, built()).result()


def _read(path: Path) -> list[str]:
    """The lines of a file.

    Raises:
        UsageError: for a file that cannot be read.
    """
    try:
        return path.read_text(encoding="utf8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} cannot be read: {error}", "give a text file with NAME:PASSWORD on each line"
        ) from None


def _people(rows: Sequence[str]) -> list[tuple[str, str]]:
    """Names and passwords from NAME:PASSWORD rows.

    Raises:
        UsageError: for a row that has not both.
    """
    people = []
    for row in filter(None, (row.strip() for row in rows)):
        name, _, password = row.partition(":")
        if not name or not password:
            raise UsageError("a login lacks its name or its password", "write NAME:PASSWORD")
        people.append((name, password))
    return people


def _theme() -> Any:
    """The machine's own fonts: nothing is fetched from elsewhere."""
    import gradio

    fonts = ["system-ui", "-apple-system", "Segoe UI", "Liberation Sans", "Arial", "sans-serif"]
    theme = gradio.themes.Default(primary_hue="blue", font=fonts, font_mono=["ui-monospace", "monospace"])
    firm = {"primary": ("#1f5fbf", "#184b96"), "cancel": ("#b3261e", "#8c1d18")}  # white on them can be read
    for kind, (fill, hover) in firm.items():
        shades = {f"button_{kind}_background_fill": fill, f"button_{kind}_background_fill_hover": hover}
        theme.set(**shades, **{f"{name}_dark": shade for name, shade in shades.items()})
    return theme.set(button_cancel_text_color="#fff", button_cancel_text_color_dark="#fff")
