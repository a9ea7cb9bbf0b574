"""What a reply says beside its claims: where a thing stands, and words to the reader."""

from __future__ import annotations

import re

from rag.grounding.absence import PAPERS

_ATTRIBUTES = re.compile(
    r"[\W\d]*(?:(?:according to|as \w+(?: \w+)? (?:in|by)|based on|following|per|in|from|see|while|whereas|but|both|"
    r"similarly|however)\b\W*)*"
    rf"(?:the )?(?:(?:authors?|{PAPERS}|methods?|results?) (?:of|in|from|behind)\W*)?(?:the )?(?:{PAPERS})?\s*",
    re.I,
)
_JOINS = re.compile(r"[\s,;&]*(?:and|or)?\s*", re.I)
_TALK = re.compile(
    r"(?:i hope|i['’]m (?:happy|glad)|happy to|let me know|feel free|please (?:let|feel)|would you like|do you want|"
    r"is there anything|i (?:don['’]t|do not) know|i['’]m (?:sorry|unable|not able)|"
    r"i (?:cannot|can['’]t|could not|couldn['’]t)\b|"
    r"if you (?:need|have|would|want|['’]d)|sure\b|certainly\b|of course\b|here(?:['’]s| is| are)\b)",
    re.I,
)
_SOURCES = re.compile(
    r"[\s*_#>-]*(?:sources?|references?|citations?|bibliography|quellen|literatur|références|fuentes|referencias)"
    r"(?:\s+(?:used|cited))?[*_]*\s*(?::|[*_]*\s*$)",
    re.I,
)

_PASSAGE = re.compile(
    r"\b(?:(?:in|per|from|by|as|see) )?passages? \d{1,2}(?:(?:,| and|, and) \d{1,2})*\b(?: (?:says|states)\b)?", re.I
)
_LEAD = re.compile(
    r"^[\s,;:–—\-*•>#]*(?:\d+[.)]\s+)?(?:NOT ANSWERED:\s*|(?i:(?:(?:the|final|short) )*answer(?: is\b|:))\s*)?"
    r"(?:(?:and|but|while|whereas|so)\s+)?"
)


def statement_of(text: str) -> str:
    """The words of a part of a reply without bullets, emphasis and joining words before them, and numbers of passages
    among them."""
    return _LEAD.sub("", _PASSAGE.sub("", text.replace("**", "").replace("__", ""))).strip()


def attributes(words: str) -> bool:
    """Whether words before a marker only say where something stands: "According to", "The authors of", or none."""
    return bool(_ATTRIBUTES.fullmatch(words))


def joins(words: str) -> bool:
    """Whether words between two markers only join these."""
    return bool(_JOINS.fullmatch(words))


def is_talk(statement: str) -> bool:
    """Whether a statement speaks to the reader, and of no paper: "I hope this helps"."""
    return bool(_TALK.match(statement))


def lists_sources(sentence: str) -> bool:
    """Whether a sentence opens a list of the sources, which an answer has anyway."""
    return bool(_SOURCES.match(sentence))
