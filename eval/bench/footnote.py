"""Footnote's side of the comparison, with the same verbs as `starter.py`; `ask` is the command itself.

python -m eval.bench.footnote ingest PAPERS.json HOME
python -m eval.bench.footnote retrieve QUESTIONS.json HOME
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from rag.assistant import Assistant
from rag.embedding import load_embedder
from rag.ingest import ingest
from rag.settings import load_settings


def main() -> None:
    """Do one of the two and print a JSON line."""
    verb, what, home = sys.argv[1:4]
    settings = load_settings(home=Path(home))
    load_embedder(settings.embedder, settings.models_folder, settings.threads)  # the model is not counted
    if verb == "ingest":
        import chromadb  # noqa: F401  its import is not counted, as on the other side

        started = time.perf_counter()
        report = ingest([_rows(Path(what))], settings)
        print(json.dumps({"seconds": time.perf_counter() - started, "papers": report.papers}))
    else:
        assistant = Assistant(settings)
        questions = json.loads(Path(what).read_text(encoding="utf8"))
        assistant.search(questions[0])
        print(json.dumps({"seconds": [_seconds(assistant, question) for question in questions]}))


def _rows(papers: Path) -> Path:
    """The papers as JSON Lines, beside the file given."""
    rows = papers.with_suffix(".jsonl")
    entries = json.loads(papers.read_text(encoding="utf8"))
    lines = (json.dumps({"title": entry["title"], "abstract": entry["text"]}) for entry in entries)
    rows.write_text("\n".join(lines), encoding="utf8")
    return rows


def _seconds(assistant: Assistant, question: str) -> float:
    started = time.perf_counter()
    assistant.search(question)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
