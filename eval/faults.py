"""The harness tests itself: known faults are planted in good answers one at a time, and its figures must move.

Good answers are paraphrases of what they cite. Each fault has its own metric; harmless rewrites (markers in another
order, a thousands separator, `percent` for `%`) must move none.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from eval import planting
from eval.evidence import content
from eval.matching import states
from eval.metrics import citations, facts, groundedness
from eval.metrics.score import interval, wilson
from eval.records import Record
from eval.replies import recorded
from eval.schema import Fact, Question
from rag.corpus import bundled, merge
from rag.embedding import Embedder
from rag.grounding import check
from rag.types import Answer, Citation, Claim, Paper, Passage

Measure = Callable[[Record], float | None]
_MOVED = 0.1  # by which a graded figure must fall
_SEED = 20253
_MARKER = re.compile(r"\[(\d+)\]")
_REFUSAL = "The papers do not answer this."


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault: how it is planted (None where an answer has no place for it), the figures that must fall, and
    `kin`, figures that may fall with them by its nature."""

    name: str
    plant: Callable[[Record, random.Random], Record | None]
    moves: tuple[Measure, ...]
    kin: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class Detection:
    """Of `n` planted faults (or harmless rewrites) the share whose own figure fell, with its 95% interval; and the
    share where a figure of another kind fell as well."""

    name: str
    share: float
    low: float
    high: float
    n: int
    others: float

    def __str__(self) -> str:
        return (
            f"{self.name:34} {self.share:6.3f}  [{self.low:.3f}, {self.high:.3f}]  n={self.n:4}  "
            f"others moved {self.others:.3f}"
        )


def weakest_claim(record: Record) -> float | None:
    """The lowest probability that the checker gives a claim of the answer; 0 where one was found unsupported."""
    if record.answer.abstained or not record.answer.claims:
        return None
    if any(claim.verdict == "unsupported" for claim in record.answer.claims):
        return min(0.3, *(claim.score for claim in record.answer.claims))
    return min(claim.score for claim in record.answer.claims)


def numbers(record: Record) -> float | None:
    """Numbers kept, or what the checker says where they all stand somewhere in the source."""
    kept = groundedness.numbers_kept(record)
    return None if kept is None else min(kept, weakest_claim(record) or 0.0)


def answered_rightly(record: Record) -> float:
    """1 where an answerable question is answered or another one refused, else 0."""
    return float(record.answer.abstained != record.question.answerable)


_RIVALS = ("FlashNova", "GraphMixer-2", "QuantaBERT", "TurboLoRA")
_UNITS = (
    (r"(\d)%", r"\1x"),
    (r"(\d)x\b", r"\1%"),
    (r"(\d) GB\b", r"\1 MB"),
    (r"(\d)M\b", r"\1B"),
    (r"(\d)B\b", r"\1M"),
)


def _changed_number(record: Record, chance: random.Random) -> Record | None:
    return _edited(record, lambda text: planting.wrong_number(text, chance))


def _flipped(record: Record, chance: random.Random) -> Record | None:
    return _edited(record, lambda text: planting.flipped(text, chance))


def _renamed(record: Record, chance: random.Random) -> Record | None:
    return _edited(record, lambda text: planting.renamed(text, chance, _RIVALS))


CONTROLS: tuple[tuple[str, Callable[[str], str]], ...] = (
    ("markers in another order", lambda text: re.sub(r"(\[\d+\])(\[\d+\])", r"\2\1", text)),
    ("percent for %", lambda text: re.sub(r"(?<=\d)%", " percent", text)),
    ("a thousands separator", lambda text: re.sub(r"(?<![\w.,])(\d{1,3})(\d{3})(?![\w.])", r"\1,\2", text)),
    ("times for x", lambda text: re.sub(r"(?<=\d)x(?![A-Za-z])", " times", text)),
)


def good_answers(embedder: Embedder | None = None) -> list[Record]:
    """Answers of two or more papers, each sentence a labelled-good one of a recorded reply: paraphrases of what they
    cite, as people wrote them."""
    texts = {paper.title: paper for paper in merge(bundled())}
    by_paper: dict[str, list[str]] = {}
    for reply in recorded():
        for text, label in reply.sentences:
            if label == "good":
                by_paper.setdefault(reply.papers[int(_MARKER.findall(text)[0]) - 1], []).append(text)
    titles = sorted(by_paper)
    pairs = list(zip(titles, [*titles[1:], titles[0]], strict=True))
    made = [_answer(f"good-{i}", a, b, by_paper, texts, embedder) for i, (a, b) in enumerate(pairs)]
    return [record for record in made if all(claim.verdict != "unsupported" for claim in record.answer.claims)]


def detections(records: Sequence[Record], *, tries: int = 3) -> Iterator[Detection]:
    """What share of each fault is detected, over all answers and a few tries each; the same fault twice counts once."""
    for fault in FAULTS:
        chance = random.Random(_SEED)
        planted = {
            (r.question.id, p.answer.text): (r, p)
            for r in records
            for _ in range(tries)
            if (p := fault.plant(r, chance)) is not None
        }
        moved = [_fell(fault.moves, before, after) for before, after in planted.values()]
        others = [_others_fell(fault, before, after) for before, after in planted.values()]
        yield _detection(fault.name, moved, others, [before.question.id for before, _ in planted.values()])


def false_alarms(records: Sequence[Record]) -> Iterator[Detection]:
    """What share of harmless rewrites moves any figure of any fault."""
    doubled = [_with_text(r, r.answer.text.replace("[1].", "[1][2].", 1)) for r in records]
    for name, rewrite in CONTROLS:
        before = doubled if "order" in name else records
        pairs = [(r, _with_text(r, rewrite(r.answer.text))) for r in before if rewrite(r.answer.text) != r.answer.text]
        moved = [any(_fell(fault.moves, before, after) for fault in FAULTS[:7]) for before, after in pairs]
        if moved:
            yield _detection(name, moved, [False] * len(moved), [before.question.id for before, _ in pairs])


def _fell(measures: Sequence[Measure], before: Record, after: Record) -> bool:
    for measure in measures:
        old, new = measure(before), measure(after)
        if old is not None and (new is None or old - new > min(_MOVED, 0.5 * abs(old) + 1e-9)):
            return True
    return False


def _others_fell(fault: Fault, before: Record, after: Record) -> bool:
    """Whether a figure fell that has nothing to do with the fault."""
    return _fell([measure for measure in _PLAIN if measure not in fault.kin], before, after)


_PLAIN = (groundedness.numbers_kept, groundedness.names_kept, groundedness.polarity_kept, citations.covered)


def _detection(name: str, moved: Sequence[bool], others: Sequence[bool], answers: Sequence[str]) -> Detection:
    """`answers` are the ids of those that were planted in: faults in one answer are drawn together."""
    values = np.asarray(moved, dtype=np.float64)
    if not len(values):
        return Detection(name, 0.0, 0.0, 0.0, 0, 0.0)
    low, high = interval(values, answers)
    if low == high:
        low, high = wilson(round(float(values.mean()) * len(set(answers))), len(set(answers)))
    return Detection(name, float(values.mean()), low, high, len(values), float(np.mean(others)))


def _answer(
    key: str, one: str, other: str, by_paper: dict[str, list[str]], texts: dict[str, Paper], embedder: Embedder | None
) -> Record:
    """An answer from the good sentences on two papers, cited [1] and [2]."""
    first = [_MARKER.sub("[1]", text) for text in dict.fromkeys(by_paper[one])]
    second = [_MARKER.sub("[2]", text) for text in dict.fromkeys(by_paper[other])]
    text = " ".join([*first, *second])
    found = [Fact((number,)) for number in planting.numbers_in(_MARKER.sub("", " ".join(first)))]
    nuggets = tuple(fact for fact in found if states(text, fact))[:3]
    question = Question(key, f"What do {one} and {other} report?", "compare", "test", (one, other), nuggets)
    cited = tuple(_citation(n, texts[title]) for n, title in enumerate((one, other), start=1))
    answer = Answer(question.question, text, cited, (), False, "compare", (one, other), "recorded")
    return _with_text(Record(question, answer), text, embedder)


def _citation(n: int, paper: Paper) -> Citation:
    return Citation(n, paper.title, paper.text, 0, len(paper.text), 1.0, paper.source_names, paper.text, 0, paper.id)


def _with_text(record: Record, text: str, embedder: Embedder | None = None) -> Record:
    """The record with another text, its claims checked anew."""
    passages = [
        Passage(c.paper_id, c.paper_id, c.title, c.passage, 0, len(c.passage), 0) for c in record.answer.citations
    ]
    claims: tuple[Claim, ...] = tuple(check(text, passages, embedder=embedder))
    return replace(record, answer=replace(record.answer, text=text, claims=claims))


def _edited(record: Record, edit: Callable[[str], str | None]) -> Record | None:
    """The first sentence that `edit` changes, changed; markers are kept out of its way."""
    pieces = re.split(r"(?<=\.) (?=[A-Z])", record.answer.text)
    for place, piece in enumerate(pieces):
        markers = "".join(match.group() for match in _MARKER.finditer(piece))
        bare = re.sub(r"\s*\[\d+\]", "", piece)
        changed = edit(bare)
        if changed and changed != bare:
            stop = "." if changed.endswith(".") else ""
            pieces[place] = f"{changed.removesuffix('.')} {markers}{stop}"
            return _with_text(record, " ".join(pieces))
    return None


def _other_unit(record: Record, chance: random.Random) -> Record | None:
    def edit(text: str) -> str | None:
        changed = (re.sub(pattern, unit, text, count=1) for pattern, unit in _UNITS)
        return next((other for other in changed if other != text), None)

    return _edited(record, edit)


def _swapped(record: Record, chance: random.Random) -> Record | None:
    turned = {"[1]": "[2]", "[2]": "[1]"}
    return _with_text(record, _MARKER.sub(lambda match: turned.get(match.group(), match.group()), record.answer.text))


def _uncited(record: Record, chance: random.Random) -> Record | None:
    text = re.sub(r"\s*\[\d+\]", "", record.answer.text, count=1)
    return replace(record, answer=replace(record.answer, text=text))


def _added(record: Record, chance: random.Random) -> Record | None:
    """A sentence of another paper's digest, said as if the first paper had it."""
    foreign = [p for p in _papers() if p.title not in record.answer.papers]
    sentences = re.split(r"(?<=\.) (?=[A-Z])", chance.choice(foreign).text)
    chosen = max(sentences, key=lambda sentence: len(content(sentence)))
    return _with_text(record, f"{record.answer.text} {chosen.rstrip('.')} [1].")


def _papers() -> list[Paper]:
    return merge(bundled())


def _without_nugget(record: Record, chance: random.Random) -> Record | None:
    """Without the sentence that says a fact, where one alone does."""
    pieces = re.split(r"(?<=\.) (?=[A-Z])", record.answer.text)
    for fact in record.question.facts:
        kept = [piece for piece in pieces if not states(piece, fact)]
        if kept and len(kept) == len(pieces) - 1:
            return replace(record, answer=replace(record.answer, text=" ".join(kept)))
    return None


def _unanswerable(record: Record, chance: random.Random) -> Record | None:
    """The same answer to a question that the papers do not answer; before it, the right refusal."""
    question = replace(record.question, kind="unanswerable", gold=(), facts=())
    return replace(record, question=question)


def _refused(record: Record, chance: random.Random) -> Record | None:
    empty = replace(record.answer, text=_REFUSAL, citations=(), claims=(), papers=(), abstained=True)
    return replace(record, answer=empty)


FAULTS: tuple[Fault, ...] = (
    Fault("a number changed a little", _changed_number, (numbers,), (groundedness.numbers_kept,)),
    Fault("a unit changed", _other_unit, (groundedness.numbers_kept, weakest_claim), (groundedness.numbers_kept,)),
    Fault(
        "two citations swapped",
        _swapped,
        (citations.support_recall, citations.best_source, weakest_claim),
        (groundedness.numbers_kept, groundedness.names_kept, groundedness.polarity_kept),
    ),
    Fault("a citation dropped", _uncited, (citations.covered,), (citations.covered,)),
    Fault(
        "an unsupported sentence added",
        _added,
        (weakest_claim, citations.support_recall),
        (groundedness.numbers_kept, groundedness.names_kept),
    ),
    Fault("a direction flipped", _flipped, (groundedness.polarity_kept, weakest_claim), (groundedness.polarity_kept,)),
    Fault(
        "a method replaced by its rival",
        _renamed,
        (groundedness.names_kept, weakest_claim),
        (groundedness.names_kept,),
    ),
    Fault("a nugget removed", _without_nugget, (facts.vital_recall,)),
    Fault("an answer where there should be none", _unanswerable, (answered_rightly,)),
    Fault("a refusal where there is an answer", _refused, (answered_rightly,), _PLAIN),
)
