"""`footnote serve` and `footnote keys`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from typing import Annotated, Any

import typer

from rag.errors import IndexMissingError, UsageError, not_installed
from rag.listening import listening
from rag.location import is_loopback
from rag.settings import Settings, load_settings

Mount = Callable[[Any, Any], Any]


def serve(words: Sequence[str]) -> int:
    """`footnote serve`: the HTTP interface."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)

    @app.command()
    def run(
        host: Annotated[str, typer.Option(help="address to listen on")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="port; 0: any free one", min=0, max=65_535)] = 8080,
        insecure: Annotated[bool, typer.Option(help="listen beyond this machine without keys")] = False,
    ) -> int:
        """Answer questions over HTTP, as /openapi.json describes. With keys (`footnote keys add`), all ask for one."""
        return listen(load_settings(), host, port, insecure=insecure)

    return int(app(args=list(words), prog_name="footnote serve", standalone_mode=False) or 0)


def listen(
    settings: Settings, host: str, port: int, *, insecure: bool, mount: Mount | None = None, logins: bool = False
) -> int:
    """Serve until interrupted; `mount` may add a page to the app, which `logins` guard.

    Where there is a file of keys or a login, the HTTP interface asks for a key.

    Raises:
        UsageError: for an address beyond this machine without keys, or a page there without logins, unless `insecure`;
            for one that is taken.
        SettingsError: for a file of keys that names none.
        FootnoteError: when the packages for it are not installed.
    """
    try:
        import uvicorn

        from rag.server.app import create_app, greet
        from rag.server.defence import Defended
        from rag.server.keys import Keys
    except ModuleNotFoundError as error:
        raise not_installed(str(error.name), "serve" if mount is None else "ui") from None
    from rag.asking import ready

    keys = Keys(settings.home / "keys.json")
    guarded = keys.wanted() or logins
    if not insecure and not is_loopback(host):
        _check_guarded(host, guarded=guarded, open_page=mount is not None and not logins)
    with listening(host, port) as door:  # before all that takes time: who comes meanwhile waits
        print(f"http://{f'[{host}]' if ':' in host else host}:{door.getsockname()[1]}", flush=True)
        assistant = ready(settings)
        with suppress(IndexMissingError) if mount is None else nullcontext():  # /readyz says so until papers are there
            assistant.search("warm up")  # the index opens and the encoder loads before the first question comes
        app = create_app(assistant, keys if guarded else None)
        if mount is None:
            greet(app)
        else:
            app = mount(app, assistant)
        served = uvicorn.Config(Defended(app, host), log_level="warning", server_header=False)
        with suppress(KeyboardInterrupt):
            uvicorn.Server(served).run(sockets=[door])
    return 0


def _check_guarded(host: str, *, guarded: bool, open_page: bool) -> None:
    """That nobody gets in unasked at an address beyond this machine: neither to an `open_page`, which is one without
    logins, nor to the HTTP interface.

    Raises:
        UsageError: where somebody would.
    """
    if open_page:
        raise UsageError(
            f"{host} can be reached from other machines, and nobody needs to log in",
            "name who may with --login NAME:PASSWORD or --logins FILE, or say --insecure",
        )
    if not guarded:
        raise UsageError(
            f"{host} can be reached from other machines, and there are no keys",
            "make one with `footnote keys add NAME`, or say --insecure",
        )


def keys(words: Sequence[str]) -> int:
    """`footnote keys`: list, add, remove."""
    from rag.server.keys import Keys

    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    kept = Keys(load_settings().home / "keys.json")

    @app.callback(invoke_without_command=True)
    def listed(context: typer.Context) -> None:
        """List the keys of the HTTP interface by name; `add` and `remove` change them."""
        if context.invoked_subcommand is None:
            for key in kept.all():
                print(f"{key.name:24} {key.per_minute} requests a minute")

    @app.command("add")
    def add(name: str, per_minute: Annotated[int, typer.Option(min=1, help="requests a minute")] = 60) -> None:
        """Make a key and print it, this once."""
        print(kept.add(name, per_minute))

    @app.command("remove")
    def remove(name: str) -> None:
        """Take a key's right away."""
        kept.remove(name)

    return int(app(args=list(words), prog_name="footnote keys", standalone_mode=False) or 0)
