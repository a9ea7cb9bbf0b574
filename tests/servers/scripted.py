"""A server that speaks the OpenAI protocol and says what a test tells it to, faults included.

    with ScriptedModel(lambda request: Say("Memory falls 1.54x [1].")) as server:
        server.base_url

Run as a program (`python -m tests.servers.scripted [SECONDS]`) it replies, after so many seconds, with sentences of
the passages that it was shown: for trying things by hand, and for `python -m eval.bench.model`.
"""

from __future__ import annotations

import hashlib
import json
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Request:
    """What was asked: the decoded body of a chat completion."""

    body: dict[str, Any]

    @property
    def system(self) -> str:
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == "system")

    @property
    def user(self) -> str:
        return "\n".join(m["content"] for m in self.body["messages"] if m["role"] == "user")

    @property
    def purpose(self) -> str:
        """Which prompt this is, told from its first words."""
        openings = {
            "You prepare a question": "plan",
            "You answer a researcher": "answer",
            "You compare research": "compare",
            "You wrote an answer": "repair",
            "You decide which": "survey_judge",
            "You check statements": "claim_check",
            "You are the indexer": "keywords",
        }
        return next((name for opening, name in openings.items() if self.system.startswith(opening)), "")


@dataclass(frozen=True)
class Say:
    """A reply. `pieces` are characters a chunk; `pause_s` goes between chunks, `wait_s` before the first; `cut`
    drops the connection after that many chunks; `finish` is the reason given at the end."""

    text: str
    pieces: int = 7
    pause_s: float = 0.0
    wait_s: float = 0.0
    cut: int | None = None
    finish: str = "stop"
    refusal: str = ""


@dataclass(frozen=True)
class Fail:
    """An error status with its message; or, where `raw` is set, those bytes instead of any JSON."""

    status: int
    message: str = "failed"
    code: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""


Script = Callable[[Request], Say | Fail]


class ScriptedModel:
    """The server: a context manager. `requests` are those that came; `abandoned` counts replies whose reader left."""

    def __init__(self, script: Script, *, dimensions: int = 16) -> None:
        self.script = script
        self.dimensions = dimensions
        self.embedding_fault: Fail | None = None
        self.requests: list[Request] = []
        self.embedded: list[str] = []
        self.abandoned = 0
        self.keys: list[str] = []
        outer = self

        class Handler(_Handler):
            scripted = outer

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def purposes(self) -> list[str]:
        return [request.purpose for request in self.requests]

    def __enter__(self) -> ScriptedModel:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A reader that has gone is no news."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    scripted: ScriptedModel

    def log_message(self, *_: object) -> None:
        """Silence: tests read `requests`."""

    def do_GET(self) -> None:
        self._json(200, {"object": "list", "data": [{"id": "scripted", "object": "model"}]})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.scripted.keys.append(self.headers.get("Authorization", ""))
        if self.path.endswith("/embeddings"):
            self._embeddings(body)
            return
        request = Request(body)
        self.scripted.requests.append(request)
        reply = self.scripted.script(request)
        if isinstance(reply, Fail):
            self._fail(reply)
        elif body.get("stream"):
            self._stream(reply, body)
        else:
            self._whole(reply, body)

    def _embeddings(self, body: dict[str, Any]) -> None:
        if self.scripted.embedding_fault is not None:
            self._fail(self.scripted.embedding_fault)
            return
        texts = body["input"] if isinstance(body["input"], list) else [body["input"]]
        self.scripted.embedded.extend(texts)
        rows = [
            {"object": "embedding", "index": i, "embedding": _vector(text, self.scripted.dimensions)}
            for i, text in enumerate(texts)
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        self._json(200, {"object": "list", "data": rows, "model": body["model"], "usage": usage})

    def _fail(self, reply: Fail) -> None:
        if reply.raw:
            self._send(reply.status, reply.raw, "application/json", reply.headers)
            return
        error = {"message": reply.message, "type": "error", "code": reply.code or None, "param": None}
        self._json(reply.status, {"error": error}, reply.headers)

    def _whole(self, reply: Say, body: dict[str, Any]) -> None:
        time.sleep(reply.wait_s)
        message = {"role": "assistant", "content": reply.text, "refusal": reply.refusal or None}
        choice = {"index": 0, "message": message, "finish_reason": reply.finish}
        self._json(200, {**_head(body, "chat.completion"), "choices": [choice], "usage": _usage(body, reply)})

    def _stream(self, reply: Say, body: dict[str, Any]) -> None:
        time.sleep(reply.wait_s)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for sent, chunk in enumerate(_chunks(reply, body)):
                if reply.cut is not None and sent >= reply.cut:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self._chunk(f"data: {json.dumps(chunk)}\n\n".encode())
                time.sleep(reply.pause_s)
            self._chunk(b"data: [DONE]\n\n")
            self._chunk(b"")
        except OSError:
            self.scripted.abandoned += 1
            self.close_connection = True

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def _json(self, status: int, value: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(value).encode(), "application/json", headers or {})

    def _send(self, status: int, data: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


def _head(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": body["model"]}


def _chunks(reply: Say, body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    head = _head(body, "chat.completion.chunk")
    yield {**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}
    for start in range(0, len(reply.text), reply.pieces):
        delta = {"content": reply.text[start : start + reply.pieces]}
        yield {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
    if reply.refusal:
        yield {**head, "choices": [{"index": 0, "delta": {"refusal": reply.refusal}, "finish_reason": None}]}
    yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": reply.finish}]}
    if (body.get("stream_options") or {}).get("include_usage"):
        yield {**head, "choices": [], "usage": _usage(body, reply)}


def _usage(body: dict[str, Any], reply: Say) -> dict[str, int]:
    read = sum(len(message["content"]) for message in body["messages"]) // 4
    written = max(1, len(reply.text) // 4)
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}


def _vector(text: str, dimensions: int) -> list[float]:
    """A bag of words, hashed: texts that share words are alike."""
    vector = [0.0] * dimensions
    for word in text.casefold().split():
        vector[int(hashlib.md5(word.encode(), usedforsecurity=False).hexdigest(), 16) % dimensions] += 1.0
    return vector


def quoting(request: Request, *, sentences: int = 5, wait_s: float = 0.5) -> Say:
    """A reply of sentences taken from the passages shown, each with its marker: what a careful model would say."""
    shown = re.findall(r"passage \[(\d+)\] of [^\n]*\n(.*?)\n==", request.user, re.S)
    said = [
        f"{sentence.rstrip('.')} [{number}]."
        for number, text in shown
        for sentence in re.split(r"(?<=[a-z]\.) (?=[A-Z])", text)[:2]
    ]
    return Say(" ".join(said[:sentences]) or "ready", wait_s=wait_s, pieces=24)


if __name__ == "__main__":
    waits = float(sys.argv[1]) if len(sys.argv) > 1 else 0.5
    with ScriptedModel(lambda request: quoting(request, wait_s=waits)) as server:
        print(server.base_url, flush=True)
        while True:
            time.sleep(1)
