"""One question asked: the question, the answer, the ranking, the seconds. A line of a run's file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from eval.schema import Fact, Question
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Record:
    """What one question got. `ranked` are the titles that retrieval found, best first, None where the system tells
    none; `error` says why there is no answer (then `answer` is an abstention)."""

    question: Question
    answer: Answer
    ranked: tuple[str, ...] | None = None
    seconds: float = 0.0
    error: str = ""

    @property
    def failed(self) -> str:
        """Why there is no answer, or none of the engine that was asked; empty where all went well."""
        return self.error or self.answer.degraded

    def to_dict(self) -> dict[str, Any]:
        """The record, ready for JSON."""
        return {
            "question": asdict(self.question),
            "answer": self.answer.to_dict(),
            "ranked": list(self.ranked) if self.ranked is not None else None,
            "seconds": round(self.seconds, 6),
            "error": self.error,
        }


def record_from(row: Mapping[str, Any]) -> Record:
    """The record of one line of a run's file."""
    asked = dict(row["question"])
    facts = tuple(Fact(tuple(f["forms"]), f["vital"], f["paper"]) for f in asked.pop("facts"))
    lists: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in asked.items()}
    ranked = row["ranked"]
    return Record(
        Question(facts=facts, **lists),
        Answer.from_dict(row["answer"]),
        tuple(ranked) if ranked is not None else None,
        row["seconds"],
        row["error"],
    )
