"""What a text says, in a form that can be compared: content words, numbers with units, directions.

Simple on purpose and apart from `rag.grounding`: these are the harness's own eyes.
"""

from __future__ import annotations

import re
from functools import lru_cache

from eval.matching import folded

_LITTLE = frozenset(
    """a an the of and or to in on for with by at as from that this these those it its is are was were be been being has
    have had do does did can could may might will would should not no than then so such into over under between both
    each all any some more most less least other which who what when where why how also only very about after before
    while their they them there we our paper papers authors work study method shows show using used use based via per
    one two""".split()
)
_NUMBER = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s?(%|x(?![a-z])|[kmbt](?![a-z])|million|billion|thousand|trillion)?")
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9, "t": 1e12, "trillion": 1e12}
_NAME = re.compile(r"(?<![\w-])(?=[\w.-]*[A-Z])(?:[A-Za-z]+[A-Z]|[A-Z]{2}|[A-Z][a-z]+-?\d)[\w.+-]*")
_DENIED = re.compile(r"\b(?:not|no|never|without|cannot|neither|nor|none|hardly|fails? to|unable)\b|n't\b", re.I)
_UP = """increase raise grow more higher larger bigger longer faster better improve outperform surpass beat exceed
superior boost gain accelerate rise stronger stable effective efficient accurate help enable allow preserve keep
retain with above open public cheap easy similar same sufficient necessary robust reliable""".split()
_DOWN = """decrease reduce shrink fewer lower smaller shorter slower worse degrade worsen underperform trail lag
inferior cut lose loss loses drop fall weaker unstable ineffective inefficient inaccurate hurt prevent forbid destroy
avoid remove without below closed private expensive hard different insufficient unnecessary fragile unreliable
less""".split()
_SUFFIX = re.compile(r"(?:ations?|ements?|ings?|edly|ed|es|s|ly|er|ers)$")


def root(word: str) -> str:
    """A word without its commonest endings, at least three letters of it."""
    short = _SUFFIX.sub("", word) if len(word) > 4 else word
    short = short if len(short) >= 3 else word
    return short[:-1] if short.endswith("e") and len(short) > 3 else short


_UPS, _DOWNS = frozenset(map(root, _UP)), frozenset(map(root, _DOWN))


@lru_cache(maxsize=8192)
def content(text: str) -> frozenset[str]:
    """The roots of a text's content words; numbers are left out."""
    found = re.findall(r"[^\W\d_][\w.+]*", folded(text))
    return frozenset(root(word.rstrip(".")) for word in found if word.rstrip(".") not in _LITTLE and len(word) > 1)


@lru_cache(maxsize=8192)
def figures(text: str) -> frozenset[tuple[float, str]]:
    """The numbers of a text with their units: "%", "x" or none; `2 million` is 2000000."""
    found = set()
    for match in _NUMBER.finditer(folded(text)):
        unit = match.group(2) or ""
        found.add((float(match.group(1)) * _SCALE.get(unit, 1.0), unit if unit in "%x" else ""))
    return frozenset(found)


def figure_met(said: tuple[float, str], there: frozenset[tuple[float, str]]) -> bool:
    """Whether a number stands among others; a missing unit fits `x`, not `%`."""
    value, unit = said
    return any(
        abs(value - other) <= 1e-9 * max(1.0, abs(value)) and (unit == its or {unit, its} == {"", "x"})
        for other, its in there
    )


@lru_cache(maxsize=8192)
def named(text: str) -> frozenset[str]:
    """Names of methods, models and data sets, folded."""
    return frozenset(folded(match.group()).replace(" ", "") for match in _NAME.finditer(text))


@lru_cache(maxsize=8192)
def directions(text: str) -> tuple[int, int, int]:
    """How many words of a text point up, point down, deny."""
    roots = [root(word) for word in re.findall(r"[a-z]+", folded(text))]
    return sum(r in _UPS for r in roots), sum(r in _DOWNS for r in roots), len(_DENIED.findall(text))


def coverage(text: str, source: str) -> float | None:
    """The share of a text's content words that a source has, in [0, 1]; None for a text without any."""
    words = content(text)
    return len(words & content(source)) / len(words) if words else None
