"""How long each stage of an answer takes."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

Event = TypeVar("Event")
Result = TypeVar("Result")


@dataclass(slots=True)
class Clock:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - started


def timed(events: Generator[Event, None, Result], clock: Clock, stage: str) -> Generator[Event, None, Result]:
    """The same events; the time spent on making them counts as the stage, not the time that their taker takes."""
    while True:
        try:
            with clock(stage):
                event = next(events)
        except StopIteration as end:
            result: Result = end.value
            return result
        yield event
