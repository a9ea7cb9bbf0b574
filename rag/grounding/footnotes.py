"""A draft in, numbered citations and claims out: every marker names a citation, by construction."""

from __future__ import annotations

from dataclasses import dataclass

from rag.text.brackets import unbracketed
from rag.types import Citation, Claim
from rag.writing.draft import Draft, DraftSentence, Evidence


@dataclass(frozen=True, slots=True)
class Footnoted:
    """An answer's text with its markers, and what the markers stand for."""

    text: str
    citations: tuple[Citation, ...]
    claims: tuple[Claim, ...]


def footnoted(draft: Draft) -> Footnoted:
    """Number the evidence in order of first use (equal spans share a number) and put the markers in."""
    numbers: dict[tuple[str, int, int], int] = {}
    citations: list[Citation] = []
    claims: list[Claim] = []
    lines: list[str] = [unbracketed(draft.opening)] if draft.opening else []
    for sentence in draft.sentences:
        used = tuple(_number(evidence, numbers, citations) for evidence in sentence.evidence)
        claims.append(_claim(sentence, used))
        referent = f"({sentence.referent}) " if sentence.referent else ""
        marked = unbracketed(sentence.lead + referent) + _marked(sentence.text, used)
        if lines and not sentence.lead:
            lines[-1] += f" {marked}"
        else:
            lines.append(marked)
    return Footnoted("\n\n".join(lines), tuple(citations), tuple(claims))


def _number(evidence: Evidence, numbers: dict[tuple[str, int, int], int], citations: list[Citation]) -> int:
    key = (evidence.passage.paper_id, evidence.start, evidence.end)
    if key not in numbers:
        numbers[key] = len(numbers) + 1
        citations.append(_citation(numbers[key], evidence))
    return numbers[key]


def _citation(n: int, evidence: Evidence) -> Citation:
    passage = evidence.passage
    return Citation(
        n=n,
        title=passage.title,
        passage=passage.text,
        start=evidence.start,
        end=evidence.end,
        score=round(evidence.score, 4),
        sources=passage.sources,
        quote=evidence.quote,
        passage_start=passage.start,
        paper_id=passage.paper_id,
    )


def _claim(sentence: DraftSentence, used: tuple[int, ...]) -> Claim:
    """A sentence that is its own evidence, word for word, is supported; anything else was not checked here."""
    verbatim = any(_folded(sentence.text) in _folded(evidence.quote) for evidence in sentence.evidence)
    score = max((evidence.score for evidence in sentence.evidence), default=0.0)
    return Claim(sentence.text, used, "supported" if verbatim else "unchecked", round(score, 4))


def _folded(text: str) -> str:
    return " ".join(text.split())


def _marked(text: str, used: tuple[int, ...]) -> str:
    """The markers stand before the final full stop, as a footnote in print does not but a reader expects."""
    text = unbracketed(text)
    markers = "".join(f"[{n}]" for n in used)
    if not markers:
        return text
    body, stop = (text[:-1], text[-1]) if text.endswith((".", "!", "?")) else (text, "")
    return f"{body} {markers}{stop}"
