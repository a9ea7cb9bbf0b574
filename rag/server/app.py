"""The app: routes over one assistant. Thin: what it does is done below."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response, StreamingResponse

from rag.assistant import Assistant
from rag.errors import FootnoteError, IndexMissingError, UsageError
from rag.server import openai_wire
from rag.server.counters import CONTENT_TYPE, Counters
from rag.server.keys import Keys
from rag.server.wire import AskBody, SearchBody, event_name_and_data
from rag.types import Answer, Event

_LISTED = 100
_OBJECT: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}
_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"description": "no key, or one that is not known", "content": _OBJECT},
    413: {"description": "a body that is too long", "content": _OBJECT},
    422: {"description": "a request that makes no sense: which part, and why", "content": _OBJECT},
    429: {"description": "too many requests: Retry-After says when to come again", "content": _OBJECT},
    500: {"description": "something went wrong; the log names it", "content": _OBJECT},
    503: {"description": "nothing was ingested yet", "content": _OBJECT},
}
_EVENTS: dict[int | str, dict[str, Any]] = {
    200: {"description": "the answer, or its events", "content": {**_OBJECT, "text/event-stream": {}}}
}
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"description": "no paper of this id", "content": _OBJECT}}


def create_app(assistant: Assistant, keys: Keys | None = None) -> FastAPI:
    """The app over an assistant. With `keys`, every route but health and the description asks for one of them.

    `POST /v1/ask`, `/v1/search`; `GET /v1/papers`, `/v1/papers/{id}`; `POST /v1/chat/completions`, `GET /v1/models` for
    OpenAI clients; `GET /healthz`, `/readyz`, `/metrics`; `/openapi.json`.
    """
    app = FastAPI(
        title="Footnote",
        description="Questions over research papers, every sentence footnoted.",
        responses=_REFUSALS,
        docs_url=None,  # FastAPI's pages load their scripts from elsewhere
        redoc_url=None,
    )
    counters = Counters()
    guarded = [Depends(_guard(keys))] if keys is not None else []

    @app.exception_handler(FootnoteError)
    def told(request: Request, error: FootnoteError) -> JSONResponse:
        counters.failed(type(error).__name__)
        status = 422 if isinstance(error, UsageError) else 503 if isinstance(error, IndexMissingError) else 500
        return JSONResponse({"error": {"message": error.message, "hint": error.hint}}, status_code=status)

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        rows = [{"where": [str(part)[:100] for part in row["loc"]], "message": row["msg"]} for row in error.errors()]
        return JSONResponse({"detail": rows[:20]}, status_code=422)  # what was sent is not sent back

    def counted(events: Iterator[Event]) -> Iterator[Event]:
        for event in events:
            if isinstance(event, Answer):
                counters.answered(event)
            yield event

    def begun(events: Iterator[Event]) -> Iterator[Event]:
        """Events whose first has come: what cannot be answered at all is told before a stream begins."""
        return chain([next(events)], events)

    @app.post("/v1/ask", dependencies=guarded, responses=_EVENTS)
    def ask(body: AskBody) -> Any:
        """The answer; with `stream`, server-sent events `stage`, `delta`, `restart`, `answer`."""
        history = [turn.model_dump() for turn in body.history]
        events = begun(counted(assistant.stream(body.question, history, **body.selection())))
        if body.stream:
            return StreamingResponse(_sent(events), media_type="text/event-stream")
        return _last(events).to_dict()

    @app.post("/v1/search", dependencies=guarded)
    def search(body: SearchBody) -> dict[str, Any]:
        """The papers that match best, passages best first."""
        return {"papers": [_ranked(paper) for paper in assistant.search(body.query, body.k)]}

    @app.get("/v1/papers", dependencies=guarded)
    def papers(
        grep: str = "", offset: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=1000)] = _LISTED
    ) -> dict[str, Any]:
        """Titles and sources, those with `grep` in the title."""
        found = [p for p in assistant.snapshot.papers() if grep.casefold() in p.title.casefold()]
        rows = [{"id": p.id, "title": p.title, "sources": p.source_names} for p in found[offset : offset + limit]]
        return {"total": len(found), "papers": rows}

    @app.get("/v1/papers/{paper_id}", dependencies=guarded, responses=_UNKNOWN)
    def paper(paper_id: str) -> dict[str, Any]:
        """One paper, whole."""
        found = assistant.snapshot.find(paper_id)
        if found is None:
            raise HTTPException(404, f"no paper has the id {paper_id[:100]!r}")
        return {"id": found.id, "title": found.title, "text": found.text, "sources": found.source_names}

    @app.post("/v1/chat/completions", dependencies=guarded, responses=_EVENTS)
    def chat(body: openai_wire.ChatBody) -> Any:
        """Footnote as a model: citations in the text and as annotations."""
        question, history = openai_wire.question_and_history(body)
        events = begun(counted(assistant.stream(question, history)))
        if body.stream:
            return StreamingResponse(_data(openai_wire.chunks(events)), media_type="text/event-stream")
        return openai_wire.completion(_last(events))

    @app.get("/v1/models", dependencies=guarded)
    def models() -> dict[str, Any]:
        """The one model there is."""
        return openai_wire.models()

    @app.get("/metrics", dependencies=guarded)
    def metrics() -> Response:
        """Counts and timings for Prometheus."""
        return Response(counters.page(), media_type=CONTENT_TYPE)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        """Whether the process lives."""
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> dict[str, Any]:
        """Whether questions can be answered: the index opens."""
        return {"status": "ready", "papers": assistant.snapshot.paper_count}

    return app


def _guard(keys: Keys) -> Callable[[Request], None]:
    """Lets a request through that has a key with room left; else 401, or 429 with the seconds to wait."""

    def guard(request: Request) -> None:
        kind, _, clear = request.headers.get("authorization", "").partition(" ")
        key = keys.owner(clear.strip()) if kind.casefold() == "bearer" else None
        if key is None:
            raise HTTPException(401, "give a key: Authorization: Bearer fn-…", {"WWW-Authenticate": "Bearer"})
        wait = keys.seconds_to_wait(key)
        if wait:
            raise HTTPException(429, f"more than {key.per_minute} requests a minute", {"Retry-After": f"{wait:.0f}"})

    return guard


def _last(events: Iterator[Event]) -> Answer:
    answer: Answer | None = None
    for event in events:
        if isinstance(event, Answer):
            answer = event
    assert answer is not None  # every stream ends with one, or raises
    return answer


def _sent(events: Iterator[Event]) -> Iterator[str]:
    """Events as server-sent ones; an error in the middle becomes the last of them."""
    try:
        for event in events:
            name, data = event_name_and_data(event)
            yield f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
    except FootnoteError as error:
        yield f"event: error\ndata: {json.dumps({'message': error.message, 'hint': error.hint})}\n\n"


def _data(rows: Iterator[dict[str, Any]]) -> Iterator[str]:
    try:
        for row in rows:
            yield f"data: {json.dumps(row, ensure_ascii=False)}\n\n"
    except FootnoteError as error:
        yield f"data: {json.dumps({'error': {'message': str(error)}})}\n\n"
    yield "data: [DONE]\n\n"


def _ranked(paper: Any) -> dict[str, Any]:
    passages = [
        {"text": r.passage.text, "start": r.passage.start, "end": r.passage.end, "score": round(r.score, 4)}
        for r in paper.passages
    ]
    return {"id": paper.paper_id, "title": paper.title, "score": round(paper.score, 4), "passages": passages}
