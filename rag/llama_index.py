"""Footnote inside LlamaIndex programs: a `BaseRetriever` and a query engine over the same index.

    from rag.llama_index import FootnoteRetriever, FootnoteQueryEngine
    nodes = FootnoteRetriever(k=5).retrieve("How is the KV cache compressed?")
    response = FootnoteQueryEngine().query("How much memory does COAT save?")

Importing this module imports LlamaIndex, which takes two seconds; nothing else in Footnote does.
"""

from __future__ import annotations

from typing import Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import RESPONSE_TYPE, Response
from llama_index.core.callbacks import CallbackManager
from llama_index.core.prompts.mixin import PromptMixinType
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

from rag.assistant import Assistant
from rag.types import Answer, Citation, Passage, RankedPassage


class FootnoteRetriever(BaseRetriever):
    """The passages of the `k` best papers (0: as many as the settings say), best first; each node's metadata names
    title, sources and span."""

    def __init__(self, assistant: Assistant | None = None, *, k: int = 0, **settings: Any) -> None:
        self._assistant = assistant or Assistant(**settings)
        self._k = k
        super().__init__()

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        papers = self._assistant.search(query_bundle.query_str, self._k)
        return [_node(passage) for paper in papers for passage in paper.passages]


class FootnoteQueryEngine(BaseQueryEngine):
    """Answers with markers; `response.metadata["answer"]` is the whole `Answer` as a dictionary, and the
    source nodes are its citations in order."""

    def __init__(self, assistant: Assistant | None = None, **settings: Any) -> None:
        self._assistant = assistant or Assistant(**settings)
        super().__init__(callback_manager=CallbackManager([]))

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return _response(self._assistant.ask(query_bundle.query_str))

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        return _response(await self._assistant.aask(query_bundle.query_str))


def _response(answer: Answer) -> Response:
    nodes = [_cited(citation) for citation in answer.citations]
    return Response(response=answer.text, source_nodes=nodes, metadata={"answer": answer.to_dict()})


def _node(ranked: RankedPassage) -> NodeWithScore:
    passage: Passage = ranked.passage
    metadata = {
        "title": passage.title,
        "paper_id": passage.paper_id,
        "sources": list(passage.sources),
        "start": passage.start,
        "end": passage.end,
    }
    return NodeWithScore(node=TextNode(id_=passage.id, text=passage.text, metadata=metadata), score=ranked.score)


def _cited(citation: Citation) -> NodeWithScore:
    metadata = {
        "n": citation.n,
        "title": citation.title,
        "paper_id": citation.paper_id,
        "sources": list(citation.sources),
        "start": citation.start,
        "end": citation.end,
    }
    return NodeWithScore(node=TextNode(text=citation.quote, metadata=metadata), score=citation.score)
