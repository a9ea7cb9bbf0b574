"""Words that the corpus does not have, mapped to words close to them that it has; and a question so mended."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from rag.lexical import LexicalIndex
from rag.text.words import STOPWORDS, words

_SHORTEST = 4  # characters below which a correction is a guess
_LONG = 8  # characters from which two edits are allowed
_PLAIN_ENOUGH = 6  # characters from which a letter that is wrong, lost or too many is mended in a text
_SURE_ENDING = 2  # characters of one that is as near as a slip of the keys
_RARE = 5  # texts that a name has at most, where it is typed as two words
_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
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
                doubt = distance + (len(word) - len(cut) > _SURE_ENDING)
                ranked.append(
                    (doubt, abs(len(word) - length), len(word) - len(cut), -lexical.document_frequency(stem), stem)
                )
    return min(ranked)[-1] if ranked else ""


def joined(text: str, lexical: LexicalIndex) -> Mapping[str, str]:
    """For each two words of `text` side by side that some passages have as one, seldom as one has a name ("lean quant"
    as LeanQuant), that one."""
    tokens = [token.casefold() for token in _TOKEN.findall(text)]
    found = {}
    for pair in pairwise(tokens):
        one = words("".join(pair)) if all(part.isalpha() and part not in STOPWORDS for part in pair) else []
        if len(one) == 1 and 0 < lexical.document_frequency(one[0]) <= _RARE:
            found[" ".join(pair)] = one[0]
    return found


def respelt(text: str, slips: Mapping[str, str], texts: Iterable[str]) -> str:
    """`text` with its slips, as `corrected` and `joined` tell them, spelt as the nearest words of some texts; those
    that none of them is near to stay as they are."""
    openings = {slip[0] for slip in slips}
    written = Counter(token for other in texts for token in _TOKEN.findall(other) if token[0].lower() in openings)
    pairs = [slip for slip in slips if " " in slip]
    for pair in pairs:
        text = re.sub(
            rf"\b{pair.replace(' ', '[ ]+')}\b", lambda two: _spelling(two.group(), written), text, flags=re.I
        )

    def spelt(one: re.Match[str]) -> str:
        forms = words(one.group())
        return _spelling(one.group(), written) if len(forms) == 1 and forms[0] in slips else one.group()

    return _TOKEN.sub(spelt, text)


def _spelling(typed: str, written: Counter[str]) -> str:
    """The nearest of the words that are `written`; what was typed where none is near. Of short words, which differ from
    many others by a letter, only the order of letters is mended."""
    from rapidfuzz.distance import OSA

    plain = typed.replace(" ", "").casefold()
    allowed = 0 if " " in typed else 2 if len(plain) >= _LONG else 1
    near = [token for token in written if token[0].lower() == plain[0] and abs(len(token) - len(plain)) <= allowed]
    if len(plain) < _PLAIN_ENOUGH:
        near = [token for token in near if sorted(token.casefold()) == sorted(plain)]
    ranked = [(OSA.distance(token.casefold(), plain), -written[token], token) for token in near]
    distance, _, best = min(ranked, default=(allowed + 1, 0, ""))
    if distance > allowed:
        return typed
    return best.lower() if best.istitle() and typed.islower() else best
