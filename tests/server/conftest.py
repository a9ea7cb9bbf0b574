"""A running server on a free port."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
import uvicorn

from rag.assistant import Assistant
from rag.server import create_app
from rag.server.defence import Defended
from rag.server.keys import Keys
from tests.servers.processes import free_port

Serve = Callable[..., str]


@contextmanager
def running(app: Any, at_once: int = 0) -> Iterator[str]:
    """The address of an app while it is served, behind its defences."""
    port = free_port()
    behind = Defended(app, "127.0.0.1", **({"at_once": at_once} if at_once else {}))
    server = uvicorn.Server(uvicorn.Config(behind, host="127.0.0.1", port=port, log_level="error", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture
def serve(pond: Assistant) -> Iterator[Serve]:
    """Serves an assistant, the one over the invented papers unless told."""
    with ExitStack() as servers:

        def make(assistant: Assistant | None = None, keys: Keys | None = None, at_once: int = 0) -> str:
            return servers.enter_context(running(create_app(assistant or pond, keys), at_once))

        yield make
