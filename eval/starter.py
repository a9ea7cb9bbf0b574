"""The LlamaIndex starter asked the same questions, in an environment of its own: records to stand beside ours.

Without a language model its answer is the text of the best passage found, every sentence cited as `[1]`; it never
refuses.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eval.markers import sentences
from eval.records import Record
from eval.schema import Question
from rag.errors import FootnoteError
from rag.types import Answer, Citation, Paper

_SCRIPT = Path(__file__).with_name("bench") / "starter.py"


def starter_records(python: Path, papers: Sequence[Paper], questions: Sequence[Question]) -> list[Record]:
    """The starter's records over the same papers; `python` is the interpreter that has its packages.

    Raises:
        FootnoteError: when it fails, with its last line.
    """
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        rows = [{"title": paper.title, "text": paper.text} for paper in papers]
        (place / "papers.json").write_text(json.dumps(rows), encoding="utf8")
        (place / "questions.json").write_text(json.dumps([q.question for q in questions]), encoding="utf8")
        _ran(python, "ingest", place / "papers.json", place / "chroma")
        found = json.loads(_ran(python, "search", place / "questions.json", place / "chroma"))
    return [_record(question, nodes) for question, nodes in zip(questions, found, strict=True)]


def _ran(python: Path, verb: str, what: Path, folder: Path) -> str:
    done = subprocess.run(
        [str(python), str(_SCRIPT), verb, str(what), str(folder)], capture_output=True, text=True, check=False
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no word of why"]
        raise FootnoteError(f"the starter failed: {lines[-1]}", "`scripts/bench-peer` says what it needs")
    return done.stdout.strip().splitlines()[-1]


def _record(question: Question, nodes: Sequence[Mapping[str, Any]]) -> Record:
    ranked = tuple(dict.fromkeys(str(node["title"]) for node in nodes))
    best = nodes[0]
    text = str(best["text"])
    citation = Citation(1, str(best["title"]), text, 0, len(text), float(best["score"]), (), text, 0, "")
    said = " ".join(f"{sentence.text.rstrip('. ')} [1]." for sentence in sentences(text))
    answer = Answer(question.question, said, (citation,), (), False, "lookup", (citation.title,), "LlamaIndex starter")
    return Record(question, answer, ranked)
