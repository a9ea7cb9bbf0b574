"""Records in other tools' forms: LlamaIndex's evaluators, and what Ragas and DeepEval read."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from eval.metrics.score import Metric
from eval.records import Record
from rag.types import Answer, Citation

_UNNUMBERED = 1.0


def llama_index_metric(name: str, evaluator: Any) -> Metric:
    """A LlamaIndex evaluator (anything with `evaluate(query, response, contexts)`) as a metric of ours: its score, or
    1 and 0 for its `passing`; undefined for refusals and where it gives neither."""

    def of(record: Record) -> float | None:
        if record.answer.abstained:
            return None
        contexts = _contexts(record)
        found = evaluator.evaluate(query=record.question.question, response=record.answer.text, contexts=contexts)
        if found.score is not None:
            return float(found.score)
        return None if found.passing is None else float(found.passing)

    return Metric(name, of)


def ragas_rows(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Rows of a Ragas `EvaluationDataset` (`user_input`, `response`, `retrieved_contexts`, `reference`)."""
    return [
        {
            "user_input": record.question.question,
            "response": record.answer.text,
            "retrieved_contexts": _contexts(record),
            "reference": _reference(record),
        }
        for record in records
    ]


def deepeval_rows(records: Sequence[Record]) -> list[dict[str, Any]]:
    """Rows that DeepEval's `EvaluationDataset.add_test_cases_from_json_file` reads with the same names as keys."""
    return [
        {
            "input": record.question.question,
            "actual_output": record.answer.text,
            "expected_output": _reference(record),
            "retrieval_context": _contexts(record),
        }
        for record in records
    ]


def write_rows(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """JSON Lines for a `.jsonl`, one JSON array else."""
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf8")
    else:
        path.write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n", encoding="utf8")


def from_query_engine(query: Callable[[str], Any], engine: str) -> Callable[[str], Answer]:
    """A LlamaIndex query engine's `query` as something that `evaluate` can ask: its response with `[1]`… for its source
    nodes, in order; titles come from the nodes' metadata (`title`) or the first line of their text."""

    def ask(question: str) -> Answer:
        response = query(question)
        citations = tuple(_citation(n, node) for n, node in enumerate(response.source_nodes, start=1))
        papers = tuple(dict.fromkeys(citation.title for citation in citations))
        text = str(response.response or "")
        return Answer(question, text, citations, (), not text.strip(), "lookup", papers, engine)

    return ask


def _citation(n: int, scored: Any) -> Citation:
    text = str(scored.node.get_content())
    title = str(scored.node.metadata.get("title") or text.partition("\n")[0])
    score = float(scored.score) if scored.score is not None else _UNNUMBERED
    return Citation(n, title, text, 0, len(text), score, (), text, 0, str(scored.node.node_id))


def _contexts(record: Record) -> list[str]:
    """The passages that an answer cites, each once: several sentences may cite one."""
    return list(dict.fromkeys(citation.passage for citation in record.answer.citations))


def _reference(record: Record) -> str:
    return "; ".join(fact.forms[0] for fact in record.question.facts)
