"""Retrieval by paper: computed by ir-measures (MacAvaney et al., ECIR 2022), which wraps trec_eval.

Defined for questions with gold papers whose system tells its ranking. All in [0, 1], higher is better: recall@k,
precision@k, success@k (Manning et al., 2008), MRR (Voorhees, 1999), MAP, and nDCG@10 with the ideal order of the gold
papers (Järvelin & Kekäläinen, 2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from eval.metrics.score import Metric
from eval.records import Record
from rag.errors import FootnoteError

_NAMES = {
    "success@1": "Success@1",
    "success@5": "Success@5",
    "recall@1": "R@1",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "precision@5": "P@5",
    "mrr": "RR",
    "map": "AP",
    "ndcg@10": "nDCG@10",
}


def measured(ranked: Sequence[str], gold: Sequence[str]) -> dict[str, float]:
    """All measures of one ranking of titles, best first, against the gold titles.

    Raises:
        FootnoteError: when ir-measures is not installed.
    """
    return dict(_measured(tuple(ranked), tuple(gold)))


@lru_cache(maxsize=4096)
def _measured(ranked: tuple[str, ...], gold: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
    measures, library = _measures(), _library()
    qrels = [library.Qrel("q", title, 1) for title in gold]
    run = [library.ScoredDoc("q", title, float(len(ranked) - place)) for place, title in enumerate(ranked)]
    if not run:
        return tuple((name, 0.0) for name in measures)
    found = library.calc_aggregate(list(measures.values()), qrels, run)
    return tuple((name, float(found[measure])) for name, measure in measures.items())


def _library() -> Any:
    try:
        import ir_measures
    except ModuleNotFoundError:
        raise FootnoteError("ir-measures is not installed", "run `pip install footnote[eval]`") from None
    return ir_measures


@lru_cache(maxsize=1)
def _measures() -> dict[str, Any]:
    return {name: _library().parse_measure(code) for name, code in _NAMES.items()}


def _metric(name: str) -> Metric:
    def of(record: Record) -> float | None:
        if record.ranked is None or not record.question.gold or record.question.kind in ("survey", "count"):
            return None
        return measured(record.ranked, record.question.gold)[name]

    return Metric(name, of, headline=name in ("success@1", "ndcg@10"))


METRICS = [_metric(name) for name in _NAMES]


def write_trec(records: Sequence[Record], run: Path, qrels: Path) -> None:
    """Write rankings and gold papers in TREC's formats; spaces in titles become `_`, as the formats want."""
    rows, gold = [], []
    for record in records:
        key = record.question.id
        gold += [f"{key} 0 {_key(title)} 1" for title in record.question.gold]
        for place, title in enumerate(record.ranked or ()):
            rows.append(f"{key} Q0 {_key(title)} {place + 1} {1 / (place + 1):.6f} footnote")
    run.write_text("\n".join(rows) + "\n", encoding="utf8")
    qrels.write_text("\n".join(gold) + "\n", encoding="utf8")


def read_trec(run: Path, qrels: Path) -> dict[str, dict[str, float]]:
    """All measures by query, from files in TREC's formats."""
    library = _library()
    judged, ranked = list(library.read_trec_qrels(str(qrels))), list(library.read_trec_run(str(run)))
    found: dict[str, dict[str, float]] = {}
    names = {str(measure): name for name, measure in _measures().items()}
    for value in library.iter_calc(list(_measures().values()), judged, ranked):
        found.setdefault(value.query_id, {})[names[str(value.measure)]] = float(value.value)
    return found


def _key(title: str) -> str:
    return "_".join(title.split())
