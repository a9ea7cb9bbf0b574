"""Footnote as a model of the OpenAI protocol: messages in, a completion or its chunks out."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterable, Iterator
from typing import Any, Literal

from pydantic import BaseModel, Field

from rag.types import Answer, Delta, Event, Restart

MODEL = "footnote"


class Message(BaseModel):
    """A chat message; content may come in parts, of which the text counts."""

    role: Literal["system", "developer", "user", "assistant", "tool"]
    content: str | list[dict[str, Any]] | None = None

    @property
    def text(self) -> str:
        """The text of the content."""
        if isinstance(self.content, list):
            return "\n".join(str(part.get("text", "")) for part in self.content if part.get("type") == "text")
        return self.content or ""


class ChatBody(BaseModel):
    """A chat completion request; what Footnote has no use for is ignored."""

    model: str = MODEL
    messages: list[Message] = Field(min_length=1, max_length=200)
    stream: bool = False


def question_and_history(body: ChatBody) -> tuple[str, list[dict[str, str]]]:
    """The last user message, and the user's and assistant's turns before it; system messages are left out."""
    turns = [m for m in body.messages if m.role in ("user", "assistant")]
    last = max((place for place, m in enumerate(turns) if m.role == "user"), default=-1)
    if last < 0:
        return "", []
    return turns[last].text, [{"role": m.role, "content": m.text} for m in turns[:last]]


def completion(answer: Answer) -> dict[str, Any]:
    """A chat completion: the text with its markers, its citations as annotations."""
    message = {"role": "assistant", "content": answer.text, "refusal": None, "annotations": cited_places(answer)}
    return {
        **_head("chat.completion"),
        "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
        "usage": _usage(answer),
    }


def chunks(events: Iterable[Event]) -> Iterator[dict[str, Any]]:
    """A completion's chunks. The protocol cannot withdraw text: where Footnote does, what was mended follows under a
    line that says so."""
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
            yield {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": _usage(event)}


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


def _chunk(head: dict[str, Any], delta: dict[str, Any]) -> dict[str, Any]:
    return {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]}


def _usage(answer: Answer) -> dict[str, int]:
    used = answer.usage
    return {
        "prompt_tokens": used.tokens_in,
        "completion_tokens": used.tokens_out,
        "total_tokens": used.tokens_in + used.tokens_out,
    }
