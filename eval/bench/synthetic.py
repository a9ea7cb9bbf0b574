"""Papers that do not exist, as many as wanted, with the vocabulary, vectors and word pieces of real ones.

Each is put together from sentences of the bundled digests that are near one another, drawn from a seed: its text are
those sentences, one word in six exchanged for another of the vocabulary, under a title with a name of its own; its
vector is the mean of the sentences' vectors with noise; its word pieces are theirs. So what a search does with it
costs what a real paper costs, and nothing has to be encoded a million times.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.corpus import bundled, merge
from rag.embedding import Embedder, load_embedder
from rag.index import Index, State
from rag.settings import Settings
from rag.snapshot import PackedTokens, pack
from rag.snapshot_writer import write_snapshot
from rag.store import StoredPaper, to_records
from rag.text.sentences import sentences
from rag.token_basis import shortened_tokens
from rag.types import Paper, Passage, Source

_SENTENCES = 4  # a paper
_NEAR = 40  # sentences near the first, from which the others are drawn
_NOISE = 0.015  # a dimension: a cosine of about 0.96 to the paper without it
_EXCHANGED = 1 / 6
_TITLE_PIECES = 8
_BLOCK = 50_000
_SYLLABLES = "ba re ti zu ko da vo te sha gra mu pi fo so va lin dor kes mar nul".split()


@dataclass(frozen=True, slots=True)
class Pool:
    """Real sentences with their unit vectors `(n, d)` and packed word pieces, and the words to exchange."""

    sentences: tuple[str, ...]
    vectors: NDArray[np.float32]
    tokens: tuple[PackedTokens, ...]
    vocabulary: tuple[str, ...]


class Synthetic:
    """`count` papers from a seed; stands in for the store when their snapshot is written."""

    def __init__(self, pool: Pool, count: int, seed: int = 1) -> None:
        self._pool, self._count = pool, count
        dice = np.random.default_rng(seed)
        anchors = dice.integers(0, len(pool.sentences), count)
        near = _neighbours(pool.vectors)
        self._chosen = near[anchors[:, None], dice.integers(0, _NEAR, (count, _SENTENCES))]
        self._chosen[:, 0] = anchors
        self._seed = seed

    def papers(self) -> list[StoredPaper]:
        """All of them, in the order of their ids."""
        dice = np.random.default_rng(self._seed + 1)
        made = []
        for number, chosen in enumerate(self._chosen):
            text = " ".join(self._exchanged(self._pool.sentences[i], dice) for i in chosen)
            title = f"{_name(number)}: {' '.join(self._pool.sentences[chosen[0]].split()[:7]).rstrip('.,;')}"
            paper = Paper(f"{number:08d}", title, text, (Source("synthetic", "/synthetic"),))
            passage = Passage(f"{paper.id}-0", paper.id, title, text, 0, len(text), 0, ("synthetic",))
            records = to_records(paper, [passage])
            made.append(StoredPaper(paper, records[0].content, tuple(records), True))
        return made

    def _exchanged(self, sentence: str, dice: np.random.Generator) -> str:
        parts = sentence.split(" ")
        for place in np.flatnonzero(dice.random(len(parts)) < _EXCHANGED):
            if parts[place].isalpha():
                parts[place] = self._pool.vocabulary[int(dice.integers(len(self._pool.vocabulary)))]
        return " ".join(parts)

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of passages, in the order of `ids`, which must be all of them."""
        assert len(ids) == self._count
        dice = np.random.default_rng(self._seed + 2)
        vectors = np.empty((self._count, self._pool.vectors.shape[1]), dtype=np.float32)
        for start in range(0, self._count, _BLOCK):
            block = self._pool.vectors[self._chosen[start : start + _BLOCK]].mean(axis=1)
            block /= np.linalg.norm(block, axis=1, keepdims=True)
            block += dice.standard_normal(block.shape, dtype=np.float32) * _NOISE
            vectors[start : start + _BLOCK] = block / np.linalg.norm(block, axis=1, keepdims=True)
        return vectors

    def tokens(self, passage_id: str) -> PackedTokens:
        """The word pieces of a passage: some for the title, then those of its sentences."""
        parts = [self._pool.tokens[i] for i in self._chosen[int(passage_id.partition("-")[0])]]
        title = parts[0]
        lead = np.arange(-_TITLE_PIECES - 1, -1, dtype=np.int32)[: len(title.values)]
        spans, reached = [np.column_stack([lead, lead + 1])], 0
        for part in parts:
            spans.append(part.spans + reached)
            reached += int(part.spans[-1, 1]) + 1
        kept = len(lead)
        return PackedTokens(
            np.concatenate([title.values[:kept], *(part.values for part in parts)]),
            np.concatenate([title.scales[:kept], *(part.scales for part in parts)]),
            np.concatenate(spans).astype(np.int32),
        )


def _neighbours(vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """`(n, 40)`: the nearest vectors of each."""
    products = vectors @ vectors.T
    return np.asarray(np.argpartition(-products, _NEAR, axis=1)[:, :_NEAR], dtype=np.int64)


def pool_of(embedder: Embedder, without: Collection[str] = ()) -> Pool:
    """The sentences of the bundled papers, but for those of some titles, encoded."""
    found: list[str] = []
    for paper in merge([paper for paper in bundled() if paper.title not in without]):
        found += [paper.text[start:end] for start, end in sentences(paper.text)]
    vectors, tokens = embedder.encode_with_tokens(found)
    packed = tuple(pack(shortened_tokens(entry.vectors), entry.offsets) for entry in tokens)
    words = tuple(word for sentence in found for word in sentence.split() if word.isalpha())
    return Pool(tuple(found), vectors, packed, words)


def build(settings: Settings, count: int, told: Callable[[str], None] = lambda _: None) -> Path:
    """Make an index of `count` synthetic papers where the settings look for one, in the product's own way from the
    store on; gives its snapshot's folder."""
    embedder = load_embedder(settings.embedder, settings.models_folder, settings.threads)
    told("encoding the sentences")
    made = Synthetic(pool_of(embedder), count)
    told("making the papers")
    papers = made.papers()
    told("writing the snapshot")
    index = Index(settings.index_folder)
    written = write_snapshot(index.snapshots, papers, made, embedder.name, made.tokens)
    index.adopt(written, State(embedder=embedder.name, dimensions=embedder.dimensions))
    return written


def _name(number: int) -> str:
    parts = []
    rest = number
    for _ in range(4):
        rest, digit = divmod(rest, len(_SYLLABLES))
        parts.append(_SYLLABLES[digit])
    return "".join(parts).capitalize() + (str(rest) if rest else "")
