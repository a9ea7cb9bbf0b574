"""Statements that deny what a question takes for granted, as a good answer to a question with a wrong premise does.

"LAME does not update any layer: it adapts the output" corrects "Which layers does LAME update?". The source says what
the method does, and seldom what it does not, so that a check for denials which the source lacks would mark every such
correction. Where nothing else is wrong with the statement, it counts as not checked.
"""

from __future__ import annotations

import re

from rag.grounding.checker import Checked
from rag.grounding.content import stems
from rag.grounding.polarity import NEGATION
from rag.text.common_words import weight

_CLAUSE_END = re.compile(r"[:;,.(]|\b(?:but|since|because|and)\b")
_SCOPE = 8  # words behind a denial that it is about
_SHARED = 0.5  # share of their weight that the question must have
_OTHER_FAULTS = ("number_missing", "name_missing", "number_crossed", "name_replaced", "role")
_TELLING = 0.5
_COVERED = 0.35  # share of the statement's words that its source must have


def denies_premise(statement: str, question: str) -> bool:
    """Whether a statement denies something in the words of the question."""
    asked = frozenset(stems(question))
    for match in NEGATION.finditer(statement):
        clause = _CLAUSE_END.split(statement[match.end() :])[0]
        scope = stems(" ".join(clause.split()[:_SCOPE]))
        total = sum(0.15 + weight(word) for word in scope)
        if total and sum(0.15 + weight(word) for word in scope if word in asked) / total >= _SHARED:
            return True
    return False


def only_denies(found: Checked) -> bool:
    """Whether a denial is all that is wrong with an unsupported statement."""
    signals = found.signals
    if found.verdict != "unsupported" or signals is None or signals["turned"] < _TELLING:
        return False
    return signals["cover_two"] >= _COVERED and all(signals[name] < _TELLING for name in _OTHER_FAULTS)
