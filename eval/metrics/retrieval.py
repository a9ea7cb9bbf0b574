"""Retrieval by paper, with the definitions of trec_eval; a test holds them against it.

Defined for questions with gold papers whose system tells its ranking. All in [0, 1], higher is better: recall@k,
precision@k, success@k (Manning et al., 2008), MRR (Voorhees, 1999), MAP, and nDCG@10 with the ideal order of the gold
papers (Järvelin & Kekäläinen, 2002). MRR and MAP see as much of the ranking as was kept.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log2
from pathlib import Path

from eval.metrics.score import Metric
from eval.records import Record

Hits = Sequence[bool]  # of a ranking, best first: is this one gold?


def measured(ranked: Sequence[str], gold: Sequence[str]) -> dict[str, float]:
    """All measures of one ranking of titles, best first, against the gold titles, of which there is at least one. A
    title that is ranked twice counts where it stands first."""
    wanted = frozenset(gold)
    hits = [title in wanted for title in dict.fromkeys(ranked)]
    return {name: measure(hits, len(wanted)) for name, measure in _MEASURES.items()}


def _success(k: int) -> Callable[[Hits, int], float]:
    return lambda hits, gold: float(any(hits[:k]))


def _recall(k: int) -> Callable[[Hits, int], float]:
    return lambda hits, gold: sum(hits[:k]) / gold


def _reciprocal_rank(hits: Hits, gold: int) -> float:
    return next((1 / place for place, hit in enumerate(hits, start=1) if hit), 0.0)


def _average_precision(hits: Hits, gold: int) -> float:
    return sum(sum(hits[:place]) / place for place, hit in enumerate(hits, start=1) if hit) / gold


def _ndcg(hits: Hits, gold: int, k: int = 10) -> float:
    ideal = sum(1 / log2(place + 1) for place in range(1, min(gold, k) + 1))
    return sum(hit / log2(place + 1) for place, hit in enumerate(hits[:k], start=1)) / ideal


_MEASURES: dict[str, Callable[[Hits, int], float]] = {
    "success@1": _success(1),
    "success@5": _success(5),
    "recall@1": _recall(1),
    "recall@5": _recall(5),
    "recall@10": _recall(10),
    "precision@5": lambda hits, gold: sum(hits[:5]) / 5,
    "mrr": _reciprocal_rank,
    "map": _average_precision,
    "ndcg@10": _ndcg,
}


def _ranked(record: Record) -> bool:
    """Whether these measures are defined for a record."""
    listed = record.question.kind in ("survey", "count")
    return record.ranked is not None and bool(record.question.gold) and not listed


def _metric(name: str) -> Metric:
    def of(record: Record) -> float | None:
        return measured(record.ranked or (), record.question.gold)[name] if _ranked(record) else None

    of.__doc__ = f"{name} of the ranking of papers."
    return Metric(name, of, headline=name in ("success@1", "ndcg@10"))


METRICS = [_metric(name) for name in _MEASURES]


def write_trec(records: Sequence[Record], run: Path, qrels: Path) -> None:
    """Write the rankings that are measured here, and their gold papers, in TREC's formats; blanks in titles and ids
    become `_`, as the formats want. A ranking without any title has a line in `qrels` alone (`trec_eval -c` counts it).
    """
    rows, gold = [], []
    for record in filter(_ranked, records):
        key = _key(record.question.id)
        gold += [f"{key} 0 {_key(title)} 1\n" for title in dict.fromkeys(record.question.gold)]
        for place, title in enumerate(dict.fromkeys(record.ranked or ()), start=1):
            rows.append(f"{key} Q0 {_key(title)} {place} {1 / place:.6f} footnote\n")
    run.write_text("".join(rows), encoding="utf8")
    qrels.write_text("".join(gold), encoding="utf8")


def _key(title: str) -> str:
    return "_".join(title.split())
