"""How likely each pointing word of a statement is the reverse of what its source says.

A word's vector holds what it is about, so the counterpart of "reduces" in a paraphrase is the source's direction
word with the most similar vector, or one that stands where the words around it have their counterparts. A row of
such similarities, to words that point the same way and the other, goes to a small learned model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.boosted_trees import grown
from rag.grounding.polarity import Marks, marks, prefixed
from rag.grounding.word_vectors import Words
from rag.text.common_words import weight
from rag.text.words import STOPWORDS, stem

NAMES = (
    "same", "opposite", "any_same", "any_opposite", "exact", "met", "near_same", "near_opposite", "near_any_same",
    "near_any_opposite", "near_denied", "around", "denial", "denied", "amount", "quality", "presence", "first_same",
    "first_opposite", "first_near_same", "first_near_opposite", "sign", "rare", "said_at_all",
    "head_same", "head_opposite", "prefix",
)  # fmt: skip
_AROUND = 5  # words on each side
_ALIKE = 0.45  # cosine from which a word around counts as found in the source
_FADES = 3.0  # words in which nearness falls to 1/e


@dataclass(frozen=True, slots=True)
class Turned:
    """The most suspect pointing word: the probability that it is turned round, and in words why."""

    probability: float
    told: str = ""
    second: float = 0.0


def turned(statement: Words, text: str, source: Words, source_marks: Marks) -> Turned:
    """The most suspect word of a statement beside the words of all that it cites."""
    places, table, said = rows(statement, text, source, source_marks)
    if not len(table):
        return Turned(0.0)
    likely = np.where(_certain(table), 1.0, grown("turned", NAMES).probability(table))
    order = np.argsort(-likely)
    worst = int(order[0])
    word, other = statement.texts[places[worst]], said[worst]
    told = f"it says “{word}” where its source says “{other}”" if other else f"its source does not say “{word}”"
    return Turned(float(likely[worst]), told, float(likely[order[1]]) if len(order) > 1 else 0.0)


def _certain(table: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Rows that need no weighing: a "not" without any counterpart, and a word that the source has with another prefix
    in the same surroundings. Of good paraphrases 0.5% have one (`eval.training.grounding`)."""
    column = {name: table[:, place] for place, name in enumerate(NAMES)}
    denied = (column["denial"] > 0) & (column["same"] < 0.4) & (column["near_denied"] < 0.1)
    turned_round: NDArray[np.bool_] = denied | ((column["prefix"] > 0) & (column["around"] > 0.4))
    return turned_round


def rows(
    statement: Words, text: str, source: Words, source_marks: Marks
) -> tuple[list[int], NDArray[np.float32], list[str]]:
    """For each pointing word or negation: its position, a row `(len(NAMES),)`, and the source's opposite."""
    ours = marks(text, statement)
    if not len(source.texts):
        return [], np.zeros((0, len(NAMES)), dtype=np.float32), []
    counter = {place: found for place in range(len(statement.texts)) if (found := _counter(statement, place, source))}
    pointing = [i for i in range(len(statement.texts)) if ours.sign[i] or ours.denial[i] or i in counter]
    if not pointing:
        return [], np.zeros((0, len(NAMES)), dtype=np.float32), []
    similarity = statement.vectors @ source.vectors.T
    table, said = [], []
    for place in pointing:
        row, opposite = _row(place, statement, ours, source, source_marks, similarity)
        table.append([*row, *_heads(place, statement, ours, source, source_marks), float(place in counter)])
        said.append(counter.get(place, opposite))
    return pointing, np.asarray(table, dtype=np.float32), said


def _row(
    place: int, statement: Words, ours: Marks, source: Words, theirs: Marks, similarity: NDArray[np.float32]
) -> tuple[list[float], str]:
    own = similarity[place]
    sign, dimension = int(ours.sign[place]), int(ours.dimension[place])
    nearness, around = _nearness(place, statement, ours, similarity)
    if ours.denial[place]:
        same, opposite = theirs.denying, np.zeros(len(own), dtype=bool)
        any_same, any_opposite = theirs.sign < 0, theirs.sign > 0
    else:
        alike = theirs.dimension == dimension
        same, opposite = alike & (theirs.sign == sign), alike & (theirs.sign == -sign)
        any_same, any_opposite = theirs.sign == sign, theirs.sign == -sign
    this = str(statement.stems[place])
    exact = source.stems == this
    groups = [
        float(dimension == _GROUPS[name] and not ours.denial[place]) for name in ("amount", "quality", "presence")
    ]
    row = [
        _most(own, same), _most(own, opposite), _most(own, any_same), _most(own, any_opposite), _most(own, exact),
        float(own.max()), _most(nearness, same), _most(nearness, opposite), _most(nearness, any_same),
        _most(nearness, any_opposite), _most(nearness, theirs.denial), around, float(ours.denial[place]),
        float(ours.negated[place]), *groups, float(same[np.argmax(own)]),
        float(opposite[np.argmax(own)]), *_first(nearness, theirs.sign, sign), float(sign), weight(this),
        float(exact.any()),
    ]  # fmt: skip
    told = source.texts[int(np.argmax(np.where(opposite, own, -2.0)))] if opposite.any() else ""
    return row, told


def _counter(statement: Words, place: int, source: Words) -> str:
    """The source's word that is this one with another prefix, where the source has not this one: `overestimated` for
    `underestimated`."""
    word = statement.texts[place]
    if len(word) < 5:
        return ""
    prefix, base = prefixed(word)
    same_base = _with_base(source.texts).get(base, ())
    if any(prefixed(text) == (prefix, base) or stem(text.casefold()) == stem(word.casefold()) for text in same_base):
        return ""
    return same_base[0] if same_base else ""


@lru_cache(maxsize=32)
def _with_base(texts: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """The words by their stems, with and without prefix."""
    found: dict[str, tuple[str, ...]] = {}
    for text in texts:
        for base in {prefixed(text)[1], stem(text.casefold())}:
            found[base] = (*found.get(base, ()), text)
    return found


def _heads(place: int, statement: Words, ours: Marks, source: Words, theirs: Marks) -> tuple[float, float]:
    """How far the words that this one governs are governed in the source by one that points the same way, and by one
    that points the other way, along the same dimension: `more heads` beside `fewer heads`."""
    governed = _governed(statement, place)
    if not governed or not ours.sign[place]:
        return 0.0, 0.0
    total = sum(0.2 + weight(word) for word in governed)
    best = {1: 0.0, -1: 0.0}
    for other in np.flatnonzero(theirs.dimension == ours.dimension[place]):
        shared = governed & _governed(source, int(other))
        side = int(theirs.sign[other]) * int(ours.sign[place])
        if side:
            best[side] = max(best[side], sum(0.2 + weight(word) for word in shared) / total)
    return best[1], best[-1]


def _governed(found: Words, place: int) -> frozenset[str]:
    """The stems of the next two content words."""
    behind = (text.casefold() for text in found.texts[place + 1 : place + 6])
    return frozenset([stem(text) for text in behind if text not in STOPWORDS and not text[0].isdigit()][:2])


def _nearness(
    place: int, statement: Words, ours: Marks, similarity: NDArray[np.float32]
) -> tuple[NDArray[np.float32], float]:
    """For each word of the source how near it stands to the counterparts of the words around `place`, in [0, 1]."""
    low, high = max(0, place - _AROUND), min(len(statement.texts), place + _AROUND + 1)
    positions = np.arange(similarity.shape[1])
    total, heavy = np.zeros(similarity.shape[1]), 0.0
    for other in range(low, high):
        word = statement.texts[other].casefold()
        if other == place or word in STOPWORDS or ours.sign[other]:
            continue
        value = (0.2 + weight(stem(word))) / (1 + 0.3 * abs(other - place))
        heavy += value
        found = int(similarity[other].argmax())
        if similarity[other, found] >= _ALIKE:
            total += value * similarity[other, found] * np.exp(-np.abs(positions - found) / _FADES)
    if not heavy:
        return total.astype(np.float32), 0.0
    return (total / heavy).astype(np.float32), float(total.max() / heavy)


def _first(nearness: NDArray[np.float32], signs: NDArray[np.int64], sign: int) -> tuple[float, float]:
    """Whether the pointing word nearest to the counterparts points the same way, or the other."""
    pointing = np.where(signs != 0, nearness, -1.0)
    found = int(pointing.argmax())
    if pointing[found] <= 0.05:
        return 0.0, 0.0
    return float(signs[found] == sign), float(signs[found] == -sign)


def _most(values: NDArray[np.float32], chosen: NDArray[np.bool_]) -> float:
    return float(values[chosen].max()) if chosen.any() else 0.0


_GROUPS = {"amount": 0, "quality": 2, "presence": 3}
