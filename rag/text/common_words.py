"""How much a word tells, without an index at hand: inverse document frequency over the bundled papers."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files


def weight(word: str) -> float:
    """Between 0 (in every paper) and 1 (in hardly any) for a search word (see `rag.text.words`)."""
    return _weights().get(word, 1.0)


def is_common(word: str) -> bool:
    """Whether papers use the stem in lower case, so that a capital at the start of a sentence makes it no name."""
    return word in _weights()


@cache
def _weights() -> dict[str, float]:
    stored: dict[str, float] = json.loads(files("rag.weights").joinpath("common_words.json").read_text(encoding="utf8"))
    return stored
