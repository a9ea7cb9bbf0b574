"""Requests as the questions they are: "summarise COAT pls", "ELI5: COAT" and "tell me about COAT" ask what COAT is."""

from __future__ import annotations

import re

from rag.question.remark import is_name

_PLEASE = r"(?:(?:please|pls|can you|can u|could you|would you|i want you to|just|now|hi|hey|hello)[,!]? )*"
_SUM_UP = re.compile(
    rf"^\W*{_PLEASE}(?:summari[sz]e|sum up|recap|"
    r"(?:(?:give|show|tell|write) (?:me )?|(?:i )?(?:need|want) )?(?:a |an |the )?"
    r"(?:(?:short|brief|quick|one-sentence|one-line|simple) )*(?:summary|abstract|gist|bottom line|"
    r"(?:(?:key|main) )?takeaways?|(?:key|main) (?:points|ideas?|findings?|contributions?)|tl;?dr)"
    r"(?: of| for| from|:)?)"
    r"(?: the (?:paper|abstract)(?: on| about| titled| called| of)?)?\s+(?=[\w$“\"])",
    re.I,
)
_TELL = re.compile(
    rf"^\W*{_PLEASE}(?P<verb>explain|describe|tell me (?:(?:briefly|a bit|something|all|everything) )?about|"
    r"(?:walk|talk) me through|help me (?:to )?understand|remind me of|introduce me to|break down|teach me|"
    r"(?:give|show) me (?:an? )(?:(?:quick|short|brief|rough) )?(?:idea|intro(?:duction)?|explanation|description) "
    r"(?:of|to))(?: (?:to me|about))?(?: the paper(?: on| about| called)?)?\s+(?=[\w“\"])",
    re.I,
)
_MANY_PAPERS = re.compile(r"\b(?:papers|works|studies|articles|literature|research|work)\b", re.I)
_LONGEST = 14  # words of what is to be summed up
_TITLE_FROM = 6  # words behind "explain" from which they are a title rather than a term
_LEANS = re.compile(  # on the turns before: no name of anything
    r"^(?:it|its|this|that|them|these|those|they|their|more|again|both|each|all|your?|me|us|everything|"
    r"something|differently|better|simpler|"
    r"the (?:other|same|first|second|third|fourth|last|next|method|results?|approach|answer))\b",
    re.I,
)
_INNER = re.compile(r"\b(?:of|in|on|for|with|between|behind|and|or|to|how|why|what|when|which|whether)\b", re.I)
_CLAUSE = re.compile(
    r"^(?:how|why|what(?:'s)?|when|where|which|whether|who|is|are|does|do|did|can|could|has|have|was|were)\b", re.I
)
_WHAT_IT_IS = re.compile(r"^what (?!(?:is|are|does|do|did|was|were)\b)(?P<what>.+?) (?:is|are|means?)\W*$", re.I)
_FIVE = (
    r"(?:like|as if|as though) i(?:['’]?m| am| was| were)? (?:(?:a|an|only|just) )?"
    r"(?:five|six|ten|twelve|\d{1,2})(?:[ -]years?[ -]olds?)?"
)
_ELI5 = (
    r"(?<!\bis )(?<!\bon )(?<!\bin )(?<!\bof )(?<!\bfor )(?<!\bthe )(?<!\band )(?<!\babout )eli\W?5"  # also a data set
)
_PLAINLY = (
    rf"(?:{_FIVE}|{_ELI5}|tl;?dr|briefly|simply|in (?:a nutshell|short|brief)|"
    r"in (?:(?:very|really|more) )?(?:simple|simpler|plain|other|easy|easier|everyday|layman['’]?s?|lay|a few|"
    r"your own) (?:terms|words|english|language)|"
    r"in (?:one|a|two|three|a single|a few) (?:short )?sentences?)"
)
_MANNER = re.compile(
    rf"(?:[\s,:;–—-]*(?<![\w-])(?:{_PLAINLY}|for (?:dummies|me)|to me|(?:to|for) a (?:lay(?:man|person)|child|kid)|"
    r"pl(?:ea)?[sz]e?|thanks?(?: you)?|thx|ty)(?: (?:in advance|a lot))?)+\W*$",
    re.I,
)
_OPENED = re.compile(
    rf"^\W*{_PLEASE}(?:dumb (?:it|this) down(?: for me)?|(?:(?:explain|put)(?: it| this)? (?:to me )?)?{_PLAINLY})"
    r"(?:\s*[,:;.–—-]+\s*|\s+)(?=[\w“\"])",
    re.I,
)
_POLITE_END = re.compile(r"(?<=\w)[\s,]+(?:pl(?:ea)?[sz]e?|thanks?(?: you)?|thx|ty)\W*$", re.I)
_NO_QUESTION = re.compile(r"^\W*(?:and |but |so )?(?:more|be|keep it|make it|it|even|a bit|answer)\W*$", re.I)


def as_question(text: str) -> str:
    """The question that a request is; without what it says of the manner of the answer, which is always short and in
    the papers' words. The text itself where nothing would be left."""
    kept = _MANNER.sub("", text)
    if not kept.strip(" ?.!,") or _NO_QUESTION.match(kept):
        return _POLITE_END.sub("", text) or text
    if request := _SUM_UP.match(kept):
        return _what_is(kept[request.end() :]) or kept
    if opened := _OPENED.match(kept):
        return _opened(kept[opened.end() :])
    return _told(kept) or kept


def _opened(rest: str) -> str:
    """What is asked behind "in simple words" and its like."""
    if said := _WHAT_IT_IS.match(rest):
        return f"What is {said['what']}?"
    if _CLAUSE.match(rest) or _TELL.match(rest) or _LEANS.match(rest):
        return as_question(rest)
    return _what_is(rest) or rest


def _told(text: str) -> str:
    """The question that "explain …" or "tell me about …" is, of a name or a term; empty for another."""
    request = _TELL.match(text)
    if request is None:
        return ""
    rest = text[request.end() :].strip(' ?.!"“”')
    if said := _WHAT_IT_IS.match(rest):
        return f"What is {said['what']}?"
    if request["verb"].casefold() != "explain" and not is_name(rest):
        return ""
    if _LEANS.match(rest) or _INNER.search(rest) or len(rest.split()) >= _TITLE_FROM:
        return ""
    return _what_is(rest)


def _what_is(rest: str) -> str:
    said = rest.strip(' ?.!"“”')
    if not said or _MANY_PAPERS.search(said) or len(said.split()) > _LONGEST:
        return ""
    return f"What is {said}?"
