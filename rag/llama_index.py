"""Footnote inside LlamaIndex programs: a `BaseRetriever` and a query engine over the same index.

    from rag.llama_index import FootnoteRetriever, FootnoteQueryEngine
    nodes = FootnoteRetriever(k=5).retrieve("How is the KV cache compressed?")
    response = FootnoteQueryEngine().query("How much memory does COAT save?")

Importing this module imports LlamaIndex, which takes two seconds; nothing else in Footnote does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from llama_index.core import Settings as LlamaSettings
from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CBEventType, EventPayload
from llama_index.core.callbacks.base import EventContext
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from rag.assistant import Assistant
from rag.errors import UsageError
from rag.given import count_given
from rag.selection import Names, Selection
from rag.types import Answer, Citation, Passage, RankedPassage

_FOR_PEOPLE = ["paper_id", "sources", "start", "end", "n"]  # metadata that a model is not shown


class FootnoteRetriever(BaseRetriever):
    """The passages of the `k` best papers (0: as many as the settings say), best first; each node's metadata names
    title, sources and span, and its `ref_doc_id` is the paper's id. The filters are those of `rag.ask`.

    Raises:
        UsageError: for a `k`, a filter or settings that are none, and for settings beside an `assistant`.
    """

    def __init__(
        self,
        assistant: Assistant | None = None,
        *,
        k: int = 0,
        papers: Names = None,
        sources: Names = None,
        since: int | None = None,
        until: int | None = None,
        **settings: Any,
    ) -> None:
        self._assistant = _assistant(assistant, settings)
        self._k = count_given("k", k)
        self._only = _filters(papers, sources, since, until)
        super().__init__(callback_manager=LlamaSettings.callback_manager)

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        papers = self._assistant.search(query_bundle.query_str, self._k, **self._only)
        return [_node(passage) for paper in papers for passage in paper.passages]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


class FootnoteQueryEngine(BaseQueryEngine):
    """Answers with markers; `response.metadata["answer"]` is the whole `Answer` as a dictionary, and the
    source nodes are its citations in order. The filters are those of `rag.ask`.

    Raises:
        UsageError: for a filter or settings that are none, and for settings beside an `assistant`.
    """

    def __init__(
        self,
        assistant: Assistant | None = None,
        *,
        papers: Names = None,
        sources: Names = None,
        since: int | None = None,
        until: int | None = None,
        **settings: Any,
    ) -> None:
        self._assistant = _assistant(assistant, settings)
        self._only = _filters(papers, sources, since, until)
        super().__init__(callback_manager=LlamaSettings.callback_manager)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        with self._told(query_bundle) as event:
            response = _response(self._assistant.ask(query_bundle.query_str, **self._only))
            event.on_end(payload={EventPayload.RESPONSE: response})
        return response

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        with self._told(query_bundle) as event:
            response = _response(await self._assistant.aask(query_bundle.query_str, **self._only))
            event.on_end(payload={EventPayload.RESPONSE: response})
        return response

    def _told(self, query_bundle: QueryBundle) -> AbstractContextManager[EventContext]:
        """While LlamaIndex's own handlers are told of a query, as those of its engines are."""
        return self.callback_manager.event(CBEventType.QUERY, payload={EventPayload.QUERY_STR: query_bundle.query_str})


def _assistant(given: Assistant | None, settings: dict[str, Any]) -> Assistant:
    if given is not None and settings:
        raise UsageError(
            f"{', '.join(settings)}: an assistant has settings of its own",
            "give them to the assistant; `k` and the filters go with it",
        )
    return given or Assistant(**settings)


def _filters(papers: Names, sources: Names, since: int | None, until: int | None) -> dict[str, Any]:
    """The filters by name, checked now: not with the first question."""
    kept: dict[str, Any] = {"papers": papers, "sources": sources}
    for kind, names in kept.items():
        if isinstance(names, Iterable) and not isinstance(names, str):
            kept[kind] = tuple(names)  # what can be read once only would filter one question only
    Selection.of(**kept, since=since, until=until)
    return {**kept, "since": since, "until": until}


def _response(answer: Answer) -> Response:
    nodes = [_cited(citation) for citation in answer.citations]
    return Response(response=answer.text, source_nodes=nodes, metadata={"answer": answer.to_dict()})


def _node(ranked: RankedPassage) -> NodeWithScore:
    passage: Passage = ranked.passage
    node = _text_node(passage.id, passage.text, _about(passage), passage.paper_id)
    return NodeWithScore(node=node, score=ranked.score)


def _cited(citation: Citation) -> NodeWithScore:
    """A citation as a node, whose id is the same whenever the same span is cited."""
    name = f"{citation.paper_id}-{citation.start}-{citation.end}"
    node = _text_node(name, citation.quote, {"n": citation.n, **_about(citation)}, citation.paper_id)
    return NodeWithScore(node=node, score=citation.score)


def _about(cited: Passage | Citation) -> dict[str, Any]:
    return {
        "title": cited.title,
        "paper_id": cited.paper_id,
        "sources": list(cited.sources),
        "start": cited.start,
        "end": cited.end,
    }


def _text_node(name: str, text: str, about: dict[str, Any], paper: str) -> TextNode:
    """A node of a paper; a model is shown its text and title alone."""
    return TextNode(
        id_=name,
        text=text,
        metadata=about,
        start_char_idx=about["start"],
        end_char_idx=about["end"],
        excluded_llm_metadata_keys=_FOR_PEOPLE,
        excluded_embed_metadata_keys=_FOR_PEOPLE,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=paper)},
    )
