"""A question in, a footnoted answer out: plan → passages → draft → claims → `Answer`."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.chat_model import Call, ChatModel, load_chat_model, telling_prompts
from rag.clock import Clock, timed
from rag.embedding import Embedder, load_embedder
from rag.errors import EmbeddingError, ModelError, UsageError
from rag.given import count_given, settings_given, text_given
from rag.index import Index, other_embedder
from rag.offline_answer import OfflineWriter, answered, told
from rag.question import History, Plan, plan, turns_of
from rag.reading import Reader, load_reader
from rag.retrieval.retriever import Retriever
from rag.scope import Scope, chatted, scoped
from rag.selection import Names, Selection
from rag.settings import Settings, changed
from rag.snapshot import Snapshot
from rag.tracing import in_one_context, span
from rag.types import Answer, Delta, Event, RankedPaper, Restart, Stage, Turn
from rag.writing.listing.survey import asks_for_all

if TYPE_CHECKING:
    from rag.model_answer import Written  # the model's side is imported where a model is asked

_log = logging.getLogger(__name__)
_AT_ONCE = 64  # questions that may wait for a model at the same time


class Assistant:
    """Answers questions from one index. Opening is lazy: nothing is read before the first question.

    Threads may share one: it is opened, and after an ingest opened again, by one of them at a time.
    """

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        embedder: Embedder | None = None,
        llm: Any = None,
        **overrides: Any,
    ) -> None:
        """`llm` is the name of a model, or a LlamaIndex `LLM` that writes the answers whatever the settings name;
        `overrides` are single settings by name.

        Raises:
            UsageError: for settings or an `llm` that are none.
        """
        if isinstance(llm, str):
            overrides["llm"], llm = llm, None
        if llm is not None and not hasattr(llm, "metadata"):
            raise UsageError(f"no LLM of LlamaIndex is of type {type(llm).__name__}", "give one, or a model's name")
        self.settings = settings_given(settings, overrides)
        self._embedder = embedder
        self._retriever: Retriever | None = None
        self._reader: Reader | None = None
        self._opening = Lock()
        self._unread = False  # whether loading it failed
        self.model = ChatModel.of(llm, self.settings) if llm is not None else load_chat_model(self.settings)

    @property
    def retriever(self) -> Retriever:
        """The retriever over the newest snapshot; an index that was replaced since is opened again.

        Raises:
            IndexMissingError: when nothing was ingested yet.
            IndexMismatchError: when the index was built by another embedder.
        """
        with self._opening:
            return self._opened()

    def _opened(self) -> Retriever:
        index = Index.of(self.settings)
        state = index.state()
        if self._retriever is None or self._retriever.snapshot.revision != state.revision:
            snapshot = index.snapshot(search=True)
            embedder = self.embedder
            if snapshot.manifest["embedder"] != embedder.name:
                raise other_embedder(snapshot.manifest["embedder"], embedder.name)
            self._retriever = Retriever(snapshot, embedder, candidates=self.settings.candidates)
        return self._retriever

    def ask(
        self,
        question: str,
        history: History = (),
        *,
        papers: Names = None,
        sources: Names = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Answer:
        """The answer to `question`, footnoted.

        `history` holds earlier turns, oldest first, as `{"role": "user"|"assistant", "content": str}`; None is none.
        `papers` and `sources` restrict to titles and source names that contain one of the given strings (or the one
        given), `since` and `until` to years, both included; where no paper fits, the answer abstains and says so.

        Raises:
            UsageError: for an empty question, a history that is no list of turns, or a filter that is none.
            IndexMissingError: when nothing was ingested yet.
            PromptError: when a prompt of `FOOTNOTE_PROMPTS` cannot be used.
        """
        return last_answer(self.stream(question, history, papers=papers, sources=sources, since=since, until=until))

    async def aask(
        self,
        question: str,
        history: History = (),
        *,
        papers: Names = None,
        sources: Names = None,
        since: int | None = None,
        until: int | None = None,
    ) -> Answer:
        """`ask` without blocking the event loop; cancelling it gives up what the model was asked."""
        call = self._call()
        only: dict[str, Any] = {"papers": papers, "sources": sources, "since": since, "until": until}

        def work() -> Answer:
            return last_answer(self.stream(question, history, **only, call=call))

        try:
            return await asyncio.get_running_loop().run_in_executor(_waiting(os.getpid()), copy_context().run, work)
        except asyncio.CancelledError:
            call.cancel()
            raise

    def stream(
        self,
        question: str,
        history: History = (),
        *,
        papers: Names = None,
        sources: Names = None,
        since: int | None = None,
        until: int | None = None,
        call: Call | None = None,
    ) -> Iterator[Event]:
        """`ask`, as it happens: `Stage` and `Delta` events, a `Restart` where text shown is withdrawn, and at the
        end the `Answer`, whose text is what the deltas since the last restart make.

        Closing the iterator, or cancelling `call`, which is for this question alone, gives up what the model was asked.
        """
        question = text_given("question", question, "ask something about the papers")
        turns = turns_of(history)
        selection = Selection.of(papers, sources, since, until)
        call = call or self._call()
        try:
            yield from in_one_context(self._traced(question, turns, selection, call))
        finally:
            call.cancel()

    def varied(self, **overrides: Any) -> Assistant:
        """An assistant that differs in single settings and shares the open index, the encoder and the model.

        What those were opened with is not varied: `llm` and its address, key and limits, `embedder`, `candidates`,
        `home` and `store`. Make another `Assistant` for these.

        Raises:
            SettingsError: for a value that a setting does not take.
        """
        other = Assistant.__new__(Assistant)
        other.settings = changed(self.settings, **overrides)
        other._embedder, other._retriever, other._reader = self.embedder, self.retriever, self._reader
        other._unread = self._unread
        other._opening = Lock()
        other.model = None if other.settings.offline else self.model
        return other

    def close(self) -> None:
        """Close what is kept open between questions: connections to the model."""
        if self.model is not None:
            self.model.close()

    def __enter__(self) -> Assistant:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def _call(self) -> Call:
        return Call(self.settings.llm_timeout_s)

    def _traced(
        self, question: str, turns: Sequence[Turn], selection: Selection, call: Call
    ) -> Generator[Event, None, None]:
        with span("footnote.ask", {"footnote.question.characters": len(question)}) as told:
            for event in self._events(question, turns, selection, call):
                if isinstance(event, Answer):
                    told["footnote.route"], told["footnote.engine"] = event.route, event.engine
                    told["footnote.abstained"] = event.abstained
                yield event

    def _events(self, question: str, turns: Sequence[Turn], selection: Selection, call: Call) -> Iterator[Event]:
        clock = Clock()
        yield Stage("plan")
        with clock("plan"):
            rules = plan(question, turns)
        if rules.route == "chat":
            yield from told(answered(rules, chatted(rules), clock))
            return
        with clock("open"):
            retriever = self.retriever
        scope = scoped(retriever, rules, selection, clock)
        if not isinstance(scope, Scope):
            draft, route = scope
            yield from told(answered(rules, draft, clock, route))
            return
        rules, allowed = scope.plan, scope.allowed
        degraded = ""
        if self.model is not None and not asks_for_all(rules):
            given = False
            try:
                with telling_prompts():
                    for event in self._by_model(self.model, retriever, rules, turns, allowed, call, clock):
                        given |= isinstance(event, Delta)
                        yield event
                return
            except ModelError as error:
                degraded = f"{error.message}; sentences were chosen without a model"
                if given:
                    yield Restart()
        draft, route = OfflineWriter(retriever, self.settings, self.reader).write(rules, allowed, clock)
        answer = answered(rules, draft, clock, route)
        yield from told(replace(answer, degraded=degraded, usage=call.usage, prompts=call.prompts))

    def _by_model(
        self,
        model: ChatModel,
        retriever: Retriever,
        rules: Plan,
        turns: Sequence[Turn],
        allowed: NDArray[np.bool_] | None,
        call: Call,
        clock: Clock,
    ) -> Iterator[Event]:
        """The events of an answer that the model writes; raises ModelError where it cannot."""
        from rag.grounding.encoders import token_encoder
        from rag.model_answer import ModelWriter
        from rag.model_survey import ModelSurvey
        from rag.planning import needs_model, planned

        made = rules
        if needs_model(rules, turns):
            with clock("plan_model"), span("footnote.plan"):
                made = planned(rules, turns, model, call, self.settings.prompts)
        if made.route in ("survey", "count"):
            writing = ModelSurvey(model, self.settings, retriever).write(made, allowed, call)
        else:
            yield Stage("retrieve")
            with clock("retrieve"), span("footnote.retrieve"):
                searched = [retriever.hits(text, allowed) for text in made.searches or (made.query,)]
            encoder = token_encoder(self.settings, self.embedder)
            writing = ModelWriter(model, self.settings, retriever.snapshot, encoder).write(made, searched, call)
        yield Stage("write")
        with span("footnote.write"):
            written = yield from timed(writing, clock, "write")
        yield replace(_written(rules, made, written, model.name, clock), usage=call.usage, prompts=call.prompts)

    def search(
        self,
        query: str,
        k: int = 0,
        *,
        papers: Names = None,
        sources: Names = None,
        since: int | None = None,
        until: int | None = None,
    ) -> list[RankedPaper]:
        """The `k` best papers for a query (the setting `k` by default), passages best first; the filters are those of
        `ask`.

        Raises:
            UsageError: for an empty query, a `k` or a filter that is none.
            IndexMissingError: when nothing was ingested yet.
        """
        query, k = text_given("query", query, "say what to look for"), count_given("k", k)
        selection = Selection.of(papers, sources, since, until)
        retriever = self.retriever
        allowed = None if selection.everything else retriever.mask(selection)
        return retriever.search(query, k or self.settings.k, allowed)

    def reader(self) -> Reader | None:
        """The reader, loaded at first use; None, and one warning, where it cannot be: answers do without it then."""
        if self._reader is None and not self._unread:
            try:
                self._reader = load_reader(self.settings.models_folder)
            except EmbeddingError as error:
                self._unread = True
                _log.warning("answers do without the reader: %s", error.message)
        return self._reader

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


def last_answer(events: Iterator[Event]) -> Answer:
    """The answer that a stream of events ends with."""
    answer: Answer | None = None
    for event in events:
        if isinstance(event, Answer):
            answer = event
    assert answer is not None  # every stream ends with one, or raises
    return answer


@cache
def _waiting(process: int) -> ThreadPoolExecutor:
    """Threads that mostly wait for a model; few of them compute at once. A `process` has its own: a fork has none of
    its parent's threads."""
    del process
    return ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="footnote-ask")


def _written(rules: Plan, made: Plan, written: Written, engine: str, clock: Clock) -> Answer:
    return Answer(
        question=rules.question,
        text=written.text,
        citations=written.citations,
        claims=written.claims,
        abstained=written.abstained,
        route=made.route,
        papers=tuple(dict.fromkeys(citation.title for citation in written.citations)),
        engine=engine,
        confidence=round(written.confidence, 4),
        nearest=written.nearest,
        examined=written.examined,
        timings={**clock.seconds, "ground": written.grounding_s, "total": sum(clock.seconds.values())},
        note=written.note,
    )
