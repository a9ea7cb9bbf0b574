"""A question in, a footnoted answer out: plan → passages → draft → claims → `Answer`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedding import Embedder, load_embedder
from rag.errors import IndexMismatchError, UsageError
from rag.grounding import footnoted
from rag.index import Index
from rag.question import Plan, plan
from rag.retrieval.pairing import best_pair
from rag.retrieval.retriever import Hits, Retriever, mask
from rag.settings import Settings, load_settings
from rag.snapshot import Snapshot
from rag.types import Answer, Paper, RankedPaper, Route, Turn
from rag.writing import answerability
from rag.writing.answer_type import asked_types
from rag.writing.draft import Draft
from rag.writing.extractive import comparison, lookup
from rag.writing.sentence_features import tabulate
from rag.writing.survey import listing

ENGINE = "extractive"
_NEAREST = 3  # titles named when the papers do not answer
_GREETING = "Ask me a question about the papers in the index: a fact, a number, a comparison, or a list."
History = Sequence[Mapping[str, str]]


class Assistant:
    """Answers questions from one index. Opening is lazy: nothing is read before the first question.

    Not thread-safe while opening; answering is, since nothing is changed by it.
    """

    def __init__(self, settings: Settings | None = None, *, embedder: Embedder | None = None, **overrides: Any) -> None:
        self.settings = settings or load_settings(**overrides)
        self._embedder = embedder
        self._retriever: Retriever | None = None

    @property
    def retriever(self) -> Retriever:
        """The retriever over the newest snapshot; an index that was replaced since is opened again.

        Raises:
            IndexMissingError: when nothing was ingested yet.
            IndexMismatchError: when the index was built by another embedder.
        """
        index = Index(self.settings.index_folder)
        state = index.state()
        if self._retriever is None or self._retriever.snapshot.revision != state.revision:
            snapshot = index.snapshot()
            embedder = self.embedder
            if snapshot.manifest["embedder"] != embedder.name:
                raise IndexMismatchError(
                    f"the index was built with the embedder {snapshot.manifest['embedder']!r}, "
                    f"the settings ask for {embedder.name!r}",
                    "set FOOTNOTE_EMBEDDER back, or ingest into another FOOTNOTE_HOME",
                )
            self._retriever = Retriever(snapshot, embedder, candidates=self.settings.candidates)
        return self._retriever

    def ask(
        self,
        question: str,
        history: History = (),
        *,
        papers: Sequence[str] = (),
        sources: Sequence[str] = (),
    ) -> Answer:
        """The answer to `question`, footnoted.

        `history` holds earlier turns, oldest first, as `{"role": "user"|"assistant", "content": str}`.
        `papers` and `sources` restrict to titles and source names that contain one of the given strings.

        Raises:
            UsageError: for an empty question, or a turn that is no turn.
            IndexMissingError: when nothing was ingested yet.
        """
        if not question.strip():
            raise UsageError("the question is empty", "ask something about the papers")
        clock = _Clock()
        with clock("plan"):
            planned = plan(question, _turns(history))
        if planned.route == "chat":
            return _answer(planned, Draft((), opening=_GREETING), clock)
        with clock("open"):
            retriever = self.retriever
            allowed = mask(retriever.snapshot, _wanted(papers, sources))
        draft, route = self._draft(retriever, planned, allowed, clock)
        return _answer(planned, draft, clock, route)

    async def aask(self, question: str, history: History = (), **filters: Sequence[str]) -> Answer:
        """`ask`, on a worker thread."""
        return await asyncio.to_thread(self.ask, question, history, **filters)

    def search(self, query: str, k: int = 0) -> list[RankedPaper]:
        """The `k` best papers for a query (the setting `k` by default), passages best first."""
        return self.retriever.search(query, k or self.settings.k)

    def _draft(
        self, retriever: Retriever, planned: Plan, allowed: NDArray[np.bool_] | None, clock: _Clock
    ) -> tuple[Draft, Route]:
        if planned.route in ("survey", "count"):
            with clock("survey"):
                return listing(retriever, planned, allowed), planned.route
        with clock("retrieve"):
            hits = retriever.hits(planned.query, allowed)
        with clock("write"):
            return self._answered(retriever, planned, hits)

    def _answered(self, retriever: Retriever, planned: Plan, hits: Hits) -> tuple[Draft, Route]:
        """A comparison of two papers, sentences of one, or the nearest titles where none answers."""
        snapshot = retriever.snapshot
        if not hits.candidates:
            return Draft((), abstained=True), "lookup"
        pair = best_pair(hits, planned.route == "compare")
        compared = pair is not None and pair.compared
        table = tabulate(snapshot, hits.query, hits.candidates[0], asked_types(planned.question))
        confidence = answerability.probability(planned.question, hits, table, pair)
        if confidence < self._refuse_below:
            nearest = tuple(snapshot.title(candidate.paper) for candidate in hits.candidates[:_NEAREST])
            return Draft(
                (), abstained=True, confidence=confidence, nearest=nearest
            ), "compare" if compared else "lookup"
        limit = self.settings.max_sentences
        if pair is not None and compared:
            draft = comparison(snapshot, planned.question, hits, pair.ranks, limit)
        else:
            draft = lookup(snapshot, planned.question, hits, limit)
        return Draft(draft.sentences, confidence=confidence), "compare" if compared else "lookup"

    @property
    def _refuse_below(self) -> float:
        chosen = self.settings.abstain_below
        return answerability.threshold() if chosen is None else chosen

    @property
    def snapshot(self) -> Snapshot:
        """The index that answers come from."""
        return self.retriever.snapshot

    @property
    def embedder(self) -> Embedder:
        """The embedder, loaded at first use."""
        if self._embedder is None:
            self._embedder = load_embedder(self.settings.embedder, self.settings.models_folder, self.settings.threads)
        return self._embedder


@dataclass(slots=True)
class _Clock:
    """Seconds by stage."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - started


def _answer(planned: Plan, draft: Draft, clock: _Clock, route: Route | None = None) -> Answer:
    with clock("ground"):
        found = footnoted(draft)
    return Answer(
        question=planned.question,
        text=_refusal(draft) if draft.abstained else found.text,
        citations=found.citations,
        claims=found.claims,
        abstained=draft.abstained,
        route=route or planned.route,
        papers=tuple(dict.fromkeys(citation.title for citation in found.citations)),
        engine=ENGINE,
        confidence=round(draft.confidence, 4),
        nearest=draft.nearest,
        examined=draft.examined,
        timings={**clock.seconds, "total": sum(clock.seconds.values())},
    )


def _refusal(draft: Draft) -> str:
    if not draft.nearest:
        return "The papers do not answer this."
    return "The papers do not answer this. Nearest: " + "; ".join(draft.nearest) + "."


def _turns(history: Sequence[Any]) -> list[Turn]:
    turns: list[Turn] = []
    for position, turn in enumerate(history):
        role, content = (turn.get("role"), turn.get("content")) if isinstance(turn, Mapping) else (None, None)
        if role not in ("user", "assistant") or not isinstance(content, str):
            raise UsageError(
                f"turn {position} of the history is {turn!r}",
                'give {"role": "user" or "assistant", "content": text}',
            )
        turns.append(Turn("user" if role == "user" else "assistant", content))
    return turns


def _wanted(papers: Sequence[str], sources: Sequence[str]) -> Callable[[Paper], bool] | None:
    if not papers and not sources:
        return None
    titles = [title.casefold() for title in papers]
    names = [name.casefold() for name in sources]

    def wanted(paper: Paper) -> bool:
        in_title = not titles or any(part in paper.title.casefold() for part in titles)
        in_source = not names or any(part in source.name.casefold() for part in names for source in paper.sources)
        return in_title and in_source

    return wanted
