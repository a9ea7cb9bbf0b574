"""Is what the answers say in what they cite? Separate figures, never one blend; refusals are left out.

Each compares an answer's sentence with the passages that it cites, in [0, 1]; the checker's own verdict stands beside.
"""

from __future__ import annotations

from eval.evidence import content, directions, figure_met, figures, named
from eval.markers import sentences
from eval.matching import folded
from eval.metrics.score import Metric
from eval.records import Record


def content_coverage(record: Record) -> float | None:
    """The share of content words that stand in the cited passages or their titles."""
    found = [(len(content(t) & content(s)), len(content(t))) for t, s in _pairs(record)]
    return _ratio(found)


def numbers_kept(record: Record) -> float | None:
    """The share of numbers, with their units, that stand in the cited passages."""
    found = [
        (sum(figure_met(f, figures(source)) for f in figures(text)), len(figures(text)))
        for text, source in _pairs(record)
    ]
    return _ratio(found)


def polarity_kept(record: Record) -> float | None:
    """The share of sentences that deny no more and point no other way than the best-matching source sentence: each
    word that points up or down is compared in number, a "not" weighs as much."""
    found = [(int(not _turned(text, source)), 1) for text, source in _pairs(record)]
    return _ratio(found)


def names_kept(record: Record) -> float | None:
    """The share of named methods, models and data sets that stand in the cited passages or their titles."""
    found = [(sum(_has(source, name) for name in named(text)), len(named(text))) for text, source in _pairs(record)]
    return _ratio(found)


def checker_verdict(record: Record) -> float | None:
    """The share of claims that the grounding checker calls supported, of those that it could check."""
    checked = [c for c in record.answer.claims if c.verdict != "unchecked"]
    return _ratio([(int(c.verdict == "supported"), 1) for c in checked]) if not record.answer.abstained else None


def _pairs(record: Record) -> list[tuple[str, str]]:
    """Sentences with the passages that they cite; those that cite nothing are the citation metrics' business."""
    if record.answer.abstained:
        return []
    by = {citation.n: citation for citation in record.answer.citations}
    found = []
    for sentence in sentences(record.answer.text):
        cited = [by[n] for n in dict.fromkeys(sentence.cited) if n in by]
        if cited:
            found.append((sentence.text, " ".join(f"{c.title}. {c.passage}" for c in cited)))
    return found


def _turned(text: str, source: str) -> bool:
    pieces = [piece.text for piece in sentences(source)]
    best = max(pieces, key=lambda piece: len(content(piece) & content(text)), default="")
    up, down, denied = directions(text)
    source_up, source_down, source_denied = directions(best)
    shared = len(content(best) & content(text)) / max(len(content(text)), 1)
    if shared < 0.4:
        return False
    if denied > source_denied + source_down and denied > 0:
        return True
    return (up > 0 and source_up == 0 and source_down > 0 and down == 0) or (
        down > 0 and source_down == 0 and source_up > 0 and up == 0 and source_denied == 0
    )


def _has(source: str, name: str) -> bool:
    return name in folded(source).replace(" ", "")


def _ratio(found: list[tuple[int, int]]) -> float | None:
    total = sum(count for _, count in found)
    return sum(met for met, _ in found) / total if total else None


METRICS = [
    Metric("grounded: content coverage", content_coverage),
    Metric("grounded: numbers", numbers_kept),
    Metric("grounded: polarity", polarity_kept),
    Metric("grounded: names", names_kept),
    Metric("grounded: checker", checker_verdict, headline=True),
]
