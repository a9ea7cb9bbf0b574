"""Text in, search words out: stems of plain words, and names such as `2:4`, `W4A16`, `GPT-3.5` kept whole.

A compound gives itself, its parts, and (when all its parts are letters) the parts joined, so that
`fine-tuning`, `finetuning` and `fine tuning` meet.
"""

from __future__ import annotations

import re
from functools import lru_cache

import Stemmer

from rag.text.searchable import searchable

_WORD = re.compile(
    r"[a-z0-9\u0370-\u03ff\u0400-\u04ff]+(?:[-.:/^_+'][a-z0-9\u0370-\u03ff\u0400-\u04ff]+)*[%+]?|[\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"
)
_PART = re.compile(r"[-:/^_+']|(?<=[a-z])\.|\.(?=[a-z])")
_OPENS = re.compile(r"(.+?)(?::| Technical Report\b)|([A-Za-z0-9.]+-[\w.-]+) for\b", re.S)
STOPWORDS = frozenset(
    """a about above after again all also am an and any are as at be because been before being below between both but
    by can could did do does doing down during each few for from further had has have having he her here hers him his
    how i if in into is it its itself just me more most my no nor not of off on once only or other our ours out over
    own s same she should so some such t than that the their theirs them then there these they this those through to
    too under until up very was we were what when where which while who whom whose why will with would you your yours
    paper papers work works study studies et al e.g i.e""".split()
)
_stemmer = Stemmer.Stemmer("english")


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The English Snowball stem of a lower-case word; words with digits are left as they are."""
    return str(_stemmer.stemWord(word)) if word.isalpha() else word


def words(text: str, *, keep_stopwords: bool = False) -> list[str]:
    """The search words of `text`, in order; a compound is followed by its parts."""
    found: list[str] = []
    for match in _WORD.finditer(searchable(text)):
        found.extend(_forms(match.group()))
    return found if keep_stopwords else [word for word in found if word not in STOPWORDS]


def opening_name(title: str) -> str:
    """The name that a title opens with (`COAT: Compressing …`, `PaLM 2 Technical Report`, `Fast-ELECTRA for …`);
    empty where it opens with none."""
    found = _OPENS.match(title)
    return (found[1] or found[2]).strip() if found else ""


@lru_cache(maxsize=65_536)
def opening_words(title: str) -> frozenset[str]:
    """The search words of the name that a title opens with."""
    return frozenset(words(opening_name(title)))


@lru_cache(maxsize=200_000)
def _forms(word: str) -> tuple[str, ...]:
    if word.endswith("'s"):
        word = word[:-2]
    if word.isalnum():
        return (word if word in STOPWORDS else stem(word),)
    parts = [part for part in _PART.split(word) if part]
    if len(parts) < 2:
        return (stem(word),)
    forms = [word, *(stem(part) for part in parts)]
    if all(part.isalpha() for part in parts):
        forms[0] = stem("".join(parts))
    elif "^" in word:  # E^2-LLM is also typed E2-LLM
        forms.append(word.replace("^", ""))
    return tuple(forms)
