"""What goes over the wire of `/v1/ask`, `/v1/search` and `/v1/papers`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from rag.given import unknown
from rag.question import MAX_QUESTION
from rag.types import Answer, Delta, Event, Restart, Stage

_Names = Annotated[list[str], Field(max_length=1000)] | str | None
_Year = Annotated[int | None, Field(strict=True, ge=0, le=9999)]


class Turn(BaseModel):
    """One turn of a conversation."""

    role: Literal["user", "assistant"]
    content: str


class Strict(BaseModel):
    """A request of a client of ours. A field that there is not is refused: were it passed over, a filter whose name was
    mistyped would filter nothing."""

    model_config = ConfigDict(extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _only_known(cls, body: Any) -> Any:
        for name in body if isinstance(body, dict) else ():
            if name not in cls.model_fields:
                raise PydanticCustomError("unknown_field", "{told}", {"told": unknown("field", name, cls.model_fields)})
        return body


class Filters(BaseModel):
    """A request that may look at some papers only."""

    papers: _Names = Field(None, description="only papers whose title contains one of these")
    sources: _Names = Field(None, description="only papers from sources whose name contains one of these")
    since: _Year = Field(None, description="only papers of this year or later")
    until: _Year = Field(None, description="only papers of this year or earlier")

    def selection(self) -> dict[str, Any]:
        """What restricts the papers, as `Assistant.stream` and `search` take it."""
        return {"papers": self.papers, "sources": self.sources, "since": self.since, "until": self.until}


class AskBody(Filters, Strict):
    """A question with its conversation; `stream` asks for server-sent events."""

    question: str = Field(min_length=1, max_length=MAX_QUESTION)
    history: list[Turn] | None = Field(None, description="earlier turns, oldest first")
    stream: bool | None = Field(None, description="whether to send events as they come")


class SearchBody(Filters, Strict):
    """A search for papers."""

    query: str = Field(min_length=1, max_length=MAX_QUESTION)
    k: int | None = Field(None, strict=True, ge=0, le=100, description="how many papers; 0: as the settings say")


class PageQuery(Strict):
    """Which of the index's papers to list."""

    grep: str = Field("", description="only papers whose title contains this")
    offset: int = Field(0, ge=0, description="how many to leave out")
    limit: int = Field(100, ge=1, le=1000, description="how many at most")


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
