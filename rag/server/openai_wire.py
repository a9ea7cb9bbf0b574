"""Footnote as a model of the OpenAI protocol: messages in, a completion or its chunks out."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from pydantic import BaseModel, Field

from rag.errors import UsageError
from rag.server.wire import Filters
from rag.types import Answer, Delta, Event, Restart

MODEL = "footnote"


class Message(BaseModel):
    """A chat message; content may come in parts, of which the text counts."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """The text of the content."""
        if isinstance(self.content, list):
            return "\n".join(str(part.get("text", "")) for part in self.content if part.get("type") == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream has beside its text."""

    include_usage: bool | None = None


class ResponseFormat(BaseModel):
    """What the answer should look like: it is text, whatever is asked for."""

    type: str


class ChatBody(Filters):
    """A chat completion request, with the filters of ours. What Footnote has no use for is ignored, but for what the
    reply would be misread without."""

    model: str | None = MODEL
    messages: list[Message] = Field(min_length=1)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: int | None = Field(None, ge=1, le=1, description="choices: there is one")
    response_format: ResponseFormat | None = None

    @property
    def wants_usage(self) -> bool:
        """Whether a stream should end with what was used."""
        return self.stream_options is not None and bool(self.stream_options.include_usage)


def question_and_history(body: ChatBody) -> tuple[str, list[dict[str, str]]]:
    """The last user message, and the user's and assistant's turns before it; system messages are left out.

    Raises:
        UsageError: where there is no text to answer, or JSON is asked for.
    """
    if body.response_format is not None and body.response_format.type != "text":
        raise UsageError(
            f"an answer is text with markers, not {body.response_format.type[:50]!r}",
            "leave response_format out; /v1/ask answers with JSON",
        )
    turns = [m for m in body.messages if m.role in ("user", "assistant")]
    last = max((place for place, m in enumerate(turns) if m.role == "user"), default=-1)
    if last < 0:
        raise UsageError("no message is of the role user", "the last one that is has the question")
    question = turns[last].text
    if not question.strip():
        raise UsageError("the last user message has no text", "ask in words: images, sounds and files are not read")
    return question, [{"role": m.role, "content": m.text} for m in turns[:last]]


def completion(answer: Answer) -> dict[str, Any]:
    """A chat completion: the text with its markers, its citations as annotations."""
    message = {"role": "assistant", "content": answer.text, "refusal": None, "annotations": cited_places(answer)}
    return {
        **_head("chat.completion"),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": _usage(answer),
        "footnote": _beside(answer),
    }


def chunks(events: Iterable[Event], *, usage: bool = False) -> Iterator[dict[str, Any]]:
    """A completion's chunks; with `usage`, one without choices that says what was used comes last.

    The protocol cannot withdraw text: where Footnote does, what was mended follows under a line that says so.
    """
    head = _head("chat.completion.chunk")
    yield _chunk(head, {"role": "assistant", "content": ""})
    begun = withdrawn = False
    for event in events:
        if isinstance(event, Restart):
            withdrawn = begun
        elif isinstance(event, Delta):
            lead = "\n\n*Corrected after checking:*\n\n" if withdrawn else ""
            yield _chunk(head, {"content": lead + event.text})
            begun, withdrawn = True, False
        elif isinstance(event, Answer):
            yield _chunk(head, {"annotations": cited_places(event)})
            yield {**_chunk(head, {}, "stop"), "footnote": _beside(event)}
            if usage:
                yield {**head, "choices": [], "usage": _usage(event)}


def cited_places(answer: Answer) -> list[dict[str, Any]]:
    """Where each citation stands in the text, with its title, quote and sources."""
    found: list[dict[str, Any]] = []
    for citation in answer.citations:
        marker = f"[{citation.n}]"
        place = answer.text.find(marker)
        while place >= 0:
            cited = {
                "start_index": place,
                "end_index": place + len(marker),
                "title": citation.title,
                "url": f"footnote:{citation.paper_id}#{citation.start}-{citation.end}",
                "quote": citation.quote,
            }
            found.append({"type": "url_citation", "url_citation": cited})
            place = answer.text.find(marker, place + 1)
    return found


def models() -> dict[str, Any]:
    """The one model there is."""
    return {"object": "list", "data": [model()]}


def model() -> dict[str, Any]:
    """The same as the protocol describes one."""
    return {"id": MODEL, "object": "model", "created": 0, "owned_by": MODEL}


def _head(kind: str) -> dict[str, Any]:
    return {"id": f"chatcmpl-{uuid.uuid4().hex[:24]}", "object": kind, "created": int(time.time()), "model": MODEL}


def _chunk(head: dict[str, Any], delta: dict[str, Any], ended: str | None = None) -> dict[str, Any]:
    return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": ended}]}


def _beside(answer: Answer) -> dict[str, Any]:
    """What the protocol has no field for: whether the papers answer, and what was done without."""
    return {"abstained": answer.abstained, "degraded": answer.degraded, "note": answer.note}


def _usage(answer: Answer) -> dict[str, int]:
    used = answer.usage
    return {
        "prompt_tokens": used.tokens_in,
        "completion_tokens": used.tokens_out,
        "total_tokens": used.tokens_in + used.tokens_out,
    }
