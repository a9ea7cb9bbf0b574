"""How long a question may still take, and whether its asker has gone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


class Call:
    """One question's time for the model. Safe to share between threads."""

    def __init__(self, seconds: float) -> None:
        """`seconds` from now until every request made for this question is given up."""
        self._end = time.monotonic() + seconds
        self.seconds = seconds
        self._lock = threading.Lock()
        self._stops: list[Callable[[], object]] = []
        self._cancelled = False

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
