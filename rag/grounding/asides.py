"""What a reply says beside its claims: where a thing stands, what the papers leave open, and words to the reader."""

from __future__ import annotations

import re

from rag.grounding.content import stems

_PAPERS = (
    r"(?<![\w-])(?:passages?|papers?|abstracts?|texts?|sources?|stud(?:y|ies)|excerpts?|evidence|documents?|works?|reports?|"
    r"references?)"
)
_TOLD = (
    r"(?:stated|mentioned|specified|reported|given|discussed|provided|described|covered|compared|comparable|disclosed|"
    r"named)"
)
_TELL = (
    r"(?:say|state|mention|report|specify|give|discuss|compare|provide|describe|indicate|detail|name|explain|support|contain|"
    r"include|address|identify|quantify|list|define|disclose|clarify|cover|spell|break|offer|note|reveal|tell|answer|go)"
)
_NOT = r"(?:do|does|did)(?: not|n['’]t)"
_INCOMPARABLE = r"(?:(?:not|only|hardly|barely) (?:\w+ly )?comparable|cannot be (?:\w+ly )?compared)"
_ABSENCE = re.compile(
    rf"{_PAPERS}\s+(?:\w+\s+){{0,3}}?(?:do(?:es)?|did|is|are)(?: not|n['’]t)|"
    r"\b(?:do|does|did)(?: not|n['’]t) (?:say|state|mention|report|specify|give|discuss|compare|provide|describe|"
    r"indicate|detail)|"
    r"\bno (?:passage|paper|figure|number|information|mention|details?)\b|"
    rf"{_PAPERS}\b[^.;]*?\b(?:but not|(?:say|contain|reveal|tell)s? nothing|lacks?)\b|"
    rf"\bcannot be (?:\w+ly )?(?:answered|determined|found|told|inferred)|\b{_INCOMPARABLE}|"
    rf"\bnot (?:\w+ly )?{_TOLD}\b|\bnone of the {_PAPERS}\b",
    re.I,
)
_LONGEST_ABSENCE = 400
_THESE = rf"(?:^|\b(?:the|this|these|those|its|their) (?:[\w.'’-]+ )?){_PAPERS}"
# A clause that says of the papers themselves what they leave open, up to where another begins
_OPEN = re.compile(
    rf"^(?:(?:while|although|though|however,?|but)\s+)?"
    rf"(?:[^,;:]*?{_THESE} (?:\w+ )?(?:{_NOT} (?:\w+ly )?{_TELL}|(?:say|contain|reveal|tell)s? nothing)|"
    rf"no(?:ne of the)? {_PAPERS}|[^,;:]*?\bnot\b[^,;:]*?\b(?:in|by) (?:the|these|this) (?:\w+ )?{_PAPERS}|"
    rf"[^;:]*?\b{_INCOMPARABLE})\b"
    r".*?(?P<rest>[;:–—]\s|,\s+(?:but|however|though|although|while|only|yet|they|it|and (?:it|they|only))\b|$)",
    re.I | re.S,
)
_AT_LAST = re.compile(
    r"(?:,\s*|\s*;\s*|\s)(?:and|but|though|although|while)\s[^,;]*?"
    rf"(?:\b(?:is|are) not (?:\w+ly )?(?:mentioned|specified|stated|reported|disclosed|given)|"
    rf"{_THESE} {_NOT} {_TELL})\b[^,;]*$",
    re.I,
)
_FIRST = re.compile(r"^(?:while|although|though)\b", re.I)
_ATTRIBUTES = re.compile(
    r"[\W\d]*(?:(?:according to|as \w+(?: \w+)? (?:in|by)|based on|following|per|in|from|see|while|whereas|but|both|"
    r"similarly|however)\b\W*)*"
    rf"(?:the )?(?:(?:authors?|{_PAPERS}|methods?|results?) (?:of|in|from|behind)\W*)?(?:the )?(?:{_PAPERS})?\s*",
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


def says_absence(statement: str) -> bool:
    """Whether a statement says what the papers do not say, which no span can support."""
    return len(statement) <= _LONGEST_ABSENCE and bool(_ABSENCE.search(statement))


def without_absence(statement: str) -> str:
    """A statement without the clause, first or last, in which it says what the papers leave open ("The passage gives no
    figure, but …"); empty where that is all."""
    statement = _AT_LAST.sub("", statement)
    found = _OPEN.match(statement)
    if found is None:
        return statement
    rest = statement[found.start("rest") :]
    if _FIRST.match(statement) and not rest:
        rest = statement.partition(",")[2]  # "While the passage does not say why, …"
    return rest.lstrip(" ,;:–—") if len(stems(rest)) > 1 else ""


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
