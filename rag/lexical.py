"""BM25 over the passages, kept beside the store and always derivable from it.

Lucene's BM25 (k1 = 1.2, b = 0.75) through bm25s, which scores every passage when the index is built and
answers a query by adding up sparse columns: Lù, "BM25S: Orders of magnitude faster lexical search via
eager sparse scoring", 2024. Two fields are indexed apart: a passage with its title, and the title alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.mapped import mapped_array
from rag.text.words import words

_K1, _B = 1.2, 0.75
_LONG = 4096  # postings; of a longer list the best so many are kept apart
_CHAMPIONS = "champions.npy"


class LexicalIndex:
    """BM25 over one list of texts."""

    def __init__(self, scorer: Any, size: int) -> None:
        self._scorer = scorer
        self._pointers = np.asarray(scorer.scores["indptr"])
        self.size = size
        self._plain: dict[tuple[str, int], list[str]] | None = None
        self._champions: dict[int, NDArray[np.int32]] = {}

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """An index over the search words of `texts`, which need not have any."""
        scorer = _new_scorer()
        found = [words(text) for text in texts]
        # bm25s wants one word at least; the empty one, which it adds to each vocabulary, is never asked for.
        scorer.index(found if any(found) else [[""] for _ in found], show_progress=False)
        return cls(scorer, len(texts))

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """The index saved in `folder` over `size` texts, memory-mapped."""
        import bm25s

        scorer = bm25s.BM25.load(str(folder), mmap=True, show_progress=False)
        # As plain arrays, which stay mapped (see `mapped_array`).
        arrays = {name: np.asarray(values) for name, values in scorer.scores.items() if isinstance(values, np.ndarray)}
        scorer.scores = {**scorer.scores, **arrays}
        index = cls(scorer, size)
        if (folder / _CHAMPIONS).exists():
            index._set_champions(mapped_array(folder / _CHAMPIONS))
        return index

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which is created."""
        self._scorer.save(str(folder), show_progress=False)
        if self.size > _LONG:
            np.save(folder / _CHAMPIONS, self._long_lists())

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of every text, `(size,)`, at least 0, for a query given as search words."""
        total = np.zeros(self.size, dtype=np.float32)
        for column in self._columns(query):
            start, end = int(self._pointers[column]), int(self._pointers[column + 1])
            # No text stands twice in a column, so that this adds as `np.add.at` would, in a tenth of the time.
            total[self._scorer.scores["indices"][start:end]] += self._scorer.scores["data"][start:end]
        return total

    def best(self, query: Sequence[str], count: int) -> NDArray[np.int32]:
        """The positions of about the `count` texts with the highest scores, in order of position.

        Of a word's postings at most 4,096 are looked at, those with its highest scores ("champion lists": Manning,
        Raghavan and Schütze, 2008, section 7.1.3), so the time does not grow with the corpus.
        """
        found = [self._leading(column) for column in self._columns(query)]
        if not found:
            return np.zeros(0, dtype=np.int32)
        texts, inverse = np.unique(np.concatenate([positions for positions, _ in found]), return_inverse=True)
        if len(texts) > 4 * count:
            sums = np.bincount(inverse, np.concatenate([scores for _, scores in found]))
            texts = np.sort(texts[np.argpartition(-sums, 4 * count)[: 4 * count]])
        if len(texts) > count:
            exact = self.scores_of(query, texts)
            texts = np.sort(texts[np.argpartition(-exact, count)[:count]])
        return np.asarray(texts, dtype=np.int32)

    def scores_of(self, query: Sequence[str], positions: NDArray[np.integer]) -> NDArray[np.float32]:
        """The BM25 scores of the texts at some positions, the same as in `scores`."""
        total = np.zeros(len(positions), dtype=np.float32)
        for column in self._columns(query):
            start, end = int(self._pointers[column]), int(self._pointers[column + 1])
            having = self._scorer.scores["indices"][start:end]
            place = np.minimum(np.searchsorted(having, positions), end - start - 1)
            total += np.where(having[place] == positions, self._scorer.scores["data"][start:end][place], 0.0)
        return total

    def _columns(self, query: Sequence[str]) -> list[int]:
        """The vocabulary numbers of the query's known words that some text has."""
        known = (self._scorer.vocab_dict.get(word) for word in query)
        return [int(c) for c in known if c is not None and self._pointers[c] < self._pointers[c + 1]]

    def _leading(self, column: int) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """Where a word has its highest scores, and those."""
        start, end = int(self._pointers[column]), int(self._pointers[column + 1])
        positions, scores = self._scorer.scores["indices"][start:end], self._scorer.scores["data"][start:end]
        if end - start <= _LONG:
            return positions, scores
        kept = self._champions.get(column)
        if kept is None:
            kept = np.argpartition(-scores, _LONG)[:_LONG].astype(np.int32)
        return positions[kept], scores[kept]

    def _long_lists(self) -> NDArray[np.int32]:
        """`(words, 1 + 4096)`: for each word with more postings its number, and which of them score highest."""
        counts = np.diff(self._pointers)
        scores = self._scorer.scores["data"]
        rows = [
            np.concatenate([[column], np.argpartition(-scores[start : start + count], _LONG)[:_LONG]])
            for column, start, count in zip(range(len(counts)), self._pointers[:-1], counts, strict=True)
            if count > _LONG
        ]
        return np.asarray(rows, dtype=np.int32).reshape(-1, 1 + _LONG)

    def _set_champions(self, rows: NDArray[np.int32]) -> None:
        self._champions = {int(row[0]): row[1:] for row in rows}

    def knows(self, word: str) -> bool:
        """Whether any text has the search word."""
        return word in self._scorer.vocab_dict

    def numbers(self, found: Sequence[str]) -> list[int]:
        """The vocabulary numbers of search words, -1 for those that no text has."""
        vocabulary = self._scorer.vocab_dict
        return [int(vocabulary.get(word, -1)) for word in found]

    def vocabulary(self) -> Sequence[str]:
        """Every search word of the texts."""
        return [word for word in self._scorer.vocab_dict if word]

    def plain_words(self, letter: str, length: int) -> Sequence[str]:
        """The search words of letters only that start with `letter` and have `length` of them."""
        plain = self._plain
        if plain is None:
            plain = {}
            for word in filter(str.isalpha, self.vocabulary()):
                plain.setdefault((word[0], len(word)), []).append(word)
            self._plain = plain  # whole, for others may ask meanwhile
        return plain.get((letter, length), ())

    def postings(self, word: str) -> NDArray[np.int32]:
        """The positions of the texts that have the search word."""
        column = self._scorer.vocab_dict.get(word)
        if column is None:
            return np.zeros(0, dtype=np.int32)
        start, end = self._pointers[column : column + 2]
        return np.asarray(self._scorer.scores["indices"][start:end], dtype=np.int32)

    def document_frequency(self, word: str) -> int:
        """How many texts have the search word."""
        column = self._scorer.vocab_dict.get(word)
        if column is None:
            return 0
        pointers = self._pointers
        return int(pointers[column + 1] - pointers[column])


def _new_scorer() -> Any:
    import bm25s  # imported here: listing papers needs no search

    return bm25s.BM25(k1=_K1, b=_B, method="lucene")
