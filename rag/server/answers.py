"""The routes that answer: `/v1/ask`, and Footnote as a model of the OpenAI protocol. Whole, or as a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import StreamingResponse

from rag.assistant import Assistant, last_answer
from rag.errors import FootnoteError
from rag.server import openai_wire
from rag.server.counters import Counters
from rag.server.described import Completion, Model, Models, SentAnswer
from rag.server.refusals import Refused, refusal_body
from rag.server.wire import AskBody, event_name_and_data
from rag.types import Answer, Event

_STREAM = "text/event-stream"
_EVENTS: dict[str, Any] = {_STREAM: {}}
_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {"description": "the answer, or its events", "model": SentAnswer, "content": _EVENTS}
}
_COMPLETION: dict[int | str, dict[str, Any]] = {
    200: {"description": "the completion, or its chunks", "model": Completion, "content": _EVENTS}
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "no such model", "model": Refused}}
_KNOWN: dict[int | str, dict[str, Any]] = {200: {"description": "the model", "model": Model}}


def answers(assistant: Assistant, counters: Counters) -> APIRouter:
    """`POST /v1/ask`, `/v1/chat/completions`; `GET /v1/models`, `/v1/models/{name}`."""
    routes = APIRouter()

    @routes.post("/v1/ask", responses=_ANSWER)
    def ask(body: AskBody) -> Any:
        """The answer; with `stream`, server-sent events: `stage` (`name`, `done`, `total`), `delta` (`text`, a piece of
        the answer), `restart` (what came so far is withdrawn) and at the end `answer`, the whole of it; or `error`
        (`message`, `hint`)."""
        history = [turn.model_dump() for turn in body.history or ()]
        events = _counted(assistant.stream(body.question, history, **body.selection()), counters)
        if body.stream:
            return StreamingResponse(_sent(_begun(events, assistant), counters), media_type=_STREAM)
        return last_answer(events).to_dict()

    @routes.post("/v1/chat/completions", responses=_COMPLETION)
    def chat(body: openai_wire.ChatBody) -> Any:
        """Footnote as a model: citations in the text and as annotations. The last user message is the question; system
        and tool messages and what steers sampling are passed over."""
        question, history = openai_wire.question_and_history(body)
        events = _counted(assistant.stream(question, history, **body.selection()), counters)
        if body.stream:
            rows = openai_wire.chunks(_begun(events, assistant), usage=body.wants_usage)
            return StreamingResponse(_data(rows, counters), media_type=_STREAM)
        return openai_wire.completion(last_answer(events))

    @routes.get("/v1/models", responses={200: {"description": "the models", "model": Models}})
    def models() -> dict[str, Any]:
        """The one model there is."""
        return openai_wire.models()

    @routes.get("/v1/models/{name}", responses={**_KNOWN, **_UNKNOWN})
    def model(name: str) -> dict[str, Any]:
        """The one model there is, by its name."""
        if name != openai_wire.MODEL:
            raise HTTPException(404, f"the one model is called {openai_wire.MODEL}")
        return openai_wire.model()

    return routes


def _counted(events: Iterator[Event], counters: Counters) -> Iterator[Event]:
    for event in events:
        if isinstance(event, Answer):
            counters.answered(event)
        yield event


def _begun(events: Iterator[Event], assistant: Assistant) -> Iterator[Event]:
    """The same events; what cannot be answered at all is raised here, before a stream begins: a question that is none,
    and an index that does not open, unless the question needs none."""
    first = [next(events)]
    if not _opens(assistant):
        first.append(next(events))  # raises, where the index is needed
    return chain(first, events)


def _opens(assistant: Assistant) -> bool:
    try:
        return assistant.retriever is not None
    except FootnoteError:
        return False


def _sent(events: Iterator[Event], counters: Counters) -> Iterator[str]:
    """Events as server-sent ones; an error in the middle becomes the last of them, and is counted."""
    try:
        for event in events:
            name, data = event_name_and_data(event)
            yield f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
    except FootnoteError as error:
        counters.failed(type(error).__name__)
        yield f"event: error\ndata: {json.dumps({'message': error.message, 'hint': error.hint})}\n\n"


def _data(rows: Iterator[dict[str, Any]], counters: Counters) -> Iterator[str]:
    """Chunks as server-sent data; an error in the middle becomes the last of them, and is counted."""
    try:
        for row in rows:
            yield f"data: {json.dumps(row, ensure_ascii=False)}\n\n"
    except FootnoteError as error:
        counters.failed(type(error).__name__)
        told = refusal_body(500, str(error), error.hint, code=type(error).__name__)
        yield f"data: {json.dumps(told, ensure_ascii=False)}\n\n"
    yield "data: [DONE]\n\n"
