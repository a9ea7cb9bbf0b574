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

from rag.text.words import words

_K1, _B = 1.2, 0.75


class LexicalIndex:
    """BM25 over one list of texts."""

    def __init__(self, scorer: Any, size: int) -> None:
        self._scorer = scorer
        self._pointers = np.asarray(scorer.scores["indptr"])
        self.size = size
        self._plain: dict[tuple[str, int], list[str]] = {}

    @classmethod
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """An index over the search words of `texts`."""
        scorer = _new_scorer()
        scorer.index([words(text) for text in texts], show_progress=False)
        return cls(scorer, len(texts))

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """The index saved in `folder` over `size` texts, memory-mapped."""
        import bm25s

        return cls(bm25s.BM25.load(str(folder), mmap=True, show_progress=False), size)

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which is created."""
        self._scorer.save(str(folder), show_progress=False)

    def scores(self, query: Sequence[str]) -> NDArray[np.float32]:
        """The BM25 score of every text, `(size,)`, at least 0, for a query given as search words."""
        known = [word for word in query if word in self._scorer.vocab_dict]
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._scorer.get_scores(known), dtype=np.float32)

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
        if not self._plain:
            for word in filter(str.isalpha, self.vocabulary()):
                self._plain.setdefault((word[0], len(word)), []).append(word)
        return self._plain.get((letter, length), ())

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
