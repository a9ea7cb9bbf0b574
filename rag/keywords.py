"""The keywords that records give papers, as a snapshot keeps them: each phrase once, with its vector.

Keywords tell what a paper is about in words that its text need not have, so a listing by topic looks at them; they are
never cited.

    keywords/phrases.jsonl  one phrase a row; phrases.npy: where each row starts
    keywords/vectors.npy    (phrases, d) float16, unit length
    keywords/codes.npy      (entries,) int32: the phrases of the papers, paper by paper
    keywords/bounds.npy     (papers + 1,) int64: paper i has the entries bounds[i]:bounds[i + 1]
    keywords/words/         which phrases have which search words
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.lexical import LexicalIndex
from rag.mapped import mapped_array
from rag.rows import Rows
from rag.text.keywords import keywords_in, united
from rag.types import Paper

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
OF_RECORD, BY_MODEL = "keywords", "model_keywords"  # where the metadata of a paper has them
ENOUGH = 8  # keywords of a paper from which they tell what it is about: a record's own few leave too much out
_AT_ONCE = 4096  # phrases encoded at once
_FIELD = "phrase"


def keywords_of(paper: Paper) -> list[str]:
    """The keywords of a paper's record, and behind them those that a model wrote, each once."""
    return keywords_in(united(paper.metadata.get(OF_RECORD, ""), paper.metadata.get(BY_MODEL, "")))


@dataclass(frozen=True, slots=True)
class Keywords:
    """`vectors` is `(phrases, d)`; paper i has the phrases `codes[bounds[i]:bounds[i + 1]]`."""

    phrases: Sequence[Mapping[str, str]]
    vectors: NDArray[np.float16]
    codes: NDArray[np.int32]
    bounds: NDArray[np.int64]
    words: LexicalIndex

    @classmethod
    def of(cls, papers: Sequence[Paper], encode: Encode, older: Keywords | None = None) -> Keywords | None:
        """The keywords of these papers, those encoded that `older` does not have; None where no paper has any."""
        found = [keywords_of(paper) for paper in papers]
        numbers = {phrase: number for number, phrase in enumerate(sorted({one for own in found for one in own}))}
        if not numbers:
            return None
        codes = np.asarray([numbers[phrase] for own in found for phrase in own], dtype=np.int32)
        bounds = np.concatenate([[0], np.cumsum([len(own) for own in found])]).astype(np.int64)
        phrases = [*numbers]
        rows = [{_FIELD: phrase} for phrase in phrases]
        return cls(rows, _encoded(phrases, encode, older), codes, bounds, LexicalIndex.build(phrases))

    def save(self, folder: Path) -> None:
        """Write them into `folder`, which is created."""
        folder.mkdir(parents=True, exist_ok=True)
        Rows.write(folder, "phrases", self.phrases)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name))
        self.words.save(folder / "words")

    @classmethod
    def load(cls, folder: Path) -> Keywords:
        """Those saved in `folder`, memory-mapped."""
        phrases = Rows(folder, "phrases")
        arrays = {name: mapped_array(folder / f"{name}.npy") for name in _ARRAYS}
        return cls(phrases, words=LexicalIndex.load(folder / "words", len(phrases)), **arrays)

    def counts(self, papers: Sequence[int]) -> NDArray[np.int64]:
        """`(papers,)`: how many keywords the papers at these positions have."""
        places = np.asarray(papers, dtype=np.int64)
        return np.asarray(self.bounds[places + 1] - self.bounds[places], dtype=np.int64)

    def entries(self, papers: Sequence[int]) -> NDArray[np.int32]:
        """The phrases of the papers at these positions, one paper after the other."""
        spans = [self.codes[self.bounds[paper] : self.bounds[paper + 1]] for paper in papers]
        return np.concatenate([np.zeros(0, dtype=np.int32), *spans])


_ARRAYS = ("vectors", "codes", "bounds")


def _encoded(phrases: Sequence[str], encode: Encode, older: Keywords | None) -> NDArray[np.float16]:
    known = {row[_FIELD]: place for place, row in enumerate(older.phrases)} if older is not None else {}
    fresh = [phrase for phrase in phrases if phrase not in known]
    made = [encode(fresh[start : start + _AT_ONCE]).astype(np.float16) for start in range(0, len(fresh), _AT_ONCE)]
    width = made[0].shape[1] if made else older.vectors.shape[1] if older is not None else 0
    vectors = np.zeros((len(phrases), width), dtype=np.float16)
    is_known = np.asarray([phrase in known for phrase in phrases])
    if made:
        vectors[~is_known] = np.concatenate(made)
    if older is not None and is_known.any():
        vectors[is_known] = older.vectors[[known[phrase] for phrase in phrases if phrase in known]]
    return vectors
