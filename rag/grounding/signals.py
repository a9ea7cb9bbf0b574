"""What is known of a statement beside what it cites: a row of separate numbers, each with a name.

They are never blended into one overlap score: a wrong figure in a sentence that shares every other word is one
signal at 1 and all others at ease, and the classifier (`rag.grounding.checker`) sees just that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from rag.embedding import TokenVectors
from rag.grounding.content import stems
from rag.grounding.counterparts import of_names, of_numbers
from rag.grounding.introduced import introduced
from rag.grounding.named import folded, has_name, named_things
from rag.grounding.polarity import NEGATION, marks, role_conflict
from rag.grounding.source import Source, SourceSentence
from rag.grounding.turned import turned
from rag.grounding.word_vectors import Words, words_with_vectors
from rag.text.common_words import weight
from rag.text.names import names
from rag.text.quantities import Quantity, agree, quantities

NAMES = (
    "cover_one", "cover_two", "cover_all", "missed", "number_missing", "number_elsewhere", "number_crossed",
    "name_missing", "name_elsewhere", "name_replaced", "number_near", "number_rival", "name_near", "name_rival",
    "turned", "turned_second", "unsaid", "role", "pieces", "pieces_floor", "piece_worst", "length",
)  # fmt: skip
_BETWEEN = re.compile(r"\W*(?:and|or)?\W*", re.I)  # the numbers of a range or a series: `350M-3B`, `8B, 62B and 540B`
_TELLING = 0.5
_CROSSED = 0.3  # exchanged figures need no more: 0.2% of good paraphrases reach it, 30% of such
_NEAR = 40  # characters around a number that say what it measures


@dataclass(frozen=True, slots=True)
class Signals:
    """A row for the classifier, in the order of `NAMES`; the best sentences; and faults in words, by signal."""

    row: NDArray[np.float32]
    best: tuple[SourceSentence, ...]
    faults: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> float:
        return float(self.row[NAMES.index(name)])

    def tells(self, name: str) -> bool:
        """Whether a signal is strong enough to be a fault by itself."""
        return self[name] >= (_CROSSED if name == "number_crossed" else _TELLING)


def signals(statement: str, source: Source, tokens: TokenVectors) -> Signals:
    """The signals of a statement with its word pieces `(m, 128)`; where it has none, theirs stay neutral."""
    weights = {word: 0.15 + weight(word) for word in stems(statement) if any(char.isalpha() for char in word)}
    best = _best_two(weights, source)
    said = words_with_vectors(statement, tokens)
    numbers = of_numbers(said, source.words)
    named = of_names(said, statement, source.words, source.text)
    suspect = turned(said, statement, source.words, source.marks)
    faults = {"turned": suspect.told, "role": "it turns a comparison round", "unsaid": "it leaves out a “not”"}
    everything = frozenset().union(*(sentence.words for sentence in source.sentences), source.title_words)
    one = frozenset(best[0].words | source.title_words) if best else frozenset()
    two = frozenset().union(*(sentence.words for sentence in best), source.title_words)
    missed = sum(value for word, value in weights.items() if word not in everything)
    row = [
        _covered(weights, one), _covered(weights, two), _covered(weights, everything), min(missed, 4.0) / 4.0,
        *_numbers(statement, source, faults), *_names(statement, source, best, weights, faults),
        numbers.near, numbers.rival, named.near, named.rival,
        suspect.probability, suspect.second, _unsaid(said, statement, best),
        role_conflict(statement, [sentence.text for sentence in best], _own(source)),
        *_pieces(tokens, source.tokens), min(len(weights), 30) / 30,
    ]  # fmt: skip
    return Signals(np.asarray(row, dtype=np.float32), best, {name: why for name, why in faults.items() if why})


def _unsaid(said: Words, statement: str, best: Sequence[SourceSentence]) -> float:
    """Whether the sentence that says most denies something that the statement says, and the statement does not."""
    if not best or marks(statement, said).denying.any():
        return 0.0
    text = best[0].text
    behind = [text[match.end() : match.end() + 40] for match in NEGATION.finditer(text)]
    own = frozenset(stems(statement))
    shares = [len(own & set(scope)) / len(set(scope)) for scope in (stems(part)[:4] for part in behind) if scope]
    return max(shares, default=0.0)


def missing_number(statement: str, source: Source) -> str:
    """Which number of a statement its source has not, in words; empty where it has them all."""
    faults: dict[str, str] = {}
    missing, _, _ = _numbers(statement, source, faults)
    return faults["number_missing"] if missing >= 1.0 else ""


def best_sentences(statement: str, source: Source, count: int = 2) -> tuple[SourceSentence, ...]:
    """The sentences that say most of a statement: the best one, and one that adds to it, if any."""
    weights = {word: 0.15 + weight(word) for word in stems(statement)}
    return _best_two(weights, source)[:count]


def coverage(statement: str, text: str) -> float:
    """The weighted share of a statement's words that `text` has, in [0, 1]."""
    return _covered({word: 0.15 + weight(word) for word in stems(statement)}, frozenset(stems(text)))


def _best_two(weights: dict[str, float], source: Source) -> tuple[SourceSentence, ...]:
    if not source.sentences:
        return ()
    gains = [_covered(weights, sentence.words) - 0.0005 * len(sentence.words) for sentence in source.sentences]
    first = int(np.argmax(gains))
    rest = {word: value for word, value in weights.items() if word not in source.sentences[first].words}
    added = [sum(value for word, value in rest.items() if word in sentence.words) for sentence in source.sentences]
    second = int(np.argmax(added))
    if second == first or added[second] < 0.5:
        return (source.sentences[first],)
    return source.sentences[first], source.sentences[second]


def _covered(weights: dict[str, float], found: frozenset[str]) -> float:
    total = sum(weights.values())
    return sum(value for word, value in weights.items() if word in found) / total if total else 0.0


def _numbers(statement: str, source: Source, faults: dict[str, str]) -> tuple[float, float, float]:
    """Numbers that no source sentence has, that stand there about something else, and two that changed places."""
    missing, elsewhere = 0.0, 0.0
    taken: set[tuple[int, int]] = set()
    for number in quantities(statement):
        if number.spelt and number.value <= 2:
            continue
        places = [
            (sentence, other) for sentence in source.sentences for other in sentence.quantities if agree(number, other)
        ]
        if not places:
            if _in_title(number, source):
                continue
            missing = max(missing, 0.4 if number.spelt else 1.0)
            faults.setdefault("number_missing", f"its source has no {statement[number.start : number.end].strip()}")
            continue
        around = _around(statement, number)
        free = [(s, other) for s, other in places if number.spelt or (s.start, other.start) not in taken]
        met, taker = max(
            ((_context(around, s, other), (s.start, other.start)) for s, other in free), default=(0.0, (-1, -1))
        )
        taken.add(taker)
        met = met if around or not free else 1.0
        if 1.0 - met > elsewhere:
            elsewhere = 1.0 - met
            faults["number_elsewhere"] = (
                f"in its source {statement[number.start : number.end].strip()} measures something else"
            )
    crossed = _crossed(statement, source)
    if crossed:
        faults["number_crossed"] = "two of its figures have changed places"
    return missing, elsewhere, crossed


def _crossed(statement: str, source: Source) -> float:
    """How much better two figures of a statement fit the surroundings of each other in some source sentence."""
    said = [number for number in quantities(statement) if not number.spelt]
    near = [_beside(statement, number, said) for number in said]
    worst = 0.0
    for sentence in source.sentences:
        places = [next((o for o in sentence.quantities if agree(number, o)), None) for number in said]
        around = [_beside(sentence.text, place, sentence.quantities) if place else None for place in places]
        for i in range(len(said)):
            for j in range(i):
                one, other = around[i], around[j]
                if one is None or other is None or said[i].value == said[j].value:
                    continue
                if _side_by_side(sentence.text, places[i], places[j]):
                    continue
                straight = _share(near[i], one) + _share(near[j], other)
                turned_round = _share(near[i], other) + _share(near[j], one)
                worst = max(worst, (turned_round - straight) / 2)
    return worst


def _side_by_side(text: str, one: Quantity | None, other: Quantity | None) -> bool:
    """Whether two numbers of a text stand side by side, so that what is around one is around the other."""
    if one is None or other is None:
        return False
    first, last = sorted((one, other), key=lambda number: number.start)
    return bool(_BETWEEN.fullmatch(text[first.end : last.start]))


def _beside(text: str, number: Quantity, others: Sequence[Quantity]) -> frozenset[str]:
    """The stems between a number and its neighbours among the numbers, or the next comma."""
    low = max((other.end for other in others if other.end <= number.start), default=0)
    high = min((other.start for other in others if other.start >= number.end), default=len(text))
    left = re.split(r"[,;(]", text[low : number.start])[-1][-_NEAR:]
    right = re.split(r"[,;)]", text[number.end : high])[0][:_NEAR]
    return frozenset(stems(f"{left} {right}"))


def _share(said: frozenset[str], told: frozenset[str]) -> float:
    total = sum(0.15 + weight(word) for word in said)
    return sum(0.15 + weight(word) for word in said & told) / total if total else 0.0


def _in_title(number: Quantity, source: Source) -> bool:
    return any(agree(number, other) for other in quantities(source.text))


def _around(text: str, number: Quantity) -> dict[str, float]:
    """The words near a number, nearer ones heavier."""
    left, right = text[max(0, number.start - _NEAR) : number.start], text[number.end : number.end + _NEAR]
    found = {word: 0.15 + weight(word) for word in stems(left.partition(" ")[2] if len(left) == _NEAR else left)}
    found |= {word: 0.15 + weight(word) for word in stems(right.rpartition(" ")[0] if len(right) == _NEAR else right)}
    return {word: value for word, value in found.items() if any(char.isalpha() for char in word)}


def _context(around: dict[str, float], sentence: SourceSentence, other: Quantity) -> float:
    """How far the words near a number stand near it in the source (in full) or in its sentence (in part)."""
    near = frozenset(_around(sentence.text, other))
    total = sum(around.values())
    met = sum(v * (1.0 if word in near else 0.6 if word in sentence.words else 0.0) for word, v in around.items())
    return met / total if total else 1.0


def _names(
    statement: str,
    source: Source,
    best: Sequence[SourceSentence],
    weights: dict[str, float],
    faults: dict[str, str],
) -> tuple[float, float, float]:
    """Names that the source has not; that it has, but not where it says the rest; that stand for another there."""
    wanted = named_things(statement)
    if not wanted:
        return 0.0, 0.0, 0.0
    whole = folded(source.text)
    titles = " ".join(dict.fromkeys(sentence.passage.title for sentence in source.sentences))
    near = folded(" ".join([titles, *(sentence.text for sentence in best)]))
    missing = [name for name in wanted if not has_name(whole, name)]
    away = [name for name in wanted if name not in missing and not has_name(near, name)]
    said = folded(statement)
    theirs = [name for sentence in best for name in named_things(sentence.text)]
    short = tuple(f"{folded(name)} " for name in wanted)  # "Llama-3" says `Llama-3-8B`
    unsaid = [
        name
        for name in dict.fromkeys(theirs)
        if not has_name(said, name) and not has_name(folded(titles), name) and not folded(name).startswith(short)
    ]
    apart = max((_apart(name, source, weights) for name in wanted if name not in missing), default=0.0)
    if missing:
        faults["name_missing"] = f"its source does not mention {missing[0]}"
    if away:
        faults["name_elsewhere"] = f"its source mentions {away[0]} elsewhere"
    replaced = apart * bool(unsaid)
    if replaced and unsaid:
        faults["name_replaced"] = f"its source says this of {unsaid[0]}"
    return min(1.0, len(missing) / 2 + 0.5 * bool(missing)), apart, replaced


def _apart(name: str, source: Source, weights: dict[str, float]) -> float:
    """How much less the sentences with a name say of the statement than the sentence that says most."""
    if folded(name) in introduced(source.text):
        return 0.0  # what the paper calls its own is what all of it is about
    own = frozenset(stems(name))
    rest = {word: value for word, value in weights.items() if word not in own}
    covers = [(_covered(rest, s.words | source.title_words), has_name(folded(s.text), name)) for s in source.sentences]
    most = max((cover for cover, _ in covers), default=0.0)
    title = folded(" ".join(dict.fromkeys(sentence.passage.title for sentence in source.sentences)))
    if has_name(title, name) or most <= 0.0:
        return 0.0
    return max(0.0, most - max((cover for cover, named in covers if named), default=0.0)) / most


def _own(source: Source) -> frozenset[str]:
    """The stems of what the cited papers call their own: names before the colon of their titles."""
    titles = dict.fromkeys(sentence.passage.title for sentence in source.sentences)
    own = [word for title in titles if ":" in title for word in stems(title.partition(":")[0])]
    for title in titles:
        own += [form for name in names(title) for form in stems(name)]
    return frozenset(word for word in own if weight(word) > 0.75)


def _pieces(claim: TokenVectors, source: TokenVectors) -> tuple[float, float, float]:
    """Mean, weakest quarter and weakest tenth of the best cosines of the claim's word pieces (MaxSim)."""
    if not len(claim.vectors) or not len(source.vectors):
        return 0.7, 0.5, 0.4
    met = np.sort((claim.vectors @ source.vectors.T).max(axis=1))
    return float(met.mean()), float(met[: max(1, len(met) // 4)].mean()), float(met[: max(1, len(met) // 10)].mean())
