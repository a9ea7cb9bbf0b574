"""Where a name or number of a statement has its counterpart in the source: on itself, or on a rival?

A token vector holds its context, so in "COAT needs 27 GB" the counterpart of "27" is the number that stands in that
place in the source. If a different number lies nearer than any occurrence of the same one, it was exchanged.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.grounding.word_vectors import Words
from rag.text.names import names
from rag.text.searchable import searchable

_NUMBER = re.compile(r"^\d[\d.,]*$")


@dataclass(frozen=True, slots=True)
class Counterparts:
    """`near`: the worst cosine of a word to an occurrence of itself; `rival`: the most by which another of its kind
    lies nearer, in [0, 1]; both neutral (1 and 0) without such words."""

    near: float = 1.0
    rival: float = 0.0


def of_numbers(statement: Words, source: Words) -> Counterparts:
    """For the numbers of a statement."""
    ours = [i for i, text in enumerate(statement.texts) if _NUMBER.match(text)]
    theirs = np.asarray([bool(_NUMBER.match(text)) for text in source.texts], dtype=bool)
    return _counterparts(ours, statement, source, theirs)


def of_names(statement: Words, text: str, source: Words, source_text: str) -> Counterparts:
    """For the names of a statement."""
    said = {part for name in names(text) for part in re.findall(r"[^\W_]+", name) if len(part) > 1}
    told = {part for name in names(source_text) for part in re.findall(r"[^\W_]+", name) if len(part) > 1}
    ours = [i for i, word in enumerate(statement.texts) if word in said and not _NUMBER.match(word)]
    theirs = np.asarray([word in told for word in source.texts], dtype=bool)
    return _counterparts(ours, statement, source, theirs)


def _counterparts(ours: list[int], statement: Words, source: Words, theirs: NDArray[np.bool_]) -> Counterparts:
    if not ours or not theirs.any() or not statement.vectors.any() or not source.vectors.any():
        return Counterparts()
    near, rival = 1.0, 0.0
    folded = [_same(text) for text in source.texts]
    for place in ours:
        alike = statement.vectors[place] @ source.vectors.T
        this = np.asarray([text == _same(statement.texts[place]) for text in folded], dtype=bool)
        if not this.any():
            continue  # whether it is there at all is another signal
        best = float(alike[this].max())
        others = theirs & ~this
        near = min(near, best)
        rival = max(rival, float(alike[others].max()) - best if others.any() else 0.0)
    return Counterparts(near, rival)


@lru_cache(maxsize=65_536)
def _same(text: str) -> str:
    return searchable(text).rstrip(".,").removesuffix("s")
