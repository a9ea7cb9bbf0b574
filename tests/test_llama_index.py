"""Footnote inside LlamaIndex programs."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.errors import UsageError

QUESTION = "By how much does FrogJump cut memory?"


@pytest.fixture(autouse=True)
def _its_warnings() -> None:
    pytest.importorskip("llama_index.core")


@pytest.mark.filterwarnings("ignore")  # LlamaIndex's own, at import
def test_the_retriever_and_the_engine_work_in_a_llama_index_program(pond: Assistant) -> None:
    from llama_index.core.query_engine import BaseQueryEngine
    from llama_index.core.retrievers import BaseRetriever

    from rag.llama_index import FootnoteQueryEngine, FootnoteRetriever

    retriever, engine = FootnoteRetriever(pond, k=2), FootnoteQueryEngine(pond)
    assert isinstance(retriever, BaseRetriever)
    assert isinstance(engine, BaseQueryEngine)
    nodes = retriever.retrieve("By how much does FrogJump cut memory?")
    assert nodes[0].node.metadata["title"].startswith("FrogJump")
    response = engine.query("By how much does FrogJump cut memory?")
    assert "4.7x" in str(response)
    assert response.metadata is not None
    assert response.metadata["answer"]["citations"][0]["quote"] == response.source_nodes[0].node.get_content()


@pytest.mark.filterwarnings("ignore")
def test_the_filters_narrow_what_a_program_sees(pond: Assistant) -> None:
    from rag.llama_index import FootnoteQueryEngine, FootnoteRetriever

    nodes = FootnoteRetriever(pond, papers="beaver").retrieve(QUESTION)
    assert {node.node.metadata["title"].split(":")[0] for node in nodes} == {"Beaver"}
    engine = FootnoteQueryEngine(pond, papers=iter(["Unicorn"]))
    assert all("title “Unicorn”" in str(engine.query(QUESTION)) for _ in range(2))
    assert "from 2020" in str(asyncio.run(FootnoteQueryEngine(pond, since=2020).aquery(QUESTION)))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "wrong", [{"k": -1}, {"since": "2020"}, {"papers": 3}, {"similarity_top_k": 3}, {"home": "/tmp/other"}]
)
def test_what_would_be_passed_over_is_refused_when_it_is_given(pond: Assistant, wrong: dict[str, Any]) -> None:
    from rag.llama_index import FootnoteQueryEngine, FootnoteRetriever

    for made in (FootnoteRetriever, FootnoteQueryEngine):
        with pytest.raises(UsageError, match=next(iter(wrong))):
            made(pond, **wrong)


@pytest.mark.filterwarnings("ignore")
def test_a_node_leads_to_its_paper_and_shows_a_model_the_text_alone(pond: Assistant) -> None:
    from llama_index.core.schema import MetadataMode

    from rag.llama_index import FootnoteQueryEngine, FootnoteRetriever

    found = asyncio.run(FootnoteRetriever(pond, k=1).aretrieve(QUESTION))
    cited = [FootnoteQueryEngine(pond).query(QUESTION).source_nodes for _ in range(2)]
    assert [node.node.node_id for node in cited[0]] == [node.node.node_id for node in cited[1]]
    for node in (found[0].node, cited[0][0].node):
        paper = pond.snapshot.find(node.ref_doc_id or "")
        assert paper is not None
        shown = node.get_content(metadata_mode=MetadataMode.LLM)
        assert paper.title in shown
        assert not [name for name in ("paper_id", "sources", "start", "end") if f"{name}:" in shown]


@pytest.mark.filterwarnings("ignore")
def test_the_handlers_of_a_program_hear_of_both(pond: Assistant) -> None:
    from llama_index.core import Settings
    from llama_index.core.callbacks import CallbackManager, CBEventType, LlamaDebugHandler

    from rag.llama_index import FootnoteQueryEngine, FootnoteRetriever

    heard = LlamaDebugHandler(print_trace_on_end=False)
    before, Settings.callback_manager = Settings.callback_manager, CallbackManager([heard])
    try:
        FootnoteQueryEngine(pond).query(QUESTION)
        FootnoteRetriever(pond).retrieve(QUESTION)
    finally:
        Settings.callback_manager = before
    assert heard.get_event_pairs(CBEventType.QUERY)
    assert heard.get_event_pairs(CBEventType.RETRIEVE)
