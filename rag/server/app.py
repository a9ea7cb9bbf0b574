"""The app: routes over one assistant. Thin: what it does is done below."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException as StarletteHTTPException

from rag.assistant import Assistant
from rag.errors import FootnoteError, IndexMissingError, UsageError
from rag.server.answers import answers
from rag.server.counters import CONTENT_TYPE, Counters
from rag.server.described import Ready
from rag.server.keys import Keys
from rag.server.papers import papers
from rag.server.refusals import Malformed, Refused, malformed, refusal_body, unrouted

_BEARER = HTTPBearer(auto_error=False, description="a key that `footnote keys add NAME` made")


def _refusals() -> dict[int | str, dict[str, Any]]:
    """The refusals of every route, as the description has them."""
    told = {
        400: "a body that cannot be read, or a name in Host that is not this machine's",
        401: "no key, or one that is not known",
        403: "a page of another site asks",
        408: "a body that does not come",
        413: "a body that is too long",
        429: "too many requests: Retry-After says when to come again",
        500: "something went wrong; the log names it",
        503: "nothing was ingested yet",
    }
    wrong = {"description": "a request that makes no sense: which part, and why", "model": Malformed}
    return {**{status: {"description": why, "model": Refused} for status, why in told.items()}, 422: wrong}


def create_app(assistant: Assistant, keys: Keys | None = None) -> FastAPI:
    """The app over an assistant. With `keys`, every route but health and the description asks for one of them.

    `POST /v1/ask`, `/v1/search`; `GET /v1/papers`, `/v1/papers/{id}`; `POST /v1/chat/completions`, `GET /v1/models` for
    OpenAI clients; `GET /healthz`, `/readyz`, `/metrics`; `/openapi.json`.
    """
    app = FastAPI(
        title="Footnote",
        description="Questions over research papers, every sentence footnoted.",
        responses=_refusals(),
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
        code = type(error).__name__
        counters.failed(code)
        status = 422 if isinstance(error, UsageError) else 503 if isinstance(error, IndexMissingError) else 500
        return JSONResponse(refusal_body(status, error.message, error.hint, code=code), status)

    @app.exception_handler(RequestValidationError)
    def senseless(request: Request, error: RequestValidationError) -> JSONResponse:
        return JSONResponse(malformed(error.errors(), request.headers.get("content-type", "")), 422)

    @app.exception_handler(StarletteHTTPException)
    def refused(request: Request, error: StarletteHTTPException) -> JSONResponse:
        body = unrouted(error.status_code, str(error.detail), request.method, request.url.path)
        return JSONResponse(body, error.status_code, error.headers)


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
    @routes.get("/readyz", responses={200: {"description": "the index opens", "model": Ready}})
    def readyz() -> dict[str, Any]:
        """Whether questions can be answered: the index opens."""
        return {"status": "ready", "papers": assistant.snapshot.paper_count}

    return routes


def _guard(keys: Keys) -> Callable[[HTTPAuthorizationCredentials | None], None]:
    """Lets a request through that has a key with room left; else 401, or 429 with the seconds to wait."""

    def guard(given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]) -> None:
        key = keys.owner(given.credentials.strip()) if given is not None else None
        if key is None:
            raise HTTPException(401, "give a key: Authorization: Bearer fn-…", {"WWW-Authenticate": "Bearer"})
        wait = keys.seconds_to_wait(key)
        if wait:
            raise HTTPException(429, f"more than {key.per_minute} requests a minute", {"Retry-After": f"{wait:.0f}"})

    return guard
