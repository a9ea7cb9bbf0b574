"""Whether a question asks for many papers rather than for what one of them says, told by the shape of its wording.

Rules know the usual frames ("which papers …"); people also say "architecture search: who made it
fast?". A linear model over runs of up to four words tells these, too. Words that are not among the commonest ones
count by their endings only, so that it learns how lists are asked for and not on which topics.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np

_TOKEN = re.compile(r"[A-Za-z][\w'’-]*|\d[\w.:%-]*|[?!.,:;()–—-]")
_ENDINGS = ("ings", "ing", "ed", "ions", "ss", "s", "ly")
_BEGINS, _ENDS = "^", "$"
_STOPS = ".?!:;"
_LONGEST_RUN, _LONGEST_OPENING = 3, 4  # words
_FEW = 5  # words of a question that is short
_SHORTEST = 5  # words of a question that is no mere topic
_READ = 400  # words that are looked at
_MOST_SENTENCES = 4


@dataclass(frozen=True, slots=True)
class Wording:
    """The learned model: `weights` of features by their names, and the words that are `common` enough to be some."""

    common: frozenset[str]
    weights: Mapping[str, float]
    bias: float
    threshold: float

    def probability(self, text: str) -> float:
        """How likely a question asks for many papers, in [0, 1]."""
        found = wording_features(text, self.common)
        score = self.bias + sum(self.weights.get(name, 0.0) * value for name, value in found.items())
        return float(1.0 / (1.0 + np.exp(-np.clip(score, -60, 60))))


def asks_for_many(text: str) -> bool:
    """Whether a question, as the rules understand it, likely asks for a list; what is shorter may be a topic."""
    model = _shipped()
    return len(text.split()) >= _SHORTEST and model.probability(text) >= model.threshold


def probability_of_many(text: str) -> float:
    """How likely a question, as the rules understand it, asks for a list, in [0, 1]."""
    return _shipped().probability(text)


def tokens(text: str) -> list[str]:
    """The words, numbers and marks of a text that are looked at."""
    return _TOKEN.findall(text)[:_READ]


def wording_features(text: str, common: Collection[str]) -> dict[str, float]:
    """Runs of up to three shapes (`which xs x`), of up to four where a sentence begins (`@which xs x`), how many
    sentences there are, and whether the text is short or asks."""
    found = tokens(text)
    shapes = [_BEGINS, *(_shape(token, place == 0, common) for place, token in enumerate(found)), _ENDS]
    features = {name: 1.0 for length in range(1, _LONGEST_RUN + 1) for name in _runs(shapes, length)}
    for place in (place for place, shape in enumerate(shapes) if shape == _BEGINS or shape in _STOPS):
        for length in range(2, _LONGEST_OPENING + 1):
            if place + length < len(shapes):
                features["@" + " ".join(shapes[place + 1 : place + 1 + length])] = 1.0
    ended = sum(shape in ".?!" for shape in shapes)
    features["<sentences>"] = min(ended, _MOST_SENTENCES) / _MOST_SENTENCES
    features["<short>"] = float(len(found) <= _FEW)
    return features


def _runs(shapes: list[str], length: int) -> list[str]:
    return [" ".join(shapes[place : place + length]) for place in range(len(shapes) - length + 1)]


def _shape(token: str, opens: bool, common: Collection[str]) -> str:
    """A common word or a mark itself; of others whether it is a number (`#`), a name (`N`), and how it ends (`xs`)."""
    if not token[0].isalpha():
        return "#" if token[0].isdigit() else token
    if token.lower() in common:
        return token.lower()
    if (token[0].isupper() and not opens) or any(letter.isupper() for letter in token[1:]):
        return "N"
    return next((f"x{ending}" for ending in _ENDINGS if token.lower().endswith(ending)), "x")


@cache
def _shipped() -> Wording:
    stored = json.loads(files("rag.weights").joinpath("many.json").read_text(encoding="utf8"))
    return Wording(frozenset(stored["common"]), stored["weights"], float(stored["bias"]), float(stored["threshold"]))
