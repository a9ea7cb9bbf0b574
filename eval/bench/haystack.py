"""Retrieval as the haystack grows: the test questions against the bundled papers alone, and among synthetic ones.

python -m eval.bench.haystack COUNT HOME    makes both indexes under HOME; prints one JSON line

The distractors are put together from sentences of those bundled papers that no test question asks for (see
`eval.bench.synthetic`): papers of the same field that do not hold the answers.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.bench.synthetic import Synthetic, pool_of
from eval.metrics.retrieval import measured
from eval.schema import Question
from eval.schema import bundled as bundled_questions
from rag.assistant import Assistant
from rag.embedding import load_embedder
from rag.index import Index, State
from rag.ingest import ingest_bundled
from rag.settings import Settings, load_settings
from rag.snapshot import PackedTokens, Snapshot
from rag.snapshot_writer import write_snapshot
from rag.store import StoredPaper, stored_papers


class Haystack:
    """Real passages from their snapshot and synthetic ones, as what a snapshot is written from."""

    def __init__(self, real: Snapshot, made: Synthetic) -> None:
        self._real, self._made = real, made
        self._places = {identifier: place for place, identifier in enumerate(real.passage_ids())}

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """The vectors of passages, in the order of `ids`."""
        others = iter(self._made.vectors([i for i in ids if i not in self._places]))
        rows = [self._real.vectors[self._places[i]] if i in self._places else next(others) for i in ids]
        return np.asarray(rows, dtype=np.float32)

    def tokens(self, passage_id: str) -> PackedTokens:
        """The word pieces of a passage."""
        place = self._places.get(passage_id)
        return self._made.tokens(passage_id) if place is None else self._real.packed_tokens(place)


def build(real: Settings, mixed: Settings, count: int) -> None:
    """The bundled papers in one index, the same among `count` synthetic ones in another."""
    ingest_bundled(real)
    index = Index.of(real)
    snapshot = index.snapshot(search=True)
    embedder = load_embedder(real.embedder, real.models_folder, real.threads)
    asked_for = {title for question in bundled_questions("test") for title in question.gold}
    made = Synthetic(pool_of(embedder, asked_for), count)
    papers: list[StoredPaper] = [*stored_papers(index.open_store().records()).values(), *made.papers()]
    papers.sort(key=lambda stored: stored.paper.id)
    both = Haystack(snapshot, made)
    other = Index.of(mixed)
    written = write_snapshot(other.snapshots, papers, both, embedder.name, both.tokens)
    other.adopt(written, State(embedder=embedder.name, dimensions=embedder.dimensions))


def retrieval(settings: Settings, questions: Sequence[Question]) -> dict[str, float]:
    """Means over questions of the measures of the five best papers."""
    assistant = Assistant(settings)
    rows = [
        measured([paper.title for paper in assistant.search(question.question, 5)], question.gold)
        for question in questions
    ]
    return {name: float(np.mean([row[name] for row in rows])) for name in ("success@1", "success@5", "recall@5")}


def main() -> None:
    """Build what is not there, ask, print."""
    count, home = int(sys.argv[1]), Path(sys.argv[2])
    sides = {name: load_settings(home=home / name, offline=True) for name in ("alone", "among")}
    if not (sides["among"].index_folder / "state.json").exists():
        for settings in sides.values():
            settings.home.mkdir(parents=True, exist_ok=True)
        build(sides["alone"], sides["among"], count)
    questions = [question for question in bundled_questions("test") if question.single]
    found = {name: retrieval(settings, questions) for name, settings in sides.items()}
    print(json.dumps({"distractors": count, "questions": len(questions), **found}))


if __name__ == "__main__":
    main()
