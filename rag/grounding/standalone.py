"""The checker on its own: any text with `[n]` markers, beside any passages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from rag.chunking import split
from rag.embedding import Embedder, load_embedder
from rag.errors import UsageError
from rag.grounding.composing import Composer
from rag.grounding.encoders import encoded
from rag.grounding.source import Source, source_of
from rag.settings import load_settings
from rag.types import Claim, Paper, Passage
from rag.writing.markers import MarkerScanner


def check(
    text: str, passages: Sequence[str | Passage] | str | Passage, *, embedder: Embedder | None = None
) -> list[Claim]:
    """The claims of `text`, each with its verdict; a marker `[n]` cites `passages[n - 1]`. A string is one passage.

    `Claim.citations` are numbers of passages, from 1. A sentence whose marker names no passage is unsupported; a
    marker at the start of a line belongs to the sentence behind it. A sentence without a marker is checked against each
    passage by itself, and cites the one that supports it best, if one does.
    `embedder` is one with token vectors, the built-in one unless given.

    Raises:
        UsageError: when there is no passage to check against, or one is no text.
        EmbeddingError: when the built-in encoder is not to be had.
    """
    if not passages:
        raise UsageError("there is no passage to check against", "give at least one")
    passages = [passages] if isinstance(passages, str | Passage) else passages
    encoder = embedder or _builtin()
    given = [_passage(passage, number) for number, passage in enumerate(passages, 1)]
    sources: dict[tuple[int, ...], Source] = {}

    def source(numbers: tuple[int, ...]) -> Source:
        if numbers not in sources:
            cited = [part for number in numbers for part in _parts(given[number - 1], encoder)]
            sources[numbers] = source_of(cited, lambda passage: encoded(passage.text, encoder))
        return sources[numbers]

    composer = Composer(range(1, len(given) + 1), source, lambda statement: encoded(statement, encoder), strict=True)
    reader = MarkerScanner()
    for token in (*reader.feed(text), *reader.close()):
        composer.take(token)
    composed = composer.finish()
    owner = {citation.n: int(citation.paper_id) for citation in composed.citations}
    return [_by_passage(claim, owner) for claim in composed.claims]


@lru_cache(maxsize=1)
def _builtin() -> Embedder:
    settings = load_settings()
    return load_embedder("builtin", settings.models_folder, settings.threads)


def _passage(given: object, number: int) -> Passage:
    """The passage with its number for a paper, so that citations lead back to it."""
    if isinstance(given, Passage):
        return replace(given, paper_id=str(number))
    if not isinstance(given, str):
        raise UsageError(f"passage {number} is no text but {given!r:.60}", "give strings, or passages")
    return Passage(f"passage-{number}", str(number), "", given, 0, len(given), 0)


def _parts(passage: Passage, embedder: Embedder) -> list[Passage]:
    """The passage in pieces that the encoder can read."""
    paper = Paper(passage.paper_id, passage.title, passage.text, ())
    return split(paper, embedder.count_tokens, embedder.window)


def _by_passage(claim: Claim, owner: dict[int, int]) -> Claim:
    numbers = tuple(dict.fromkeys(owner[n] for n in claim.citations))
    return Claim(claim.text, numbers, claim.verdict, claim.score, claim.reason)
