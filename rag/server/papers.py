"""The routes over papers: search, list, one whole."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query

from rag.assistant import Assistant
from rag.server.described import Found, Listed, WholePaper
from rag.server.refusals import Refused
from rag.server.wire import PageQuery, SearchBody
from rag.types import RankedPaper

_FOUND: dict[int | str, dict[str, Any]] = {200: {"description": "the papers, best first", "model": Found}}
_LIST: dict[int | str, dict[str, Any]] = {200: {"description": "papers of the index", "model": Listed}}
_WHOLE: dict[int | str, dict[str, Any]] = {
    200: {"description": "the paper", "model": WholePaper},
    404: {"description": "no paper of this id", "model": Refused},
}


def papers(assistant: Assistant) -> APIRouter:
    """`POST /v1/search`; `GET /v1/papers`, `/v1/papers/{id}`."""
    routes = APIRouter()

    @routes.post("/v1/search", responses=_FOUND)
    def search(body: SearchBody) -> dict[str, Any]:
        """The papers that match best, passages best first."""
        return {"papers": [_ranked(paper) for paper in assistant.search(body.query, body.k or 0, **body.selection())]}

    @routes.get("/v1/papers", responses=_LIST)
    def papers(page: Annotated[PageQuery, Query()]) -> dict[str, Any]:
        """Titles and sources, those with `grep` in the title."""
        found = [p for p in assistant.snapshot.papers() if page.grep.casefold() in p.title.casefold()]
        shown = found[page.offset : page.offset + page.limit]
        rows = [{"id": p.id, "title": p.title, "sources": p.source_names} for p in shown]
        return {"total": len(found), "papers": rows}

    @routes.get("/v1/papers/{paper_id}", responses=_WHOLE)
    def paper(paper_id: str) -> dict[str, Any]:
        """One paper, whole."""
        found = assistant.snapshot.find(paper_id)
        if found is None:
            raise HTTPException(404, f"no paper has the id {paper_id[:100]!r}")
        about = dict(found.metadata)
        return {
            "id": found.id,
            "title": found.title,
            "text": found.text,
            "sources": found.source_names,
            "metadata": about,
        }

    return routes


def _ranked(paper: RankedPaper) -> dict[str, Any]:
    passages = [
        {"text": r.passage.text, "start": r.passage.start, "end": r.passage.end, "score": round(r.score, 4)}
        for r in paper.passages
    ]
    return {"id": paper.paper_id, "title": paper.title, "score": round(paper.score, 4), "passages": passages}
