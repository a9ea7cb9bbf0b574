"""What a language model is shown: papers under numbers, their passages cut to a budget of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rag.retrieval.retriever import Hits
from rag.snapshot import Snapshot
from rag.text.brackets import unbracketed
from rag.types import Passage

_CHARS_A_TOKEN = 3.6  # of English scientific prose, on the safe side
_MOST_PASSAGES = 4  # of one long paper
_GAP = " […] "


@dataclass(frozen=True, slots=True)
class Shown:
    """A paper under its number, from 1; `passages` in the paper's order, `positions` theirs in the index."""

    number: int
    title: str
    passages: tuple[Passage, ...]
    positions: tuple[int, ...]

    @property
    def text(self) -> str:
        """What the model reads: the passages, a mark where something between them is left out; a paper's own
        `[3]` becomes `(3)`, so that only our numbers stand in brackets."""
        parts: list[str] = []
        for before, passage in zip((None, *self.passages), self.passages, strict=False):
            if before is not None:
                parts.append(" " if passage.index == before.index + 1 else _GAP)
            parts.append(unbracketed(passage.text))
        return "".join(parts)


def evidence(snapshot: Snapshot, searched: Sequence[Hits], papers: int, tokens: int) -> tuple[Shown, ...]:
    """The best `papers` papers of all searches, taken in turns, within about `tokens` tokens."""
    shown: list[Shown] = []
    room = tokens * _CHARS_A_TOKEN
    texts: set[str] = set()
    for best in _in_turns(searched):
        if len(shown) >= papers:
            break
        made = _shown(snapshot, len(shown) + 1, best)
        if not made.passages or made.text in texts:
            continue  # the same text under two titles is one piece of evidence
        room -= len(made.text) + len(made.title)
        if room < 0 and shown:
            break
        texts.add(made.text)
        shown.append(made)
    return tuple(shown)


def _in_turns(searched: Sequence[Hits]) -> list[tuple[int, ...]]:
    """The positions of each paper's best passages: first of each search, second of each, and so on."""
    found: dict[int, tuple[int, ...]] = {}
    for rank in range(max((len(hits.candidates) for hits in searched), default=0)):
        for hits in searched:
            if rank < len(hits.candidates):
                candidate = hits.candidates[rank]
                found.setdefault(candidate.paper, _best_passages(hits, rank))
    return list(found.values())


def _best_passages(hits: Hits, rank: int) -> tuple[int, ...]:
    passages = hits.candidates[rank].passages
    if len(passages) <= _MOST_PASSAGES:
        return passages
    scores = hits.passage_scores(rank)
    kept = sorted(range(len(passages)), key=lambda place: -scores[place])[:_MOST_PASSAGES]
    return tuple(passages[place] for place in sorted(kept))


def _shown(snapshot: Snapshot, number: int, positions: Sequence[int]) -> Shown:
    passages = [(snapshot.passage(position), position) for position in positions]
    kept = [(passage, position) for passage, position in passages if passage.text]
    title = passages[0][0].title if passages else ""
    return Shown(number, title, tuple(p for p, _ in kept), tuple(at for _, at in kept))
