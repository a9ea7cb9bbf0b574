"""`ask` for those who want no objects: one assistant a set of settings, the bundled papers where no index is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rag.assistant import Assistant, History
from rag.index import Index
from rag.settings import Settings, load_settings
from rag.types import Answer


def ask(
    question: str,
    history: History = (),
    *,
    papers: Sequence[str] = (),
    sources: Sequence[str] = (),
    **settings: Any,
) -> Answer:
    """The footnoted answer to `question`; see `Assistant.ask`. `settings` override single settings by name.

    Where nothing was ingested yet, the bundled papers are, which takes some seconds once.
    """
    assistant = ready(load_settings(**settings))
    return assistant.ask(question, history, papers=papers, sources=sources)


async def aask(
    question: str,
    history: History = (),
    *,
    papers: Sequence[str] = (),
    sources: Sequence[str] = (),
    **settings: Any,
) -> Answer:
    """`ask`, without blocking the event loop."""
    import asyncio

    return await asyncio.to_thread(ask, question, history, papers=papers, sources=sources, **settings)


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of an answer's text, in order."""

    text: str


def stream(question: str, history: History = (), **options: Any) -> Iterator[Delta | Answer]:
    """The answer's text sentence by sentence, and at the end the `Answer` itself."""
    answer = ask(question, history, **options)
    yield from (Delta(piece) for piece in _pieces(answer.text))
    yield answer


def ready(settings: Settings, *, progress: Callable[[str, int, int], None] | None = None) -> Assistant:
    """The assistant for these settings, over the bundled papers where nothing was ingested yet.

    `progress` is told how far that is (see `rag.ingest.Progress`).
    """
    if not Index(settings.index_folder).state().revision:
        from rag.ingest import ingest_bundled

        ingest_bundled(settings, progress=progress)
    return _assistant(settings)


@lru_cache(maxsize=8)
def _assistant(settings: Settings) -> Assistant:
    return Assistant(settings)


def _pieces(text: str) -> Iterator[str]:
    """The text cut after each white space that follows a marker or a full stop."""
    start = 0
    for position, char in enumerate(text):
        if char.isspace() and position and text[position - 1] in ".]:!?":
            yield text[start : position + 1]
            start = position + 1
    if start < len(text):
        yield text[start:]
