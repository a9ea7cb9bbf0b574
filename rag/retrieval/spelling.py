"""Words that the corpus does not have, mapped to words close to them that it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.lexical import LexicalIndex

_SHORTEST = 4  # characters below which a correction is a guess
_LONG = 8  # characters from which two edits are allowed
_ENDING = 4  # characters of an inflection, which a misspelt word may have kept and the stem has lost


def corrected(typed: Sequence[str], lexical: LexicalIndex) -> Mapping[str, str]:
    """For each search word of `typed` that no passage has, the closest one that some passage has.

    Closeness is Damerau–Levenshtein distance to the stem, a lost ending aside: 1, or 2 for words of eight
    letters and more; among the equally close, the one of most similar length, then the most
    frequent. Words with digits are left alone: `W4A8` is no misspelt `W4A16`.
    """
    unknown = [word for word in typed if len(word) >= _SHORTEST and word.isalpha() and not lexical.knows(word)]
    pairs = {word: _closest(word, lexical) for word in unknown}
    plural = {f"{word}s": word for word in typed if word.isalpha() and not lexical.knows(word)}  # `SSNs` has no stem
    pairs |= {word: form for form, word in plural.items() if lexical.knows(form)}
    return {word: found for word, found in pairs.items() if found}


def _closest(word: str, lexical: LexicalIndex) -> str:
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    allowed = 2 if len(word) >= _LONG else 1
    ranked = []
    for length in range(max(_SHORTEST, len(word) - _ENDING - allowed), len(word) + allowed + 1):
        stems = lexical.plain_words(word[0], length)
        for cut in (cut for cut in {word[:length], word[: length + 1], word} if len(word) - len(cut) <= _ENDING):
            for stem, distance, _ in process.extract(cut, stems, scorer=OSA.distance, score_cutoff=allowed):
                ranked.append((distance, abs(len(word) - length), -lexical.document_frequency(stem), stem))
    return min(ranked)[-1] if ranked else ""
