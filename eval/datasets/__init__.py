"""Questions, replies and statements, one JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The objects of `NAME.jsonl`, in order."""
    text = files("eval.datasets").joinpath(f"{name}.jsonl").read_text(encoding="utf8")
    return (json.loads(line) for line in text.split("\n") if line.strip())
