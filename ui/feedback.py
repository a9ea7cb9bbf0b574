"""Thumbs and comments, kept one JSON object a line; `footnote eval feedback` makes rows of a dataset of them."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LONGEST = 5000


@dataclass(frozen=True, slots=True)
class Feedback:
    """The file of feedback. Safe between threads."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    def add(self, question: str, answer: dict[str, Any], revision: str, *, helpful: bool, comment: str = "") -> None:
        """Keep what somebody thinks of an answer, with the revision of the index that it came from."""
        line = {
            "question": question,
            "answer": answer,
            "helpful": helpful,
            "comment": comment[:_LONGEST],
            "revision": revision,
        }
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf8") as file:
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
