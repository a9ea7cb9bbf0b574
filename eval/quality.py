"""How good the answers are, question by question: right paper, facts, refusals, listings, counts.

A figure is (numerator, denominator); what is undefined for a question is None and not counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from eval.matching import states
from eval.schema import Question
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an answer got right. `first` and `among_five` are of retrieval, before any refusal."""

    question: Question
    answer: Answer
    first: bool | None
    among_five: bool | None

    @property
    def facts(self) -> bool | None:
        """Whether all vital facts stand in the answer; a refusal has none; None where no facts are known."""
        vital = [fact for fact in self.question.facts if fact.vital]
        if not vital:
            return None
        text = "" if self.answer.abstained else self.answer.text
        return all(states(text, fact) for fact in vital)

    @property
    def both_sides(self) -> bool | None:
        """For a comparison, whether both papers are cited and all their facts are there."""
        if self.question.kind != "compare":
            return None
        return bool(self.facts) and set(self.question.gold) <= set(self.answer.papers)

    @property
    def refused(self) -> bool | None:
        """For an unanswerable question, whether it was refused."""
        return self.answer.abstained if not self.question.answerable else None

    @property
    def wrongly_refused(self) -> bool | None:
        """For an answerable question, whether it was refused."""
        return self.answer.abstained if self.question.answerable else None

    @property
    def listing_f1(self) -> float | None:
        """For a survey, the F1 of the papers listed, borderline ones left out on both sides."""
        if self.question.kind != "survey":
            return None
        listed = set(self.answer.papers) - set(self.question.borderline)
        gold = set(self.question.gold)
        return 2 * len(listed & gold) / max(len(listed) + len(gold), 1)

    @property
    def count_right(self) -> bool | None:
        """For a count, whether it lies between the gold papers and those with the borderline ones."""
        if self.question.kind != "count":
            return None
        low = len(self.question.gold)
        return low <= len(self.answer.papers) <= low + len(self.question.borderline)


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over `n` questions with the half-width of its 95% interval."""

    mean: float
    n: int

    @property
    def margin(self) -> float:
        """Half the Wilson interval's width: Wilson, JASA 22 (1927)."""
        z = 1.96
        spread = math.sqrt(self.mean * (1 - self.mean) / self.n + z * z / (4 * self.n * self.n))
        return z * spread / (1 + z * z / self.n)

    def __str__(self) -> str:
        return f"{self.mean:.3f} ± {self.margin:.3f} (n={self.n})"


def figure(outcomes: Iterable[Outcome], of: Callable[[Outcome], float | bool | None]) -> Figure | None:
    """The mean of a property over the outcomes for which it is defined."""
    values = [float(value) for outcome in outcomes if (value := of(outcome)) is not None]
    return Figure(sum(values) / len(values), len(values)) if values else None


def table(outcomes: Sequence[Outcome]) -> list[tuple[str, Figure]]:
    """The figures that this project reports, by name."""
    single = [o for o in outcomes if o.question.single]
    rows: list[tuple[str, Figure | None]] = [
        ("right paper first", figure(outcomes, lambda o: o.first)),
        ("right paper among five", figure(outcomes, lambda o: o.among_five)),
        ("all facts, one paper", figure(single, lambda o: o.facts)),
    ]
    for kind in dict.fromkeys(o.question.kind for o in single):
        rows.append(
            (
                f"  all facts, {kind}",
                figure((o for o in single if o.question.kind == kind), lambda o: o.facts),
            )
        )
    rows.append(("both sides of a comparison", figure(outcomes, lambda o: o.both_sides)))
    for survey in ("mentions", "topic"):
        chosen = [o for o in outcomes if o.question.survey == survey]
        rows.append((f"survey F1, {survey}", figure(chosen, lambda o: o.listing_f1)))
        rows.append((f"count within the borderline, {survey}", figure(chosen, lambda o: o.count_right)))
    rows.append(("count within the borderline", figure(outcomes, lambda o: o.count_right)))
    rows.append(("unanswerable refused", figure(outcomes, lambda o: o.refused)))
    for reason in dict.fromkeys(o.question.reason for o in outcomes if o.question.reason):
        chosen = [o for o in outcomes if o.question.reason == reason]
        rows.append((f"  refused, {reason}", figure(chosen, lambda o: o.refused)))
    rows.append(("answerable wrongly refused", figure(outcomes, lambda o: o.wrongly_refused)))
    return [(name, value) for name, value in rows if value is not None]
