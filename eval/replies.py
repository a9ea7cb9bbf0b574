"""Hand-written replies of a model, each sentence labelled: how many bad ones the checker catches, by kind of fault.

`python -m eval.replies` prints the figures. The replies were written from the bundled digests after the checker was
built; nothing was trained on them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from eval.datasets import rows
from rag.corpus import bundled, merge
from rag.grounding import check
from rag.types import Claim, Passage

_GOOD = "good"


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply to a question: sentences with `[n]` markers into `papers` (titles), each with its label."""

    question: str
    papers: tuple[str, ...]
    sentences: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A sentence of a reply with its label, and whether it was marked as bad."""

    text: str
    label: str
    marked: bool
    claims: tuple[Claim, ...]


def recorded() -> list[Reply]:
    """The replies that come with the package."""
    return [
        Reply(row["question"], tuple(row["papers"]), tuple((s["text"], s["label"]) for s in row["sentences"]))
        for row in rows("replies")
    ]


def verdicts(replies: list[Reply]) -> list[Verdict]:
    """Each sentence checked against the digests of the papers that its reply was given.

    A sentence without a marker is caught where it is marked, or where it gets the citation that it lacked.
    """
    texts = {paper.title: paper for paper in merge(bundled())}
    found: list[Verdict] = []
    for reply in replies:
        papers = [texts[title] for title in reply.papers]
        passages = [Passage(p.id, p.id, p.title, p.text, 0, len(p.text), 0) for p in papers]
        for text, label in reply.sentences:
            claims = tuple(check(text, passages))
            marked = any(claim.verdict == "unsupported" for claim in claims)
            if label == "unmarked":
                marked = marked or all(claim.citations for claim in claims)
            found.append(Verdict(text, label, marked, claims))
    return found


def main() -> None:
    """Print the share marked, by label."""
    found = verdicts(recorded())
    counts = Counter(verdict.label for verdict in found)
    caught = Counter(verdict.label for verdict in found if verdict.marked)
    for label in sorted(counts, key=lambda label: (label != _GOOD, label)):
        print(f"{label:12} marked {caught[label]:3} of {counts[label]:3}")
    bad = sum(counts.values()) - counts[_GOOD]
    print(f"{'all bad':12} marked {sum(caught.values()) - caught[_GOOD]:3} of {bad:3}")
    for verdict in found:
        if verdict.marked == (verdict.label == _GOOD):
            reasons = "; ".join(f"{claim.verdict} {claim.score:.2f} {claim.reason}" for claim in verdict.claims)
            print(f"  wrong: {verdict.label}: {verdict.text} ({reasons})")


if __name__ == "__main__":
    main()
