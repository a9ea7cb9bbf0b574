"""The tools that `footnote mcp` offers: what they take and reply with, and what they say of a call that is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import ToolAnnotations
from pydantic import BaseModel, Field, ValidationError

from rag.assistant import Assistant
from rag.errors import FootnoteError, UsageError
from rag.given import unknown
from rag.inventory import find_paper

_READS = ToolAnnotations(read_only_hint=True, open_world_hint=False)  # so that clients need not ask before each call
Titles = Annotated[list[str] | str | None, Field(description="only papers whose title contains one of these")]
Sources = Annotated[
    list[str] | str | None, Field(description="only papers from sources whose name contains one of these")
]
Since = Annotated[int | None, Field(description="only papers of this year or later", strict=True)]
Until = Annotated[int | None, Field(description="only papers of this year or earlier", strict=True)]
Count = Annotated[int, Field(description="how many papers; 0: as many as the settings say", ge=0, le=50)]
Question = Annotated[str, Field(description="one question that stands on its own: nothing said before is known")]
Query = Annotated[str, Field(description="what to look for, in a few words or a question")]
Title = Annotated[str, Field(description="a title as search_papers gives it, or a part that no other title has")]


class Cited(BaseModel):
    """A footnote of an answer."""

    n: int = Field(description="the number of its marker in the text")
    title: str
    quote: str = Field(description="the span of the paper that supports the sentence")


class Answered(BaseModel):
    """What a question gets."""

    text: str = Field(description="the answer; each sentence ends in its markers, such as [1]")
    abstained: bool = Field(description="whether the papers do not answer")
    citations: list[Cited]
    nearest: list[str] = Field(description="the closest titles, where the papers do not answer")
    note: str = Field(description="what was left out, where something was")
    degraded: str = Field(description="why it was written without the language model, where it should not have been")


class FoundPaper(BaseModel):
    """A paper that matches, with the passage that does so best."""

    title: str
    passage: str


class WholePaper(BaseModel):
    """A paper of the index."""

    title: str
    text: str
    sources: list[str]
    metadata: dict[str, str] = Field(description="what was read beside it: authors, year, venue, …")


class CheckedTool(Tool):
    """A tool that says in one line what is wrong with a call, and refuses an argument that it does not have: were it
    passed over, a filter whose name was mistyped would filter nothing."""

    async def run(self, arguments: dict[str, Any], context: Any, convert_result: bool = False) -> Any:
        """The reply; raises ToolError for a call that is wrong."""
        known = self.parameters["properties"]
        for name in arguments:
            if name not in known:
                raise ToolError(unknown("argument", name, known))
        try:
            return await super().run(arguments, context, convert_result)
        except ToolError as error:
            if isinstance(error.__cause__, ValidationError):
                raise ToolError("; ".join(_wrong(row) for row in error.__cause__.errors()[:5])) from None
            raise


def tools(assistant: Assistant) -> list[Tool]:
    """`ask`, `search_papers` and `get_paper` over an assistant."""

    def ask(
        question: Question, papers: Titles = None, sources: Sources = None, since: Since = None, until: Until = None
    ) -> Answered:
        with _told():
            answer = assistant.ask(question, papers=papers, sources=sources, since=since, until=until)
        return Answered(
            text=answer.text,
            abstained=answer.abstained,
            citations=[Cited(n=c.n, title=c.title, quote=c.quote) for c in answer.citations],
            nearest=list(answer.nearest),
            note=answer.note,
            degraded=answer.degraded,
        )

    def search_papers(
        query: Query,
        k: Count = 0,
        papers: Titles = None,
        sources: Sources = None,
        since: Since = None,
        until: Until = None,
    ) -> list[FoundPaper]:
        with _told():
            found = assistant.search(query, k, papers=papers, sources=sources, since=since, until=until)
        return [FoundPaper(title=paper.title, passage=paper.passages[0].passage.text) for paper in found]

    def get_paper(title: Title) -> WholePaper:
        with _told():
            if not title.strip():
                raise UsageError("the title is empty", "search_papers finds titles")
            paper = find_paper(assistant.settings, title)
        sources = list(paper.source_names)
        return WholePaper(title=paper.title, text=paper.text, sources=sources, metadata=dict(paper.metadata))

    return [
        _tool(
            ask,
            "Answer a question from the papers; every sentence carries its citation, or the answer says that the "
            "papers do not answer.",
        ),
        _tool(search_papers, "Find the papers that match a query best, with the passage that matches."),
        _tool(get_paper, "The whole text of the paper of this title, or of the only one whose title contains it."),
    ]


def _tool(function: Callable[..., Any], told: str) -> Tool:
    made = CheckedTool.from_function(function, description=told, annotations=_READS)
    made.parameters["additionalProperties"] = False
    return made


@contextmanager
def _told() -> Iterator[None]:
    """Has the client told what went wrong, in one line; of other errors the SDK says only that there was one."""
    try:
        yield
    except FootnoteError as error:
        raise ToolError(str(error)) from None


def _wrong(row: Mapping[str, Any]) -> str:
    """What pydantic found wrong, without what was sent."""
    return f"{row['loc'][0]}: {row['msg']}" if row["loc"] else str(row["msg"])
