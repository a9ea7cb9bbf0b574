"""A chat model: messages in, text out, whole or piece by piece."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import queue
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rag.chat_model.call import Call
from rag.chat_model.faults import as_model_error, not_taken, wait_seconds
from rag.chat_model.loop import submit
from rag.chat_model.reply_cache import ReplyCache
from rag.errors import ModelBusyError, ModelRefusedError, ModelReplyError, ModelTimeoutError
from rag.settings import Settings, openai_key
from rag.tracing import Attributes, span
from rag.types import Usage

Message = tuple[str, str]  # role ("system" | "user" | "assistant") and text
_CHARS_A_TOKEN = 8  # a reply longer than this for every token that was allowed is cut off
_CLOSING_S = 5.0


@dataclass(frozen=True, slots=True)
class Completion:
    """A reply; `cut` says that it ended for want of room."""

    text: str
    cut: bool = False


def load_chat_model(settings: Settings) -> ChatModel | None:
    """The model that the settings name, reached through LlamaIndex's OpenAI classes; None where they name none.

    Raises:
        SettingsError: when OPENAI_API_KEY is what is to be sent, and cannot be.
    """
    if not settings.chat_model:
        return None
    chosen = settings.llm_api_key  # an empty one, too: then OPENAI_API_KEY is not for this address
    key = openai_key() if chosen is None else chosen.get_secret_value()
    base = settings.llm_base_url or os.environ.get("OPENAI_BASE_URL", "")
    cache = ReplyCache(settings.home / "cache" / "replies.sqlite") if settings.cache else None
    return ChatModel(
        settings.chat_model, lambda: _openai_like(settings, base, key), settings=settings, cache=cache, address=base
    )


def _openai_like(settings: Settings, base: str, key: str) -> Any:
    from llama_index.llms.openai_like import OpenAILike

    return OpenAILike(
        model=settings.chat_model,
        api_base=base or "https://api.openai.com/v1",
        api_key=key or "none",
        is_chat_model=True,
        max_retries=0,
        timeout=settings.llm_timeout_s,
        temperature=0.0,
    )


class ChatModel:
    """A model behind any LlamaIndex `LLM`. Safe to share between threads; every request keeps to its `Call`."""

    def __init__(
        self,
        name: str,
        build: Callable[[], Any],
        *,
        settings: Settings,
        cache: ReplyCache | None = None,
        address: str = "",
    ) -> None:
        """`build` makes the `LLM` when it is first needed: importing LlamaIndex takes seconds."""
        self.name = name
        self.address = address
        self._build = build
        self._llm: Any = None
        self._cache = cache
        self._settings = settings
        self._left_out: set[str] = set()  # parameters that the endpoint was found not to take

    @classmethod
    def of(cls, llm: Any, settings: Settings) -> ChatModel:
        """A LlamaIndex `LLM` object, whose replies are not cached."""
        return cls(str(llm.metadata.model_name or type(llm).__name__), lambda: llm, settings=settings)

    def warm(self) -> None:
        """Import and build what the first request needs, which takes seconds, now."""
        self._model()

    def close(self) -> None:
        """Close the connections that are kept open between requests."""
        client = getattr(self._llm, "_aclient", None)
        if client is not None:
            submit(client.close()).result(_CLOSING_S)
            self._llm = None

    def complete(
        self, messages: Sequence[Message], call: Call, *, max_tokens: int = 0, schema: Mapping[str, Any] | None = None
    ) -> Completion:
        """The whole reply. `schema` is a JSON Schema that it is asked to keep to, where the endpoint can.

        Raises:
            ModelError: when there is none; see `rag.errors` for its kinds.
        """
        pieces = self.stream(messages, call, max_tokens=max_tokens, schema=schema)
        text: list[str] = []
        while True:
            try:
                text.append(next(pieces))
            except StopIteration as end:
                return Completion("".join(text), end.value)

    def stream(
        self, messages: Sequence[Message], call: Call, *, max_tokens: int = 0, schema: Mapping[str, Any] | None = None
    ) -> Generator[str, None, bool]:
        """The reply piece by piece; the generator's value is whether it was cut for want of room.

        A fault before the first piece is retried while it may pass; closing the generator stops the request. What it
        took is told to `call`.

        Raises:
            ModelError: as `complete`.
        """
        limit = max_tokens or self._settings.llm_max_tokens
        key = self._key(messages, limit, schema)
        kept = self._cache.get(key) if self._cache else None
        if kept is not None:
            call.spend(Usage(cached=1, cost=self._cost(0, 0)))
            yield kept
            return False
        reply = _Reply()
        with span(f"chat {self.name}", self._traced(limit)) as told:
            try:
                yield from self._pumped(self._request(messages, call, limit, schema, reply), call, reply)
            finally:
                if reply.begun:  # what came is paid for, also where it is of no use
                    used = self._usage(messages, reply)
                    call.spend(used)
                    told |= {"gen_ai.usage.input_tokens": used.tokens_in, "gen_ai.usage.output_tokens": used.tokens_out}
        text = "".join(reply.text)
        if not text.strip() and not reply.cut:  # what thinks elsewhere may have had no room left to speak
            raise ModelReplyError(f"{self.name} sent an empty reply", "try again")
        if self._cache and not reply.cut:
            self._cache.put(key, text)
        return reply.cut

    def _traced(self, limit: int) -> Attributes:
        """What the GenAI semantic conventions want on the span of a request."""
        attributes: Attributes = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": "openai",
            "gen_ai.request.model": self.name,
            "gen_ai.request.max_tokens": limit,
        }
        host = urlsplit(self.address).hostname
        return {**attributes, "server.address": host} if host else attributes

    def _pumped(self, request: Coroutine[Any, Any, None], call: Call, reply: _Reply) -> Iterator[str]:
        future: Future[None] = submit(request)
        forget = call.on_cancel(future.cancel)
        future.add_done_callback(lambda _: reply.pieces.put(None))
        try:
            while (piece := reply.pieces.get()) is not None:
                yield piece
            future.result()
        except CancelledError:
            raise ModelTimeoutError(f"the question to {self.name} was given up") from None
        finally:
            future.cancel()
            forget()

    async def _request(
        self, messages: Sequence[Message], call: Call, limit: int, schema: Mapping[str, Any] | None, reply: _Reply
    ) -> None:
        """Send until a reply has come, the time is up, or a fault will not pass."""
        attempt = 0
        while True:
            left_out = frozenset(self._left_out)  # another request may find out the same while this one waits
            try:
                async with asyncio.timeout(call.remaining):
                    await self._send(messages, limit, schema, reply)
                return
            except Exception as error:
                if (refused := not_taken(error)) and refused not in left_out and not reply.text:
                    self._left_out.add(refused)
                    continue
                attempt += 1
                await self._wait(error, call, attempt, started=bool(reply.text))

    async def _wait(self, error: Exception, call: Call, attempt: int, *, started: bool) -> None:
        """Wait before the next attempt, or raise where there is no sense in one."""
        fault = as_model_error(error, self.name, keyless=self._settings.sends_no_key)
        if started and not isinstance(fault, ModelTimeoutError | ModelRefusedError):
            raise ModelReplyError(f"the reply of {self.name} was cut off", "try again") from None
        passing = isinstance(fault, ModelBusyError) or (isinstance(fault, ModelReplyError) and attempt < 2)
        seconds = wait_seconds(error, attempt)
        if not passing or attempt > self._settings.llm_retries or seconds >= call.remaining:
            raise fault from None  # what the endpoint said may repeat the key
        await asyncio.sleep(seconds)

    async def _send(
        self, messages: Sequence[Message], limit: int, schema: Mapping[str, Any] | None, reply: _Reply
    ) -> None:
        from llama_index.core.base.llms.types import ChatMessage

        llm = self._model()
        chat = [ChatMessage(role=role, content=text) for role, text in messages]
        if not hasattr(llm, "api_base"):  # somebody's own, perhaps without a truly asynchronous side
            response = await asyncio.to_thread(llm.chat, chat)
            reply.take(str(response.message.content or ""), response)
            return
        chunks: AsyncIterator[Any] = await llm.astream_chat(chat, **self._parameters(limit, schema))
        async for chunk in chunks:
            reply.take(chunk.delta or "", chunk)
            if reply.length > limit * _CHARS_A_TOKEN:
                reply.cut = True
                break
        await chunks.aclose()  # type: ignore[attr-defined]
        reply.check(self.name)

    def _parameters(self, limit: int, schema: Mapping[str, Any] | None) -> dict[str, Any]:
        import openai

        parameters: dict[str, Any] = {"stream_options": {"include_usage": True}}
        parameters["max_completion_tokens" if "max_tokens" in self._left_out else "max_tokens"] = limit
        if schema is not None:
            form = {"name": "reply", "schema": dict(schema), "strict": True}
            parameters["response_format"] = {"type": "json_schema", "json_schema": form}
        parameters = {name: value for name, value in parameters.items() if name not in self._left_out}
        if "temperature" in self._left_out:
            parameters["temperature"] = openai.omit
        return parameters

    def _model(self) -> Any:
        if self._llm is None:
            self._llm = self._build()
        return self._llm

    def _usage(self, messages: Sequence[Message], reply: _Reply) -> Usage:
        """What the endpoint counted, or, where it says nothing, a token for every four characters."""
        read = reply.tokens_in or sum(len(text) for _, text in messages) // 4
        written = reply.tokens_out or reply.length // 4
        return Usage(calls=1, tokens_in=read, tokens_out=written, cost=self._cost(read, written))

    def _cost(self, read: int, written: int) -> float | None:
        """What so many tokens cost; None where no price is set."""
        prices = self._settings.llm_price_in, self._settings.llm_price_out
        if prices == (None, None):
            return None
        return (read * (prices[0] or 0.0) + written * (prices[1] or 0.0)) / 1e6

    def _key(self, messages: Sequence[Message], limit: int, schema: Mapping[str, Any] | None) -> str:
        request = [self.name, self.address, [list(message) for message in messages], limit, schema]
        return hashlib.sha256(json.dumps(request, sort_keys=True).encode()).hexdigest()


class _Reply:
    """A reply as it comes in: pieces for the thread that waits, and what the last chunks say of it."""

    def __init__(self) -> None:
        self.pieces: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self.text: list[str] = []
        self.length = 0
        self.tokens_in = self.tokens_out = 0
        self.cut = False
        self._ended = ""
        self._refusal = ""

    @property
    def begun(self) -> bool:
        """Whether anything came, if only the count of its tokens."""
        return bool(self.length or self.tokens_in or self.tokens_out)

    def take(self, piece: str, response: Any) -> None:
        """Add a piece, and note how the reply ends and what it cost."""
        raw = getattr(response, "raw", None)
        usage = getattr(raw, "usage", None)
        if usage is not None:
            self.tokens_in = int(getattr(usage, "prompt_tokens", 0) or 0)
            self.tokens_out = int(getattr(usage, "completion_tokens", 0) or 0)
        for choice in getattr(raw, "choices", None) or ():
            self._ended = getattr(choice, "finish_reason", None) or self._ended
            self._refusal += getattr(getattr(choice, "delta", None), "refusal", None) or ""
        self.cut = self._ended == "length"
        if piece:
            self.text.append(piece)
            self.length += len(piece)
            self.pieces.put(piece)

    def check(self, model: str) -> None:
        """Raise where the reply is a refusal, or broke off without saying that it ended."""
        if self._refusal or self._ended == "content_filter":
            raise ModelRefusedError(f"{model} declines to answer this", "ask it in other words")
        if not self._ended and not self.cut and self.length:
            raise ModelReplyError(f"the reply of {model} was cut off", "try again")
