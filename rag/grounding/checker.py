"""One statement and what it cites in, a verdict with its reason out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.boosted_trees import grown
from rag.embedding import TokenVectors
from rag.grounding.named import folded, has_name
from rag.grounding.signals import NAMES, Signals, missing_number, signals
from rag.grounding.source import Source, SourceSentence
from rag.text.language import is_english
from rag.text.names import names
from rag.text.quantities import in_english
from rag.types import Verdict

_REASONS = (
    "number_missing", "name_missing", "number_crossed", "turned", "role", "unsaid", "number_elsewhere", "name_replaced",
    "name_elsewhere",
)  # fmt: skip
_GLUED = re.compile(  # where a name or figure meets a script that is written without spaces
    r"(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?=[A-Za-z0-9])|(?<=[A-Za-z])(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A verdict on one statement; `score` is the probability that its source supports it, `best` what says most."""

    verdict: Verdict
    score: float
    reason: str
    best: tuple[SourceSentence, ...]
    signals: Signals | None = None


def checked(statement: str, source: Source, tokens: TokenVectors) -> Checked:
    """Whether `source` supports `statement`, as far as can be told without a model.

    What is not in English is checked for its numbers and names alone, and never called supported.
    """
    if not source.sentences:
        return Checked("unsupported", 0.0, "it cites nothing", ())
    found = signals(statement, source, tokens)
    score = float(grown("grounding", NAMES).probability(found.row[None])[0])
    if not is_english(statement):
        return _foreign(statement, source, found)
    certain = found["turned"] >= 1.0 or found.tells("number_crossed")
    if score >= grown("grounding", NAMES).threshold and not certain:
        return Checked("supported", score, "", found.best, found)
    return Checked("unsupported", score, _reason(found), found.best, found)


def _foreign(statement: str, source: Source, found: Signals) -> Checked:
    """Numbers and names are the same in all languages; nothing else can be compared."""
    statement = _GLUED.sub(" ", statement)
    missing = missing_number(statement, source)
    if missing and missing_number(in_english(statement), source):
        return Checked("unsupported", 0.2, missing, found.best, found)
    text = folded(source.text)
    for name in {part for compound in names(statement) for part in compound.split("-")}:
        if _unmistakable(name) and not has_name(text, name):
            return Checked("unsupported", 0.2, f"its source does not mention {name}", found.best, found)
    return Checked("unchecked", 0.5, "only its numbers and names could be compared", found.best, found)


def _unmistakable(name: str) -> bool:
    """Whether a name is one in any language: `LoRA`, `GPT2`, and not `KI` or a German noun."""
    return len(name) > 2 and name[0].isalpha() and (sum(char.isupper() for char in name) > 1)


def _reason(found: Signals) -> str:
    for name in _REASONS:
        if found.tells(name) and name in found.faults:
            return found.faults[name]
    told = {name: found[name] for name in _REASONS if found[name] > 0 and name in found.faults}
    if told and found["cover_two"] > 0.6:
        return found.faults[max(told, key=lambda name: told[name])]
    return "its source says too little of this"
