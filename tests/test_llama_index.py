"""Footnote inside LlamaIndex programs."""

import pytest

from rag.assistant import Assistant


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
