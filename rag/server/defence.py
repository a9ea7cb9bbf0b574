"""What stands before every door: whose requests are let in, how large, how many at once, and what goes out with them.

The browser of somebody who runs Footnote on their own machine also opens other people's pages. Such a page must not
reach it: not by a form or a script of another origin (CSRF), nor by a name that it makes point here (DNS rebinding).
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from anyio import to_thread

from rag.location import is_loopback
from rag.server.refusals import refusal_body

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

AT_ONCE = 64  # requests of the interface under way; more are told to come again
_BESIDE = 16  # threads for all else: the page's files, readiness, metrics
_RETRY_S = 2
_BODY = 2_000_000  # bytes of a request that is no upload
_BODY_S = 30.0  # seconds that a body may take to come
_LOGINS, _PERIOD_S = 10, 60.0  # tries to log in that fail, by client: many people may come by way of one address
_SAFE = {"GET", "HEAD", "OPTIONS"}
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"content-security-policy", _POLICY.encode()),
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer given here: its status, its message, and the seconds to wait before the next try."""

    status: int
    message: str
    wait_s: int = 0


class Defended:
    """An app behind these defences. `host` is the address that it listens on."""

    def __init__(self, app: App, host: str, *, at_once: int = AT_ONCE) -> None:
        self._app, self._local, self._at_once = app, is_loopback(host), at_once
        self._under_way = 0
        self._tries: dict[str, deque[float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here with 400, 403, 413 or 429."""
        if scope["type"] not in ("http", "websocket"):
            self._make_threads()
            await self._app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refused(scope, send, refusal)
            return
        try:
            whole = receive if scope["type"] == "websocket" or _is_upload(scope) else await _read(receive)
        except (_TooLong, TimeoutError) as error:
            await _refused(scope, send, _unread(error))
            return
        refusal = self._crowded(scope, changes=False)  # others may have come while this one was still talking
        if refusal is not None:
            await _refused(scope, send, refusal)
            return
        counted = scope["path"].startswith("/v1/")
        self._under_way += counted
        try:
            await self._pass(scope, whole, send)
        finally:
            self._under_way -= counted

    def _make_threads(self) -> None:
        """A thread for each request of the interface that is let in, and some for all else, as the server starts."""
        threads = to_thread.current_default_thread_limiter()
        threads.total_tokens = max(threads.total_tokens, self._at_once + _BESIDE)

    def _refusal(self, scope: Scope) -> Refusal | None:
        """Why a request is not let in, if it is not."""
        headers = {name.lower(): value.decode("latin1") for name, value in scope["headers"]}
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE
        host = headers.get(b"host", "")
        if self._local and not is_loopback(_name_of(host)):
            return Refusal(400, f"{host[:100]!r} is not this machine: use localhost")
        if changes and _is_foreign(headers, host):
            return Refusal(403, "requests from other sites are not answered")
        if int(headers.get(b"content-length", "0") or 0) > _BODY and not _is_upload(scope):
            return Refusal(413, f"more than {_BODY} bytes")
        return self._crowded(scope, changes)

    def _crowded(self, scope: Scope, changes: bool) -> Refusal | None:
        if scope["path"].startswith("/v1/") and self._under_way >= self._at_once:
            return Refusal(429, f"{self._at_once} requests are under way", _RETRY_S)
        if changes and _is_login(scope) and self._too_often(scope):
            return Refusal(429, "too many tries to log in", int(_PERIOD_S))
        return None

    def _too_often(self, scope: Scope) -> bool:
        now = time.monotonic()
        if len(self._tries) > 10_000:
            self._tries.clear()
        tries = self._tries.setdefault(_client(scope), deque(maxlen=_LOGINS))
        if len(tries) == _LOGINS and now - tries[0] < _PERIOD_S:
            return True
        tries.append(now)
        return False

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; what goes wrong inside becomes one line."""
        started = False

        async def sent(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                if message["status"] < 400 and _is_login(scope) and (tries := self._tries.get(_client(scope))):
                    tries.pop()
                held = {name.lower() for name, _ in message.get("headers", ())}
                message["headers"] = [
                    *message.get("headers", ()),
                    *(row for row in _HEADERS if row[0] not in held),
                ]
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception as error:
            print(f"footnote: {type(error).__name__} in {scope['type']} {scope['path'][:200]!r}", file=sys.stderr)
            if not started:
                await _refused(scope, send, Refusal(500, "something went wrong here; the log names it"))


def _is_login(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] not in _SAFE and scope["path"].rstrip("/") == "/login"


def _client(scope: Scope) -> str:
    return str((scope.get("client") or ("",))[0])


async def _read(receive: Receive) -> Receive:
    """A request's whole body, before it takes up room among those under way; gives what hands it on.

    Raises:
        _TooLong, TimeoutError: for a body that is too long, or takes too long to come.
    """
    pieces: list[bytes] = []
    size = 0
    ended: Message | None = None
    async with asyncio.timeout(_BODY_S):
        while True:
            message = await receive()
            if message["type"] != "http.request":
                ended = message
                break
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > _BODY:
                raise _TooLong
            if not message.get("more_body", False):
                break
    waiting: deque[Message] = deque([ended or {"type": "http.request", "body": b"".join(pieces), "more_body": False}])

    async def handed_on() -> Message:
        return waiting.popleft() if waiting else await receive()

    return handed_on


def _unread(error: Exception) -> Refusal:
    if isinstance(error, _TooLong):
        return Refusal(413, f"more than {_BODY} bytes")
    return Refusal(408, f"the request did not come within {_BODY_S:.0f} seconds")


class _TooLong(Exception):
    """A body that goes on and on."""


async def _refused(scope: Scope, send: Send, refusal: Refusal) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    hint = f"come again in {refusal.wait_s} seconds" if refusal.wait_s else ""
    body = json.dumps(refusal_body(refusal.status, refusal.message, hint), ensure_ascii=False).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *_HEADERS]
    if refusal.wait_s:
        headers.append((b"retry-after", str(refusal.wait_s).encode()))
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _is_foreign(headers: dict[bytes, str], host: str) -> bool:
    """Whether another site's page sent the request: browsers say so in one header or the other."""
    origin = headers.get(b"origin")
    if origin is not None and _netloc(origin) != host.casefold():
        return True
    return headers.get(b"sec-fetch-site", "none") not in ("none", "same-origin")


def _netloc(origin: str) -> str:
    """Name and port in an Origin header; empty for one that is malformed."""
    try:
        return urlsplit(origin).netloc.casefold()
    except ValueError:
        return ""


def _name_of(host: str) -> str:
    """The name in a Host header, without port and brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_upload(scope: Scope) -> bool:
    return bool(scope["path"].endswith("/upload"))
