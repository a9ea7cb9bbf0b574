"""`python -m eval.statements`: the checker on twins, pairs of statements of which the text supports one.

The two are alike in all else, and the good one is a free paraphrase: harder than planted faults in digests' sentences.
Those of the split "test" are about invented abstracts. Nothing is trained on either split (`eval/TRIED.md` says why).
Printed with 95% intervals (Wilson): how many of the good ones are marked, and of each kind of bad ones.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from eval.datasets import rows
from eval.metrics.score import wilson
from rag.grounding import check
from rag.types import Passage

GOOD = "good"


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement about an invented abstract; `kind` is what is wrong with it, or "good"."""

    text: str
    kind: str
    title: str
    abstract: str


def twins() -> list[Statement]:
    """Both of each pair of the split "test", the good one first."""
    return [
        Statement(text, kind, row["paper"], row["text"])
        for row in rows("statements")
        if row.get("split") == "test"
        for twin in row["twins"]
        for text, kind in ((twin["good"], GOOD), (twin["bad"], twin["kind"]))
    ]


def marked(statement: Statement) -> bool:
    """Whether the checker that ships marks a statement beside the abstract that it is about."""
    abstract = statement.abstract
    passage = Passage("given", "given", statement.title, abstract, 0, len(abstract), 0)
    claims = check(f"{statement.text.rstrip('.')} [1].", [passage])
    return any(claim.verdict == "unsupported" for claim in claims)


def main() -> None:
    """Print the share marked, by kind."""
    made = twins()
    counts = Counter(statement.kind for statement in made)
    found = Counter(statement.kind for statement in made if marked(statement))
    for kind, n in counts.most_common():
        low, high = wilson(found[kind], n)
        print(f"{kind:10} marked {found[kind] / n:.3f} [{low:.3f}, {high:.3f}] of {n}")


if __name__ == "__main__":
    main()
