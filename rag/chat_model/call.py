"""What one question may take of the model, what it took, and whether its asker has gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from prompts import Prompt
from rag.types import Usage


class Call:
    """One question's time for the model, and what its requests took. Safe to share between threads."""

    def __init__(self, seconds: float) -> None:
        """`seconds` from now until every request made for this question is given up."""
        self._end = time.monotonic() + seconds
        self.seconds = seconds
        self._lock = threading.Lock()
        self._stops: list[Callable[[], object]] = []
        self._cancelled = False
        self._usage = Usage()
        self._prompts: dict[str, str] = {}

    @property
    def usage(self) -> Usage:
        """What all requests made so far took, those that failed included."""
        return self._usage

    @property
    def prompts(self) -> dict[str, str]:
        """The hashes of the prompts used so far, by name."""
        with self._lock:
            return dict(self._prompts)

    def spend(self, usage: Usage) -> None:
        """Add what a request took."""
        with self._lock:
            self._usage += usage

    def use(self, prompt: Prompt) -> None:
        """Note that a prompt is used."""
        with self._lock:
            self._prompts[prompt.name] = prompt.hash

    @property
    def remaining(self) -> float:
        """Seconds left; 0 when there are none."""
        return max(0.0, self._end - time.monotonic())

    @property
    def cancelled(self) -> bool:
        """Whether the asker has gone."""
        return self._cancelled

    def cancel(self) -> None:
        """The asker has gone: stop what runs, and let nothing more start."""
        with self._lock:
            self._cancelled = True
            stops = list(self._stops)
        for stop in stops:
            stop()

    def on_cancel(self, stop: Callable[[], object]) -> Callable[[], None]:
        """Have `stop` called when this is cancelled, at once if it is already; the result takes that back."""
        with self._lock:
            self._stops.append(stop)
            gone = self._cancelled
        if gone:
            stop()
        return lambda: self._forget(stop)

    def _forget(self, stop: Callable[[], object]) -> None:
        with self._lock:
            if stop in self._stops:
                self._stops.remove(stop)
