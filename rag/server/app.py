"""The app: routes over one assistant. Thin: what it does is done below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from rag.assistant import Assistant
from rag.errors import FootnoteError, IndexMissingError, UsageError
from rag.server.answers import answers
from rag.server.counters import CONTENT_TYPE, Counters
from rag.server.keys import Keys
from rag.server.papers import papers
from rag.server.wire import OBJECT

_REFUSALS: dict[int | str, dict[str, Any]] = {
    401: {"description": "no key, or one that is not known", "content": OBJECT},
    413: {"description": "a body that is too long", "content": OBJECT},
    422: {"description": "a request that makes no sense: which part, and why", "content": OBJECT},
    429: {"description": "too many requests: Retry-After says when to come again", "content": OBJECT},
    500: {"description": "something went wrong; the log names it", "content": OBJECT},
    503: {"description": "nothing was ingested yet", "content": OBJECT},
}


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
    _tell_errors(app, counters)
    guarded = [Depends(_guard(keys))] if keys is not None else []
    for routes in (answers(assistant, counters), papers(assistant), _metrics(counters)):
        app.include_router(routes, dependencies=guarded)
    app.include_router(_health(assistant))
    return app


def _tell_errors(app: FastAPI, counters: Counters) -> None:
    """Errors become one line of JSON, and are counted."""

    @app.exception_handler(FootnoteError)
    def told(request: Request, error: FootnoteError) -> JSONResponse:
        counters.failed(type(error).__name__)
        status = 422 if isinstance(error, UsageError) else 503 if isinstance(error, IndexMissingError) else 500
        return JSONResponse({"error": {"message": error.message, "hint": error.hint}}, status_code=status)

    @app.exception_handler(RequestValidationError)
    def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        rows = [{"where": [str(part)[:100] for part in row["loc"]], "message": row["msg"]} for row in error.errors()]
        kind = request.headers.get("content-type", "")
        if rows and rows[0]["where"] == ["body"] and kind and "json" not in kind:  # as curl and forms send it
            rows = [{"where": ["body"], "message": f"send JSON with `Content-Type: application/json`, not {kind[:60]}"}]
        return JSONResponse({"detail": rows[:20]}, status_code=422)  # what was sent is not sent back


def greet(app: FastAPI) -> None:
    """Have `/` say what is where, for whoever opens the address in a browser; not where a page stands there."""

    @app.get("/", include_in_schema=False)
    async def front() -> dict[str, str]:
        return {
            "name": "Footnote",
            "ask": 'POST /v1/ask with {"question": "…"}',
            "openai_base_url": "/v1",
            "description": "/openapi.json",
            "page": "`footnote ui` has a page to ask on",
        }


def _metrics(counters: Counters) -> APIRouter:
    routes = APIRouter()

    @routes.get("/metrics")
    async def metrics() -> Response:
        """Counts and timings for Prometheus."""
        return Response(counters.page(), media_type=CONTENT_TYPE)

    return routes


def _health(assistant: Assistant) -> APIRouter:
    routes = APIRouter()

    @routes.head("/healthz", include_in_schema=False)  # as monitors ask
    @routes.get("/healthz")
    async def healthz() -> dict[str, str]:  # needs no thread: it answers whatever all of them are busy with
        """Whether the process lives."""
        return {"status": "ok"}

    @routes.head("/readyz", include_in_schema=False)
    @routes.get("/readyz")
    def readyz() -> dict[str, Any]:
        """Whether questions can be answered: the index opens."""
        return {"status": "ready", "papers": assistant.snapshot.paper_count}

    return routes


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
