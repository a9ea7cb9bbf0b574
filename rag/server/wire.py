"""What goes over the wire of `/v1/ask`, `/v1/search` and `/v1/papers`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from rag.question import MAX_QUESTION
from rag.types import Answer, Delta, Event, Restart, Stage

OBJECT: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}  # as the description has all answers
_MOST_TURNS = 100
_LONGEST_TURN = 20_000


class Turn(BaseModel):
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=_LONGEST_TURN)


class AskBody(BaseModel):
    """A question with its conversation; `stream` asks for server-sent events."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION)
    history: list[Turn] = Field(default_factory=list, max_length=_MOST_TURNS)
    papers: list[str] = Field(default_factory=list, max_length=1000)
    sources: list[str] = Field(default_factory=list, max_length=1000)
    since: int | None = Field(None, ge=0, le=9999, description="only papers of this year or later")
    until: int | None = Field(None, ge=0, le=9999, description="only papers of this year or earlier")
    stream: bool = False

    def selection(self) -> dict[str, Any]:
        """What restricts the papers, as `Assistant.stream` takes it."""
        return {"papers": self.papers, "sources": self.sources, "since": self.since, "until": self.until}


class SearchBody(BaseModel):
    """A search for papers."""

    query: str = Field(min_length=1, max_length=MAX_QUESTION)
    k: int = Field(0, ge=0, le=100, description="how many papers; 0: as many as the settings say")


def event_name_and_data(event: Event) -> tuple[str, dict[str, Any]]:
    """The name and data of a server-sent event."""
    if isinstance(event, Answer):
        return "answer", event.to_dict()
    if isinstance(event, Delta):
        return "delta", {"text": event.text}
    if isinstance(event, Restart):
        return "restart", {}
    assert isinstance(event, Stage)
    return "stage", {"name": event.name, "done": event.done, "total": event.total}
