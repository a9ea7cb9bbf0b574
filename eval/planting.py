"""Good statements in, faulty ones out: one known fault at a time, as models make them.

Shares no code with `rag`: a planter that knew what the checker looks for would only prove that the two agree.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

# What is turned into what; both ways, with the inflections spelt out so that the result stays a sentence.
_OPPOSITES = """
increases decreases|increase decrease|increased decreased|increasing decreasing|raises lowers|raise lower|raised lowered
|reduces increases|reduce increase|reduced increased|reducing increasing|cuts raises|cut raise|cutting raising
|improves worsens|improve worsen|improved worsened|improving worsening|improvement deterioration|improvements losses
|outperforms underperforms|outperform underperform|outperformed underperformed|outperforming underperforming
|surpasses trails|surpass trail|surpassing trailing|beats loses to|beat lose to|beating losing to|exceeds falls below
|higher lower|more fewer|more less|larger smaller|bigger smaller|longer shorter|faster slower|better worse|best worst
|highest lowest|largest smallest|stronger weaker|strong weak|easier harder|cheaper costlier|fewer more|less more
|with without|without with|before after|always never|often rarely|rarely often|frequently seldom|above below|below above
|high low|low high|similar different|same different|consistently inconsistently|effective ineffective
|efficient inefficient|stable unstable|robust fragile|reliable unreliable|accurate inaccurate|helps hurts|help hurt
|enables prevents|enable prevent|allows forbids|allow forbid|allowing preventing|enabling preventing
|preserves destroys|preserve destroy|preserving destroying|keeps loses|keep lose|keeping losing|retains loses
|needs avoids|requires avoids|require avoid|requiring avoiding|avoids requires|avoiding requiring|eliminates introduces
|removes adds|remove add|removing adding|adds removes|adding removing|accelerates slows|accelerate slow|speeds slows
|gains losses|gain loss|rises falls|rise fall|grows shrinks|grow shrink|boosts hurts|boost hurt|mitigates aggravates
|mitigate aggravate|alleviates worsens|alleviate worsen|strengthens weakens|enhances degrades|enhance degrade
|succeeds fails|fails succeeds|fail succeed|can cannot|cannot can|linear quadratic|public private|publicly privately
|open closed|explicit implicit|static dynamic|supervised unsupervised|lossless lossy|positive negative|simple complex
|small large|large small|most least|minimal maximal|outside inside|superior inferior|lags leads|lag lead
|supports contradicts|confirms refutes|confirm refute|sufficient insufficient|necessary unnecessary|sparse dense
"""
_PAIRS: dict[str, str] = {}
for _pair in _OPPOSITES.replace("\n", "").split("|"):
    _word, _, _opposite = _pair.strip().partition(" ")
    if _word:
        _PAIRS.setdefault(_word, _opposite)
_PAIR = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, _PAIRS), key=len, reverse=True))})\b", re.I)
_NUMBER = re.compile(
    r"(?<![\w.\-^:/])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\d:^/]|-\w|[a-jln-su-wyzA-JLN-SU-WYZ]\w*)"
)
_NAME = re.compile(r"(?<![\w-])(?:[A-Z]+[a-z]*[A-Z]\w*|[A-Z]{3,}\w*|[A-Z][a-z]+-?\d[\w.]*)(?:-[A-Z0-9]\w*)*(?![\w-])")
_VERB = re.compile(
    r"\b(?P<be>is|are|was|were|can|does|do|has|have|will|may)\b(?! not)|\b(?P<verb>uses|needs|improves|reduces|shows|"
    r"achieves|reaches|trains|works|relies|supports|covers|requires|learns|keeps|builds|adds|gives|holds)\b"
)


def wrong_number(statement: str, chance: random.Random, others: Sequence[str] = ()) -> str | None:
    """One number changed a little, or to one of `others`; None where there is none to change."""
    found = [match for match in _NUMBER.finditer(statement) if len(match.group()) > 1 or match.group() not in "12"]
    if not found:
        return None
    match = chance.choice(found)
    rivals = [other for other in others if other != match.group()]
    changed = chance.choice(rivals) if rivals and chance.random() < 0.25 else _changed(match.group(), chance)
    return statement[: match.start()] + changed + statement[match.end() :]


def _changed(number: str, chance: random.Random) -> str:
    digits = number.replace(",", "")
    places = len(digits.partition(".")[2])
    step = max(1, round(float(digits) * 10**places * chance.choice([0.1, 0.2, 0.35])))
    value = (round(float(digits) * 10**places) + chance.choice([-1, 1]) * step) / 10**places
    value = value if value > 0 else float(digits) + 3 / 10**places
    return f"{value:,.{places}f}" if "," in number else f"{value:.{places}f}"


def exchanged(statement: str, chance: random.Random) -> str | None:
    """Two of its numbers in each other's place; None where there are not two."""
    found = list(_NUMBER.finditer(statement))
    pairs = [(a, b) for a in found for b in found if a.start() < b.start() and a.group() != b.group()]
    if not pairs:
        return None
    a, b = chance.choice(pairs)
    between = statement[a.end() : b.start()]
    return f"{statement[: a.start()]}{b.group()}{between}{a.group()}{statement[b.end() :]}"


def flipped(statement: str, chance: random.Random) -> str | None:
    """A direction, comparison or negation turned round; None where nothing in it points anywhere."""
    found = [match for match in _PAIR.finditer(statement) if not _fixed(statement, match)]
    if found and chance.random() < 0.85:
        match = chance.choice(found)
        word = _PAIRS[match.group().casefold()]
        word = word.capitalize() if match.group()[0].isupper() else word
        return statement[: match.start()] + word + statement[match.end() :]
    return denied(statement)


def _fixed(statement: str, match: re.Match[str]) -> bool:
    """Words that are part of a term: `large language model`, `open-source`, `in-context`."""
    behind, ahead = statement[match.end() :], statement[: match.start()]
    word = match.group().casefold()
    if behind.startswith("-") or ahead.endswith("-") or (word in ("with", "more", "can") and behind.startswith(" no")):
        return True
    term = r" (?:language|vision|multimodal|scale|models?\b|as\b|than\b$|shot|rank|precision|resolution|bit|respect)"
    return word in ("large", "small", "low", "high", "with", "same") and bool(re.match(term, behind))


def denied(statement: str) -> str | None:
    """A "not" put in; None where there is no verb to deny."""
    match = _VERB.search(statement)
    if match is None:
        return None
    if match.group("be"):
        return f"{statement[: match.end()]} not{statement[match.end() :]}"
    verb = match.group("verb")
    bare = verb[:-2] if verb.endswith(("ches", "shes", "sses")) else verb[:-1]
    return f"{statement[: match.start()]}does not {bare}{statement[match.end() :]}"


def renamed(statement: str, chance: random.Random, rivals: Sequence[str]) -> str | None:
    """A named method, data set or model replaced by one of `rivals`; None where either is missing."""
    found = [match for match in _NAME.finditer(statement) if match.group() not in _ABBREVIATIONS]
    if not found:
        return None
    match = chance.choice(found)
    known = statement.casefold()
    others = [
        rival for rival in rivals if rival.casefold() not in known and match.group().casefold() not in rival.casefold()
    ]
    return statement.replace(match.group(), chance.choice(others)) if others else None


def names_in(text: str) -> list[str]:
    """The names that `renamed` would replace, in order, each once."""
    return [name for name in dict.fromkeys(m.group() for m in _NAME.finditer(text)) if name not in _ABBREVIATIONS]


def numbers_in(text: str) -> list[str]:
    """The numbers that `wrong_number` would change, in order, each once."""
    return list(dict.fromkeys(match.group() for match in _NUMBER.finditer(text)))


_ABBREVIATIONS = frozenset(
    """SOTA GitHub LR NLP
    LLM LLMs AI ML NLP RL GPU GPUs CPU CNN VLM VLMs MLLM MLLMs KV RAG SFT RLHF API QA VQA MoE CoT ICL GAN GANs
    VAE MLP OOD ASR TTS LMM LMMs DNN DNNs LM LMs NLP AUC FID BLEU WER mAP
    """.split()
)
