"""Feedback from the chat page (a thumb, a comment) as rows of a dataset, for a person to complete.

A line of feedback is a JSON object: question, answer (the dictionary of an `Answer`), helpful (true or false), comment,
revision. What was helpful becomes a question whose gold papers are those it cited; what was not waits for its gold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from eval.schema import numbered_lines
from rag.errors import UsageError


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """One row for each line of feedback, marked `"accepted": false`.

    Raises:
        UsageError: for a line that is no feedback, naming it.
    """
    for number, line in numbered_lines(path):
        try:
            yield _row(number, json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise UsageError(f"{path}:{number}: no feedback: {error}", "give lines that the chat page wrote") from None


def _row(number: int, said: dict[str, Any]) -> dict[str, Any]:
    helpful = bool(said["helpful"])
    return {
        "id": f"feedback-{number:04}",
        "question": str(said["question"]),
        "kind": "fact",
        "split": "test",
        "gold": list(said["answer"]["papers"]) if helpful else [],
        "facts": [],
        "comment": str(said.get("comment") or ""),
        "revision": str(said.get("revision") or ""),
        "helpful": helpful,
        "accepted": False,
    }
