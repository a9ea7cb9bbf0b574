"""A run as one page that works from disk, as Markdown, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from eval.compare import outcome
from eval.metrics import METRICS, Result, results, sliced
from eval.metrics.expense import percentile
from eval.metrics.facts import all_vital
from eval.records import Record
from eval.report.charts import bars, curve, histogram

_BINS = 8


def as_json(records: Sequence[Record], header: Mapping[str, Any]) -> str:
    """The header, all results, and the results by kind and language."""
    found = {
        "run": dict(header),
        "results": [_plain(r) for r in results(records)],
        "by_kind": {kind: [_plain(r) for r in rows] for kind, rows in sliced(records, "kind").items()},
        "by_language": {lang: [_plain(r) for r in rows] for lang, rows in sliced(records, "lang").items()},
        "outcomes": dict(Counter(map(fate, records))),
    }
    return json.dumps(found, indent=1, default=str) + "\n"


def as_markdown(records: Sequence[Record], header: Mapping[str, Any]) -> str:
    """The same figures as tables."""
    lines = [f"# {header.get('dataset', 'run')}: {len(records)} questions", "", _subtitle(header), ""]
    lines += ["| metric | mean | 95% interval | n | undefined |", "|---|---|---|---|---|"]
    lines += [f"| {r.name} | {mean(r)} | {span(r)} | {r.denominator} | {r.undefined} |" for r in results(records)]
    lines += ["", "| outcome | questions |", "|---|---|"]
    lines += [f"| {name} | {count} |" for name, count in Counter(map(fate, records)).most_common()]
    return "\n".join(lines) + "\n"


def as_html(
    records: Sequence[Record], header: Mapping[str, Any], others: Mapping[str, Sequence[Record]] | None = None
) -> str:
    """One self-contained page; `others` are records of systems that stand beside this one."""
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    whole = results(records)
    names = [r.name for r in whole if r.headline]
    beside = _in_common({"this run": records, **others}) if others else {}
    return environment.get_template("page.html.j2").render(
        title=f"{header.get('dataset', 'run')}, {header.get('engine', '')}",
        subtitle=_subtitle(header),
        without=sum(bool(record.answer.degraded) for record in records),
        headline=[_row(r) for r in whole if r.headline],
        results=[_row(r) for r in whole],
        bars=bars(_by_kind(records)),
        calibration=curve(calibration(records), "confidence", "right", diagonal=True, dots=True),
        calibration_error=_shown(calibration_error(records)),
        risk=curve(risk_coverage(records), "coverage", "wrong"),
        latency=histogram([record.seconds for record in records], "seconds"),
        p50=f"{percentile(records, 0.5):.3f} s",
        p95=f"{percentile(records, 0.95):.3f} s",
        confusion=[
            (name, count, f"{count / len(records):.1%}") for name, count in Counter(map(fate, records)).most_common()
        ],
        common=len(beside.get("this run", ())),
        row_names=names,
        rows=[(name, [mean(r) for r in results(rows) if r.name in names]) for name, rows in beside.items()],
        questions=[_question(record) for record in records],
    )


def fate(record: Record) -> str:
    """What became of a question, and where it went wrong."""
    found = outcome(record)
    if found == "wrongly answered":
        return "should have abstained"
    if any(claim.verdict == "unsupported" for claim in record.answer.claims):
        return "unsupported"
    if found != "wrong":
        return found
    cited = set(record.answer.papers) & set(record.question.gold)
    return "right paper, wrong sentence" if cited else "wrong paper"


def calibration(records: Sequence[Record]) -> list[tuple[float, float]]:
    """(mean confidence, share right) of about equally filled bins of the answers whose truth is known; answers of one
    confidence are in one bin."""
    return [(sum(c for c, _ in g) / len(g), sum(r for _, r in g) / len(g)) for g in _bins(records)]


def calibration_error(records: Sequence[Record]) -> float | None:
    """How far confidence lies from the share right, over these bins (ECE; Naeini et al., 2015), in [0, 1]."""
    groups = _bins(records)
    total = sum(map(len, groups))
    return sum(abs(sum(c - r for c, r in g)) for g in groups) / total if total else None


def risk_coverage(records: Sequence[Record]) -> list[tuple[float, float]]:
    """(coverage, risk): the share of wrong answers among the most confident share of the questions (Geifman &
    El-Yaniv, 2017); a point for each confidence that there is."""
    known = sorted(_known(records), key=lambda pair: -pair[0])
    points, wrong = [], 0.0
    for place, (confidence, right) in enumerate(known, start=1):
        wrong += 1.0 - right
        if place == len(known) or known[place][0] != confidence:
            points.append((place / len(known), wrong / place))
    return points


def _known(records: Sequence[Record]) -> list[tuple[float, float]]:
    """Confidence, and 1 for right or 0 for wrong, of the answers for which something tells."""
    return [(r.answer.confidence, right) for r in records if (right := _right(r)) is not None]


def _bins(records: Sequence[Record]) -> list[list[tuple[float, float]]]:
    known = sorted(_known(records), key=lambda pair: pair[0])
    size = max(1, len(known) // _BINS)
    groups: list[list[tuple[float, float]]] = []
    for pair in known:
        if not groups or (len(groups[-1]) >= size and groups[-1][-1][0] != pair[0]):
            groups.append([])
        groups[-1].append(pair)
    return groups


def _in_common(runs: Mapping[str, Sequence[Record]]) -> dict[str, list[Record]]:
    """Of each run the questions that all of them asked."""
    asked = set.intersection(*({record.question.id for record in records} for records in runs.values()))
    return {name: [record for record in records if record.question.id in asked] for name, records in runs.items()}


def mean(found: Result) -> str:
    """A mean as it is shown."""
    return _shown(found.mean)


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def span(found: Result) -> str:
    """An interval as it is shown."""
    return "–" if found.low is None else f"{found.low:.3f} to {found.high:.3f}"


def _right(record: Record) -> float | None:
    """1 for a right answer, 0 for a wrong one; None for refusals and where nothing tells."""
    if record.answer.abstained:
        return None
    return 0.0 if not record.question.answerable else all_vital(record)


def _by_kind(records: Sequence[Record]) -> list[tuple[str, float, float, float, int]]:
    rows = []
    for kind, found in sliced(records, "kind").items():
        wanted = {"unanswerable": "abstention: recall", "survey": "survey: F1", "count": "survey: F1"}
        chosen = next(r for r in found if r.name == wanted.get(kind, "facts: all vital"))
        if chosen.mean is not None and chosen.low is not None and chosen.high is not None:
            rows.append((kind, chosen.mean, chosen.low, chosen.high, chosen.denominator))
    return rows


def _plain(found: Result) -> dict[str, Any]:
    return {**asdict(found), "undefined": found.undefined}


def _row(found: Result) -> dict[str, Any]:
    meaning = next(metric.meaning for metric in METRICS if metric.name == found.name)
    return {**_plain(found), "mean_text": mean(found), "interval_text": span(found), "meaning": meaning}


def _subtitle(header: Mapping[str, Any]) -> str:
    parts = [
        f"engine {header.get('engine')}",
        f"dataset {header.get('dataset_hash')}",
        f"index {str(header.get('index_revision', ''))[:12]}",
        f"code {header.get('code_revision') or 'unknown'}",
    ]
    return ", ".join(parts)


def _question(record: Record) -> dict[str, Any]:
    question, answer = record.question, record.answer
    figures = [(m.name, value) for m in METRICS if (value := m.of(record)) is not None and not m.name.startswith("sec")]
    return {
        "question": question.question,
        "kind": question.kind,
        "outcome": fate(record),
        "good": fate(record) in ("right", "rightly refused", "answered"),
        "answer": answer.text,
        "error": record.failed,
        "citations": [_citation(c) for c in answer.citations],
        "unsupported": [claim for claim in answer.claims if claim.verdict == "unsupported"],
        "gold": "; ".join(question.gold),
        "facts": "; ".join(" / ".join(fact.forms) for fact in question.facts),
        "figures": [(name, f"{value:.2f}") for name, value in figures],
    }


def _citation(citation: Any) -> dict[str, Any]:
    start, end = citation.start - citation.passage_start, citation.end - citation.passage_start
    text = citation.passage
    return {
        "n": citation.n,
        "title": citation.title,
        "before": text[:start],
        "quote": text[start:end],
        "after": text[end:],
    }
