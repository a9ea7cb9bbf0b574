"""What in an answer speaks to the question, rather than of the papers: a yes or no, and what denies its premise.

"LAME does not update any layer: it adapts the output" corrects "Which layers does LAME update?". The source says what
the method does, and seldom what it does not, so that a check for denials which the source lacks would mark every such
correction. Where nothing else is wrong with the statement, it counts as not checked. So does one that is right without
the question's own words that it denies or compares with: "takes 25.8 GB, more than the 24 GB", "uses 4, not 8".
"""

from __future__ import annotations

import re

from rag.grounding.checker import Checked
from rag.grounding.content import stems
from rag.grounding.polarity import NEGATION
from rag.text.common_words import weight
from rag.text.quantities import agree, quantities

_CLAUSE_END = re.compile(r"[:;,.(]|\b(?:but|since|because|and)\b")
_SCOPE = 8  # words behind a denial that it is about, or before it where nothing is behind
_SHARED = 0.5  # share of their weight that the question must have
_OTHER_FAULTS = ("number_missing", "name_missing", "number_crossed", "name_replaced", "role")
_COVERED = 0.35  # share of the statement's words that its source must have
_RIGHT = r"(?:correct|right|so|true|accurate|the case|wrong|false|incorrect|mistaken|inaccurate|untrue)"
_ASSUMED = (
    r"(?:the|your) (?:\w+['’]s )?(?:premise|assumption|question)(?: (?:of|in|behind) (?:the|your|this) question)?"
)
_ANSWERS = (
    r"(?:yes|no|none|not (?:quite|exactly|really|so)|correct|incorrect|on the contrary|actually|in fact)\b",
    r"(?:it|they|this|that) (?:do|does|did|is|are|was|were|can|has|have|will)(?: ?not|n['’]t)?\b(?=\s*[:;,.–—])",
    rf"(?:that|this|it|{_ASSUMED})(?: is|['’]s) (?:\w+ )?{_RIGHT}\b",
    rf"(?:that|this|it|{_ASSUMED}) (?:isn['’]t (?:\w+ )?{_RIGHT}|does not hold|doesn['’]t hold)\b",
    r"contrary to (?:the|what|your)\b[^,;:]*",
    rf"{_ASSUMED} (?:assumes|implies|suggests|presumes|supposes)\b[^,;:]*(?:[,;:] (?:but|however|yet)\b)?",
)
_REMARK = re.compile(rf"^\W*(?:{'|'.join(_ANSWERS)})(?:\s*[:;,.–—]+\s*|\s+-+\s+|\s+(?<=but )|\W*$)", re.I)
_SET_AGAINST = re.compile(
    r"[\s,;:(–—]*\b(?:and |but |which (?:is|are) )?(?:(?:slightly|somewhat|much|far|well|just) )?"
    r"(?:not|rather than|instead of|as opposed to|no|nor|more than|less than|fewer than|greater than|larger than|"
    r"smaller than|higher than|lower than|longer than|shorter than|above|below|beyond|exceed(?:s|ing)|short of)\s+"
    r"(?P<what>[^,;:()–—]{1,60}?)(?=[,;:()–—]|\.?\W*$|\s(?:but|and|it)\b)",
    re.I,
)
_FIGURE = r"[~$]?\d+(?:[.,]\d+)*[\w%]*"
_UP_FROM = re.compile(
    rf"(?P<new>{_FIGURE})(?P<unit>(?: (?!up\b|down\b)[A-Za-z]+){{0,2}}),? (?:up|down|an? \w+) from "
    rf"(?P<old>{_FIGURE})(?:(?P=unit)\b)?"
)
_LEAST_LEFT = 5  # content words that a statement must have without what it denies


def without_remark(statement: str) -> str:
    """A statement without a "No:" or "That is not so;" before it, which speaks of the question; empty where that is
    all."""
    while statement and (remark := _REMARK.match(statement)):
        statement = statement[remark.end() :]
    return statement


def in_order(statement: str) -> str:
    """A statement with "119 FPS, up from 52" as "from 52 to 119 FPS", which is how sources tell it."""
    return _UP_FROM.sub(r"from \g<old> to \g<new>\g<unit>", statement)


def denies_premise(statement: str, question: str) -> bool:
    """Whether a statement denies something in the words of the question."""
    asked = frozenset(stems(question))
    for match in NEGATION.finditer(statement):
        clause = _CLAUSE_END.split(statement[match.end() :])[0]
        scope = stems(" ".join(clause.split()[:_SCOPE]))
        scope = scope or stems(" ".join(statement[: match.start()].split()[-_SCOPE:]))  # "it needs none"
        total = sum(0.15 + weight(word) for word in scope)
        if total and sum(0.15 + weight(word) for word in scope if word in asked) / total >= _SHARED:
            return True
    return False


def only_denies(found: Checked) -> bool:
    """Whether a denial is all that is wrong with an unsupported statement."""
    signals = found.signals
    if found.verdict != "unsupported" or signals is None or not signals.tells("turned"):
        return False
    return signals["cover_two"] >= _COVERED and not any(map(signals.tells, _OTHER_FAULTS))


def without_asked(statement: str, question: str) -> str:
    """A statement without what it denies, or compares its figure with, in the question's words; empty where it does
    nothing like that, or says too little besides."""
    asked, figures = frozenset(stems(question)), quantities(question)

    def cut(match: re.Match[str]) -> str:
        said, own = stems(match["what"]), quantities(match["what"])
        if own:
            theirs = all(any(agree(one, other) for other in figures) for one in own)
        else:
            theirs = bool(said) and sum(word in asked for word in said) / len(said) >= _SHARED
        return "" if theirs else match.group()

    rest = _SET_AGAINST.sub(cut, statement)
    return rest if rest != statement and len(stems(rest)) >= _LEAST_LEFT else ""
