"""Where papers came out, under the several names that one place has: NeurIPS, NIPS, Advances in Neural Information
Processing Systems."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.text.searchable import searchable

_WORD = re.compile(r"[^\W\d_]+")
_NAMED = re.compile(r"(?:[A-Z][a-z]*){2,}")  # by capitals, as one word
_COUNTED = re.compile(
    r"\b(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"\w+teenth|(?:twenty|thirty|forty|fifty|sixty)\w*[- ]?\w*(?:st|nd|rd|th))\b",
    re.I,
)
_LEADS = frozenset(
    "proceedings advances annual meeting conference international symposium workshop ieee acm cvf aaai usenix vol"
    " volume abs preprint".split()
)
_SMALL = frozenset("and of on the for in to with a an at chapter".split())
_SAME = {"neurips": "nips"}
_INITIALS = 3  # letters from which initials name a place


def is_at(venue: str, asked: str, *, whole: bool = False) -> bool:
    """Whether a record's `venue` is the one that was asked for: by its short name, spelled out, or, unless `whole`, by
    some of its words ("Nature" in Nature Methods)."""
    said = _words(asked)
    if not said or not venue:
        return False
    if said == _words(venue) or (len(said) == 1 and _same(said[0]) in _short_names(venue) | _initials(venue)):
        return True
    if len(said) > 1 and (_initials(asked) | _short_names(asked)) & (_short_names(venue) | _initials(venue)):
        return True
    return not whole and set(said) <= set(_words(venue))


@lru_cache(maxsize=8192)
def _words(venue: str) -> tuple[str, ...]:
    """The words that tell a venue from others, in order."""
    found = _WORD.findall(searchable(_COUNTED.sub(" ", venue)))
    own = tuple(dict.fromkeys(word for word in found if word not in _SMALL | _LEADS))
    return own or tuple(found)


@lru_cache(maxsize=8192)
def _short_names(venue: str) -> frozenset[str]:
    return frozenset(_same(name.casefold()) for name in _WORD.findall(venue) if _NAMED.fullmatch(name)) - _LEADS


@lru_cache(maxsize=8192)
def _initials(venue: str) -> frozenset[str]:
    """The names that the first letters of its words make, with and without what many begin with."""
    spelled = re.sub(r"\([^)]*\)", " ", _COUNTED.sub(" ", venue)).split(",")[0].split(":")[0]
    parts = [word for word in _WORD.findall(searchable(spelled)) if word not in _SMALL]
    lead = next((place for place, word in enumerate(parts) if word not in _LEADS), len(parts))
    made = {"".join(word[0] for word in parts[start:]) for start in range(lead + 1)}
    return frozenset(name for name in made if len(name) >= _INITIALS)


def _same(name: str) -> str:
    return _SAME.get(name, name)
