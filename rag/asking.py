"""`ask` for those who want no objects: one assistant a set of settings, the bundled papers where no index is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

from rag.assistant import Assistant
from rag.errors import UsageError
from rag.index import Index
from rag.question import History
from rag.selection import Names
from rag.settings import Settings, load_settings
from rag.types import Answer, Event

_ARGUMENTS = ("history", "papers", "sources", "since", "until")


def ask(
    question: str,
    history: History = (),
    *,
    papers: Names = None,
    sources: Names = None,
    since: int | None = None,
    until: int | None = None,
    **settings: Any,
) -> Answer:
    """The footnoted answer to `question`; see `Assistant.ask`. `settings` override single settings by name.

    Where nothing was ingested yet, the bundled papers are, which takes some seconds once: into a folder, never into
    a Chroma server.

    Raises:
        IndexMissingError: when all papers were removed, or nothing was ingested into the server yet.
    """
    assistant = ready(_chosen(settings))
    return assistant.ask(question, history, papers=papers, sources=sources, since=since, until=until)


async def aask(
    question: str,
    history: History = (),
    *,
    papers: Names = None,
    sources: Names = None,
    since: int | None = None,
    until: int | None = None,
    **settings: Any,
) -> Answer:
    """`ask`, without blocking the event loop."""
    assistant = await asyncio.to_thread(ready, _chosen(settings))
    return await assistant.aask(question, history, papers=papers, sources=sources, since=since, until=until)


def stream(
    question: str,
    history: History = (),
    *,
    papers: Names = None,
    sources: Names = None,
    since: int | None = None,
    until: int | None = None,
    **settings: Any,
) -> Iterator[Event]:
    """The answer as it is made: `Stage`, `Delta` and `Restart` events, and at the end the `Answer` itself."""
    yield from ready(_chosen(settings)).stream(
        question, history, papers=papers, sources=sources, since=since, until=until
    )


def ready(settings: Settings, *, progress: Callable[[str, int, int], None] | None = None) -> Assistant:
    """The assistant for these settings, over the bundled papers where nothing was ingested yet; a first ingest that is
    writing is waited for. An index that was emptied stays so, and one on a server, which others share, is filled by an
    ingest only.

    `progress` is told how far that is (see `rag.index_writer.Progress`).
    """
    index = Index.of(settings)
    state = index.state()
    if not (state.revision or state.emptied or index.is_remote):
        from rag.ingest import ingest_bundled

        ingest_bundled(settings, first=True, progress=progress)
    return _assistant(settings)


def _chosen(given: Mapping[str, Any]) -> Settings:
    """The settings with those given by name; one that was meant for an argument is told as such."""
    for name in given:
        near = get_close_matches(name, _ARGUMENTS, 1, 0.8)
        if near and name not in Settings.model_fields:
            raise UsageError(f"there is no argument {name!r}", f"do you mean {near[0]}?")
    return load_settings(**given)


@lru_cache(maxsize=8)
def _assistant(settings: Settings) -> Assistant:
    return Assistant(settings)
