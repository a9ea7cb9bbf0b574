"""One event loop on a thread of its own, where every request to a model runs.

Threads that ask wait for it; so a request can be given up at any moment, which a blocking read cannot.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

_T = TypeVar("_T")
_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def submit(work: Coroutine[Any, Any, _T]) -> Future[_T]:
    """Start `work` on the loop; cancelling the future cancels it there."""
    return asyncio.run_coroutine_threadsafe(work, _running())


def _running() -> asyncio.AbstractEventLoop:
    global _loop  # noqa: PLW0603 - one for the process
    with _lock:
        if _loop is None or _loop.is_closed():
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="footnote-model", daemon=True).start()
        return _loop
