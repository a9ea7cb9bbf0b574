"""A model's reply in, the JSON object in it out, however it is wrapped."""

from __future__ import annotations

import json
import re
from typing import Any

_FENCE = re.compile(r"```(?:json)?\s*(.*?)```", re.S | re.I)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.S | re.I)


def parsed(reply: str) -> dict[str, Any] | None:
    """The first JSON object in `reply` (bare, fenced, or amid talk; a trailing comma is forgiven), else None."""
    text = _THOUGHT.sub("", reply)
    for candidate in (*(match.group(1) for match in _FENCE.finditer(text)), text):
        found = _object(candidate)
        if found is not None:
            return found
    return None


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
