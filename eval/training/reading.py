"""What the reader learns from: questions beside texts that answer them, do not, or contradict what they assume.

`eval/datasets/reading.jsonl` has questions on single papers, each with the numbers of the sentences of the digest and
of the abstract that answer it or contradict it; `eval/datasets/invented.jsonl` has such questions about abstracts of
papers that do not exist. Beside the papers that retrieval finds when its own is left out, a question is one that the
text does not answer; so it is beside its own paper when the answering sentences are cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.datasets import rows
from eval.matching import states
from eval.schema import Question, bundled
from eval.training.fitting import folds
from eval.training.views import View, planned

Kind = Literal["answered", "missing", "false", "other"]
_HELD_OUT = 8  # one fold of so many is for choosing when to stop, and for all that is built on the reader
_KEPT = "kept-"  # ids of questions about no paper, all of which are held out
_INVENTED = "invented-"  # groups of invented abstracts, none of which is
_OTHERS = 2  # papers of retrieval that a question is put beside, its own left out


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on one paper; `digest` and `page` number the sentences that answer or contradict it."""

    question: str
    paper: str
    kind: Kind
    digest: tuple[int, ...]
    page: tuple[int, ...]
    split: str

    def sentences(self, view: str) -> tuple[int, ...]:
        """The numbers in the view of this name."""
        return self.digest if view == "digests" else self.page


@dataclass(frozen=True, slots=True)
class Example:
    """A question beside a text. `evidence` numbers sentences; `group` is the title of the paper it is about."""

    question: str
    title: str
    sentences: tuple[str, ...]
    kind: Kind
    evidence: tuple[int, ...] = ()
    group: str = ""

    @property
    def held_out(self) -> bool:
        """Whether it is kept back from training."""
        return held_out(self.group)


def held_out(group: str) -> bool:
    """Whether what is about this paper, or has this id, is kept back from the reader's training."""
    if group.startswith((_KEPT, _INVENTED)):
        return group.startswith(_KEPT)
    return bool(folds([group], _HELD_OUT)[0] == 0)


def asked(split: str) -> list[Asked]:
    """The questions of `reading.jsonl` in one split, "train" or "test"."""
    return [
        Asked(r["question"], r["paper"], r["kind"], tuple(r["digest"]), tuple(r["page"]), r["split"])
        for r in rows("reading")
        if r["split"] == split
    ]


def examples(views: Sequence[View], split: str) -> Iterator[Example]:
    """All examples of a split, in each view."""
    for view in views:
        for question in asked(split):
            yield from _of_paper(view, question)
        for row in bundled(split):
            if row.single or row.kind == "unanswerable":
                yield from _of_question(view, row)


def invented(beside: View) -> Iterator[Example]:
    """The questions about invented abstracts, and the same beside the papers that a view has for them."""
    for row in rows("invented"):
        title, texts, group = row["paper"], tuple(row["sentences"]), _INVENTED + row["paper"]
        for question in row["questions"]:
            yield Example(question["question"], title, texts, question["kind"], tuple(question["says"]), group)
            if question["kind"] != "false":
                yield from _beside(beside, question["question"], question["question"], -1, group)


def _of_paper(view: View, row: Asked) -> Iterator[Example]:
    own = view.positions[row.paper]
    texts = tuple(view.snapshot.sentences(own))
    evidence = tuple(number for number in row.sentences(view.name) if number < len(texts))
    yield Example(row.question, row.paper, texts, row.kind, evidence, row.paper)
    if row.kind != "false":  # what it takes for granted may hold elsewhere
        yield from _beside(view, row.question, row.question, own, row.paper)


def _of_question(view: View, row: Question) -> Iterator[Example]:
    query = planned(row).query
    about = next(iter((*row.gold, *([row.about] if row.about else []))), "")
    if about and about not in view.positions:
        return
    if row.single:
        texts = tuple(view.snapshot.sentences(view.positions[about]))
        evidence = tuple(i for i, text in enumerate(texts) if any(states(text, fact) for fact in row.facts))
        yield Example(row.question, about, texts, "answered", evidence, about)
    elif about:
        kind: Kind = "missing" if row.reason == "missing-detail" else "false"
        yield Example(row.question, about, tuple(view.snapshot.sentences(view.positions[about])), kind, (), about)
    yield from _beside(view, row.question, query, view.positions.get(about, -1), about or row.id)


def _beside(view: View, question: str, query: str, own: int, group: str) -> Iterator[Example]:
    found = [candidate.paper for candidate in view.search.hits(query).candidates]
    for paper in [paper for paper in found if paper != own][:_OTHERS]:
        title, texts = view.snapshot.title(paper), tuple(view.snapshot.sentences(paper))
        yield Example(question, title, texts, "other", (), group)
