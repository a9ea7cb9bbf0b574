"""Words that the corpus does not have, mapped to words close to them that it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from rag.lexical import LexicalIndex

_SHORTEST = 4  # characters below which a correction is a guess
_LONG = 8  # characters from which two edits are allowed


def corrected(typed: Sequence[str], lexical: LexicalIndex) -> Mapping[str, str]:
    """For each search word of `typed` that no passage has, the closest one that some passage has.

    Closeness is Damerau–Levenshtein distance: 1, or 2 for words of eight letters and more; among the
    equally close, the most frequent. Words with digits are left alone: `W4A8` is no misspelt `W4A16`.
    """
    unknown = [word for word in typed if len(word) >= _SHORTEST and word.isalpha() and not lexical.knows(word)]
    pairs = {word: _closest(word, lexical) for word in unknown}
    return {word: found for word, found in pairs.items() if found}


@lru_cache(maxsize=4096)
def _closest(word: str, lexical: LexicalIndex) -> str:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = 2 if len(word) >= _LONG else 1
    candidates = process.extract(word, lexical.vocabulary(), scorer=OSA.distance, score_cutoff=allowed, limit=20)
    ranked = [
        (distance, -lexical.document_frequency(found), found)
        for found, distance, _ in candidates
        if found.isalpha() and found[:1] == word[:1]
    ]
    return min(ranked)[2] if ranked else ""
