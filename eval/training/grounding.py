"""The grounding checker's examples: our digests' sentences as paraphrases of the abstracts, and faults planted in them.

A digest says in our words what an abstract says, so its sentences are statements that the abstract supports
without repeating it. A statement with a planted fault is one that it does not support.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval import planting
from eval.training.fitting import folds
from eval.training.trees import Stored, fit_trees, predict, using
from eval.training.views import View
from rag.embedding import TokenVectors
from rag.grounding import turned
from rag.grounding.signals import NAMES, signals
from rag.grounding.source import Source, source_of
from rag.grounding.word_vectors import words_with_vectors
from rag.text.sentences import sentences
from rag.token_basis import shortened_tokens
from rag.types import Passage

FALSE_ALARMS = 0.048  # share of good statements that may be marked, in cross-validation
_CLAUSE = re.compile(r"; |: |, (?:and|but|while|whereas|which) ")
_FLIPS = 8  # tries a sentence
_RIVALS = 4
_FLIP_WEIGHT = 0.5
_SIZE = {"trees": 300, "depth": 5}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement about `paper` (a title), citing `cited` (a title); `fault` is empty for a good one."""

    text: str
    paper: str
    cited: str
    fault: str = ""
    changed: tuple[int, int] = (0, 0)  # where the fault stands


@dataclass(frozen=True, slots=True)
class Read:
    """A statement with the source that it cites and its word pieces."""

    statement: Statement
    source: Source
    tokens: TokenVectors


def statements(digests: View, pages: View, seed: int = 7) -> list[Statement]:
    """Good statements and planted ones, for all papers that both views have."""
    chance = random.Random(seed)
    similar = _similar(pages)
    made: list[Statement] = []
    for title in sorted(digests.positions.keys() & pages.positions.keys()):
        digest = digests.snapshot.paper(digests.positions[title]).text
        abstract = pages.snapshot.paper(pages.positions[title]).text
        if digest == abstract:
            continue
        made += _additions(title, similar[title], digests, chance)
        for text in _texts(digest):
            made.append(Statement(text, title, title))
            made += _planted(text, title, abstract, similar[title], pages, chance)
    return made


def read(made: Sequence[Statement], pages: View) -> list[Read]:
    """Each statement beside what it cites."""
    tokens: dict[str, TokenVectors] = {}
    sources: dict[str, Source] = {}
    for statement in made:
        if statement.text not in tokens:
            encoded = pages.embedder.encode_with_tokens([statement.text])[1][0]
            tokens[statement.text] = TokenVectors(shortened_tokens(encoded.vectors), encoded.offsets)
        if statement.cited not in sources:
            sources[statement.cited] = source_of(_passages(pages, statement.cited), lambda p: _stored(pages, p))
    return [Read(statement, sources[statement.cited], tokens[statement.text]) for statement in made]


@dataclass(frozen=True, slots=True)
class Grown:
    """Trees with their features' names, and what cross-validation said."""

    name: str
    features: tuple[str, ...]
    stored: Stored
    note: str


def train_turned(found: Sequence[Read]) -> tuple[Grown, NDArray[np.int64], list[Stored]]:
    """Which pointing word is turned round: good statements' words against the planted ones.

    Gives the model, each statement's fold, and the model of each fold, trained without its papers.
    """
    fold_of = folds([entry.statement.paper for entry in found])
    tables, truths, owners = [], [], []
    for index, entry in enumerate(found):
        if entry.statement.fault not in ("", "flip"):
            continue
        said = words_with_vectors(entry.statement.text, entry.tokens)
        places, table, _ = turned.rows(said, entry.statement.text, entry.source.words, entry.source.marks)
        changed = entry.statement.changed
        for place, row in zip(places, table, strict=True):
            hit = changed[0] < said.ends[place] and said.starts[place] < changed[1]
            if entry.statement.fault and not hit:
                continue  # a bystander in a turned sentence says nothing new
            tables.append(row)
            truths.append(hit and bool(entry.statement.fault))
            owners.append(index)
    table, truth = np.asarray(tables, dtype=np.float64), np.asarray(truths)
    fold_of_row = fold_of[np.asarray(owners)]
    weights = np.where(truth, (~truth).sum() / max(truth.sum(), 1) / 2, 1.0)
    parts = [
        fit_trees(table[fold_of_row != f], truth[fold_of_row != f], weights[fold_of_row != f], trees=120, depth=4)
        for f in np.unique(fold_of)
    ]
    scores = np.concatenate([predict(parts[f], table[fold_of_row == f]) for f in np.unique(fold_of)])
    ordered = np.concatenate([truth[fold_of_row == f] for f in np.unique(fold_of)])
    cut = np.quantile(scores[~ordered], 0.98)
    note = f"{len(truth)} words; of turned ones found {np.mean(scores[ordered] > cut):.3f} where 0.02 of others are"
    stored = fit_trees(table, truth, weights, trees=120, depth=4)
    return Grown("turned", turned.NAMES, stored, note), fold_of, parts


def train_grounding(found: Sequence[Read], fold_of: NDArray[np.int64], parts: Sequence[Stored]) -> Grown:
    """The probability that a statement is supported, with the threshold that keeps false alarms low."""
    table = np.zeros((len(found), len(NAMES)))
    for fold in np.unique(fold_of):
        with using("turned", parts[fold]):
            for index in np.flatnonzero(fold_of == fold):
                entry = found[int(index)]
                table[index] = signals(entry.statement.text, entry.source, entry.tokens).row
    good = np.asarray([not entry.statement.fault for entry in found])
    flipped = np.asarray([entry.statement.fault == "flip" for entry in found])
    weights = np.where(flipped, _FLIP_WEIGHT, 1.0)  # there are so many of them, and they are the hardest
    weights[good] = weights[~good].sum() / good.sum()
    scores = np.zeros(len(found))
    for fold in np.unique(fold_of):
        rest = fold_of != fold
        scores[~rest] = predict(fit_trees(table[rest], good[rest], weights[rest], **_SIZE), table[~rest])
    certain = table[:, NAMES.index("turned")] >= 1.0
    threshold = float(np.quantile(scores[good & ~certain], FALSE_ALARMS - np.mean(certain[good])))
    stored = fit_trees(table, good, weights, **_SIZE)
    stored["threshold"] = round(threshold, 4)
    return Grown(
        "grounding", NAMES, stored, caught([entry.statement for entry in found], certain | (scores < threshold))
    )


def caught(made: Sequence[Statement], marked: np.ndarray) -> str:
    """How many of each kind were marked, in words."""
    kinds = sorted({statement.fault for statement in made})
    shares = []
    for kind in kinds:
        chosen = [bool(m) for statement, m in zip(made, marked, strict=True) if statement.fault == kind]
        shares.append(f"{kind or 'good'} {np.mean(chosen):.3f} of {len(chosen)}")
    return "marked: " + ", ".join(shares)


def _additions(title: str, similar: Sequence[str], digests: View, chance: random.Random) -> list[Statement]:
    """Plausible things that the paper does not say: what similar papers say of their methods, said of this one's."""
    own = title.partition(":")[0].strip() if ":" in title else "The method"
    found: list[Statement] = []
    for other in similar:
        theirs = other.partition(":")[0].strip() if ":" in other else ""
        texts = _texts(_text(digests, other)) if other in digests.positions else []
        named = [text.replace(theirs, own) for text in texts if theirs and theirs in text]
        plain = [text for text in texts if not planting.names_in(text) and not planting.numbers_in(text)]
        chosen = chance.sample(named, min(1, len(named))) + chance.sample(plain, min(1, len(plain)))
        found += [Statement(text, title, title, "addition") for text in chosen]
    return found


def _texts(digest: str) -> list[str]:
    """The sentences of a digest, and the clauses of long ones: models write shorter sentences than digests do."""
    found: list[str] = []
    for start, end in sentences(digest):
        found.append(digest[start:end])
        clauses = [clause.strip(" .") for clause in _CLAUSE.split(digest[start:end])]
        found += [f"{clause[0].upper()}{clause[1:]}." for clause in clauses if len(clause.split()) >= 4][
            : len(clauses) - 1
        ]
    return found


def _planted(
    text: str, title: str, abstract: str, similar: Sequence[str], pages: View, chance: random.Random
) -> list[Statement]:
    rivals = [name for other in similar for name in planting.names_in(_text(pages, other))]
    own = planting.names_in(abstract)
    made: dict[str, list[str | None]] = {
        "number": [planting.wrong_number(text, chance, planting.numbers_in(abstract))],
        "exchange": [planting.exchanged(text, chance)],
        "flip": [planting.flipped(text, chance) for _ in range(_FLIPS)],
        "denial": [planting.denied(text)],
        "name": [planting.renamed(text, chance, rivals)],
        "own name": [planting.renamed(text, chance, own)],
    }
    found = [
        Statement(other, title, title, kind, _changed(text, other))
        for kind, texts in made.items()
        for other in dict.fromkeys(texts)
        if other and other != text
    ]
    found += [Statement(text, title, other, "citation") for other in similar[:1]]
    found.append(Statement(text, title, chance.choice([t for t in pages.positions if t != title]), "foreign"))
    return found


def _changed(before: str, after: str) -> tuple[int, int]:
    """The part of `after` that `before` has not."""
    start = next((i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), len(before))
    kept = next(
        (i for i, (a, b) in enumerate(zip(reversed(before[start:]), reversed(after[start:]), strict=False)) if a != b),
        0,
    )
    return start, max(start + 1, len(after) - kept)


def _similar(view: View) -> dict[str, list[str]]:
    """For each title the most similar other papers, by the mean of their passages' vectors."""
    snapshot = view.snapshot
    means = np.asarray(
        [
            snapshot.vectors[snapshot.first_passage[i] : snapshot.first_passage[i + 1]].mean(axis=0)
            for i in range(snapshot.paper_count)
        ]
    )
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    alike = means @ means.T
    np.fill_diagonal(alike, -1)
    nearest = np.argsort(-alike, axis=1)[:, :_RIVALS]
    return {snapshot.title(i): [snapshot.title(int(j)) for j in nearest[i]] for i in range(snapshot.paper_count)}


def _positions(view: View, title: str) -> range:
    paper = view.positions[title]
    return range(int(view.snapshot.first_passage[paper]), int(view.snapshot.first_passage[paper + 1]))


def _passages(view: View, title: str) -> list[Passage]:
    return [view.snapshot.passage(position) for position in _positions(view, title)]


def _stored(view: View, passage: Passage) -> TokenVectors:
    stored = view.snapshot.tokens(_positions(view, passage.title)[passage.index])
    return TokenVectors(stored.vectors, stored.spans)


def _text(view: View, title: str) -> str:
    return view.snapshot.paper(view.positions[title]).text
