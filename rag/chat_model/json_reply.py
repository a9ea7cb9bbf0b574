"""A model's reply in, the JSON object in it out, however it is wrapped."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from typing import Any

_FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.S | re.I)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_LONGEST_PYTHON = 20_000  # characters
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.S | re.I)


def schema_of_papers(**properties: Mapping[str, Any]) -> dict[str, Any]:
    """The JSON Schema of `{"papers": [{"number": 1, …}]}`, each paper with these properties."""
    wanted = {"number": {"type": "integer"}, **properties}
    row = {"type": "object", "properties": wanted, "required": [*wanted], "additionalProperties": False}
    listed = {"papers": {"type": "array", "items": row}}
    return {"type": "object", "properties": listed, "required": [*listed], "additionalProperties": False}


def papers_in(found: Mapping[str, Any] | None, count: int) -> list[tuple[int, dict[str, Any]]] | None:
    """The rows of such a reply with their numbers, those left out that are of none of `count` papers; None where it has
    not that form."""
    rows = found.get("papers") if found else None
    if not isinstance(rows, list):
        return None
    numbered = [(str(row.get("number")).strip("[] "), row) for row in rows if isinstance(row, dict)]
    return [(int(n), row) for n, row in numbered if n.isdecimal() and len(n) < 4 and 1 <= int(n) <= count]


def parsed(reply: str, rows: str = "") -> dict[str, Any] | None:
    """The first JSON object in `reply`, else None: bare, fenced, or amid talk; a trailing comma and Python's notation
    are forgiven. A reply that is a bare list is the object that has it under the name `rows`, where one is given."""
    text = _THOUGHT.sub("", reply)
    for candidate in (*(match.group(1) for match in _FENCE.finditer(text)), text):
        listed = _list(candidate.strip()) if rows else None
        found = _object(candidate) or _python(candidate) if listed is None else {rows: listed}
        if found is not None:
            return found
    return None


def _list(text: str) -> list[Any] | None:
    """A text that begins as a list does, and is one."""
    if not text.startswith("["):
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(_TRAILING_COMMA.sub(r"\1", text))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, list) else None


def _python(text: str) -> dict[str, Any] | None:
    """`{'route': 'lookup', 'sure': True}`, as models write it that know Python better than JSON."""
    start, end = text.find("{"), text.rfind("}") + 1
    if start < 0 or end - start > _LONGEST_PYTHON:
        return None
    try:
        value = ast.literal_eval(text[start:end])
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None
    return value if isinstance(value, dict) else None


def _object(text: str) -> dict[str, Any] | None:
    decoder = json.JSONDecoder()
    for source in (text, _TRAILING_COMMA.sub(r"\1", text)):
        start = source.find("{")
        while start >= 0:
            try:
                value, _ = decoder.raw_decode(source, start)
            except (ValueError, RecursionError):
                start = source.find("{", start + 1)
                continue
            if isinstance(value, dict):
                return value
    return None
