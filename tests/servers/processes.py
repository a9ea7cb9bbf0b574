"""Servers as processes of their own: started on a free port, waited for, ended."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def served(
    command: Sequence[str],
    port: int,
    ready: str,
    *,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
) -> Iterator[tuple[str, int]]:
    """The address and process number of a server while it runs; it is there once the path `ready` answers with 200."""
    url = f"http://127.0.0.1:{port}"
    with (log or Path(os.devnull)).open("wb") as output:
        process = subprocess.Popen(command, env={**os.environ, **(environment or {})}, stdout=output, stderr=output)
    try:
        for _ in range(600):
            try:
                if httpx.get(f"{url}{ready}").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(20)
