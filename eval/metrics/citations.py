"""Citations, sentence by sentence, after ALCE (Gao et al., EMNLP 2023). Refusals are left out.

A sentence is supported by quotes where they have three fifths of its content words and all of its numbers: a rule that
needs no model, and that is not the checker's. All figures are in [0, 1].
"""

from __future__ import annotations

from collections.abc import Sequence

from eval.evidence import coverage, figure_met, figures
from eval.markers import Sentence, sentences
from eval.metrics.score import Metric, share
from eval.records import Record
from rag.types import Citation

_ENOUGH = 0.6


def valid_markers(record: Record) -> float | None:
    """The share of markers that name a citation of the answer."""
    known = {citation.n for citation in record.answer.citations}
    return share([float(n in known) for sentence in _of(record) for n in sentence.cited])


def covered(record: Record) -> float | None:
    """The share of sentences with at least one marker that names a citation."""
    known = {citation.n for citation in record.answer.citations}
    return share([float(any(n in known for n in sentence.cited)) for sentence in _claims(record)])


def support_recall(record: Record) -> float | None:
    """The share of sentences that the passages they cite, taken together, support; one without citation is not."""
    by = {citation.n: citation for citation in record.answer.citations}
    return share([float(supported(s.text, _passages(s, by))) for s in _claims(record)])


def support_precision(record: Record) -> float | None:
    """The share of citations that support their sentence alone, or without which it loses its support; a marker that
    names nothing is wrong."""
    by = {citation.n: _source(citation) for citation in record.answer.citations}
    values: list[float] = []
    for sentence in _of(record):
        cited = list(dict.fromkeys(sentence.cited))
        for n in cited:
            others = [by[other] for other in cited if other != n and other in by]
            values.append(float(n in by and _needed(sentence.text, by[n], others)))
    return share(values)


def best_source(record: Record) -> float | None:
    """The share of sentences whose best source among the answer's passages is one that they cite."""
    by = {citation.n: citation for citation in record.answer.citations}
    values: list[float] = []
    for sentence in _claims(record):
        cited = [by[n] for n in sentence.cited if n in by]
        if cited:
            best = max(_cover(sentence.text, citation) for citation in by.values())
            values.append(float(max(_cover(sentence.text, citation) for citation in cited) >= best - 1e-9))
    return share(values)


def paper_precision(record: Record) -> float | None:
    """The share of cited papers that are gold."""
    papers, gold = _papers(record)
    return len(papers & gold) / len(papers) if papers and gold else None


def paper_recall(record: Record) -> float | None:
    """The share of gold papers that are cited."""
    papers, gold = _papers(record)
    return len(papers & gold) / len(gold) if gold and not record.answer.abstained else None


def paper_f1(record: Record) -> float | None:
    """Harmonic mean of the two; 0 where nothing gold is cited."""
    papers, gold = _papers(record)
    if not gold or record.answer.abstained:
        return None
    return 2 * len(papers & gold) / (len(papers) + len(gold))


def span_correctness(record: Record) -> float | None:
    """The share of citations whose offsets give their quote, word for word, within their passage."""
    return share([float(_exact(citation)) for citation in record.answer.citations])


def supported(text: str, passages: Sequence[str]) -> bool:
    """Whether passages have three fifths of a sentence's content words and all of its numbers."""
    source = " ".join(passages)
    found = coverage(text, source)
    there = figures(source)
    return bool(passages) and (found is None or found >= _ENOUGH) and all(figure_met(f, there) for f in figures(text))


def _needed(text: str, source: str, others: list[str]) -> bool:
    return supported(text, [source]) or (supported(text, [source, *others]) and not supported(text, others))


def _cover(text: str, citation: Citation) -> float:
    return coverage(text, _source(citation)) or 0.0


def _passages(sentence: Sentence, by: dict[int, Citation]) -> list[str]:
    return [_source(by[n]) for n in dict.fromkeys(sentence.cited) if n in by]


def _source(citation: Citation) -> str:
    """What a citation shows: the paper's title and the passage."""
    return f"{citation.title}. {citation.passage}"


def _of(record: Record) -> list[Sentence]:
    return [] if record.answer.abstained else sentences(record.answer.text)


def _claims(record: Record) -> list[Sentence]:
    """Sentences that state something: lines that announce a list do not."""
    return [sentence for sentence in _of(record) if sentence.cited or not sentence.text.endswith(":")]


def _papers(record: Record) -> tuple[set[str], set[str]]:
    gold = set(record.question.gold) if record.question.kind not in ("survey", "count") else set()
    return (set() if record.answer.abstained else set(record.answer.papers)), gold


def _exact(citation: Citation) -> bool:
    start, end = citation.start - citation.passage_start, citation.end - citation.passage_start
    return 0 <= start < end <= len(citation.passage) and citation.passage[start:end] == citation.quote


METRICS = [
    Metric("citations: valid markers", valid_markers),
    Metric("citations: coverage", covered),
    Metric("citations: support recall", support_recall, headline=True),
    Metric("citations: support precision", support_precision),
    Metric("citations: best source", best_source),
    Metric("papers: precision", paper_precision),
    Metric("papers: recall", paper_recall),
    Metric("papers: F1", paper_f1, headline=True),
    Metric("citations: exact spans", span_correctness),
]
