"""The kind of answer a question asks for, and the traces of each kind in a sentence."""

from __future__ import annotations

import re
from typing import Literal, get_args

AnswerType = Literal["number", "reason", "manner", "name", "list", "link", "verdict", "definition"]

_I = re.I
_ASKS: dict[AnswerType, re.Pattern[str]] = {
    "number": re.compile(
        r"\bhow (?:many|much|large|big|long|often|fast|far|small|high|low|few|little|close|"
        r"deep|good|well|strong|accurate|cheap|quick\w*|expensive)\b"
        r"|\b(?:what|which) (?:\w+ ){0,4}(?:score|accuracy|size|percent\w*|share|fraction|ratio|rate|"
        r"speed-?up|factor|number|"
        r"bleu|fid|f1|wer|map|ap|miou|perplexity|bits?|budget|cost|margin|gain|improvement|reduction|saving|drop|length|"
        r"parameters?|tokens|times|flops|memory|latency|throughput|figures?|percentage|points?|range|amount|context|batch)\b"
        r"|\bby what\b|\bnumber of\b|\bhow\b.*\bcompared? (?:to|with)\b|\b(?:nr|num|pct)\b|"
        r"\bwhat (?:is|was|are) the (?:\w+ ){0,3}(?:accuracy|score|size|speed)"
        r"|wie ?viele?|um wie|combien|quel (?:pourcentage|score|gain)|cu[aá]nt|quant[oaie]|qu[aã]nto|"
        r"сколько|на сколько|во сколько"
        r"|多少|几|どれ(?:くらい|ほど|だけ)|いくつ|何(?:倍|%|パーセント|トークン|億|個|割)|%",
        _I,
    ),
    "reason": re.compile(
        r"\bwhy\b|\breasons?\b|\bwhat (?:causes?|makes?|motivat\w+|explains?|prevents?|limits?)\b|"
        r"\bbecause of what\b|\bhow come\b"
        r"|\bwhat (?:is|was) (?:\w+ ){0,2}(?:problem|issue|weakness|drawback|wrong|difficulty)\b"
        r"|warum|weshalb|wieso|pourquoi|por qu[eêé]|perch[eé]|почему|зачем|为什么|为何|なぜ|どうして",
        _I,
    ),
    "manner": re.compile(
        r"\bhow (?!many|much|large|big|long|often|fast|far|small|high|low|few)\w+|"
        r"\bin what way\b|\bby what means\b|\bwhat (?:mechanism|technique|trick|steps?|strategy)\b"
        r"|\bwie\b(?! viel)|\bcomment\b|\bc[oó]mo\b|\bcome\b|\bкак\b|如何|怎么|どのよう|どうやって",
        _I,
    ),
    "name": re.compile(
        r"\b(?:which|what|who|whose|where)\b|\bcalled\b|\bname of\b|\bwelche\w*|\bquel\w*|\bqu[eé]\b|\bcu[aá]l|"
        r"\bquais?\b|\bqual[ie]?\b|какой|какая|какие|哪|どの|何",
        _I,
    ),
    "list": re.compile(
        r"\b(?:what|which|name|list) (?:are )?(?:the )?(?:two|three|four|five|six|several|both|main|"
        r"different|various|all)\b"
        r"|\b(?:benchmarks|datasets|tasks|components|stages|techniques|steps|factors|modules|kinds|types|parts|languages|domains|strategies|models)\b",
        _I,
    ),
    "link": re.compile(
        r"\b(?:code|github|url|link|repo\w*|released?|open[- ]?source\w*|available|download\w*|website)\b", _I
    ),
    "verdict": re.compile(r"^\W*(?:does|do|is|are|can|could|has|have|did|was|were|will|would|should)\b", _I),
    "definition": re.compile(r"^\W*(?:what (?:is|are|does)|what's|define|explain|tell me about|describe)\b", _I),
}
_SHOWS: dict[AnswerType, re.Pattern[str]] = {
    "number": re.compile(
        r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|half|twice|double|triple|dozen|hundred|thousand|million|billion)\b",
        _I,
    ),
    "reason": re.compile(
        r"\b(?:because|since|due to|owing|caus\w+|leads? to|stem\w*|reason|hence|thus|therefore|so that|result\w* in|"
        r"prevent\w*|"
        r"suffer\w*|fail\w*|limit\w*|lack\w*|however|challenge\w*|problem|difficult\w*|inefficien\w*|hinder\w*|without)\b",
        _I,
    ),
    "manner": re.compile(
        r"\b(?:by|via|through|using|uses?|introduc\w+|propos\w+|appl\w+|learn\w*|first|then|where|combin\w+|replac\w+|"
        r"leverag\w+|employ\w*|consists?|based on|design\w*|allow\w*|enabl\w+)\b",
        _I,
    ),
    "name": re.compile(
        r"\b(?:[A-Z]+[a-z]*[A-Z]\w*|[A-Z]{2,}\w*|\w+-[A-Z]\w*|[A-Z][a-z]+\d\w*)\b|\b(?:called|named|dubbed|termed)\b"
    ),
    "list": re.compile(r",[^,]+,|\band\b.*,|\(i+\)|\(\d\)|\bfirst\b|\b(?:two|three|four|five)\b", _I),
    "link": re.compile(r"https?://|\b(?:code|release\w*|available|open[- ]?sourc\w*|public\w*|github)\b", _I),
    "verdict": re.compile(r"\b(?:not|no|yes|only|without|also|even|show\w*|demonstrat\w*|find\w*|outperform\w*)\b", _I),
    "definition": re.compile(
        r"\b(?:is an?|are|we (?:propose|present|introduce)|propos\w+|present\w*|introduc\w+|a (?:new|novel|simple))\b",
        _I,
    ),
}
TYPES: tuple[AnswerType, ...] = get_args(AnswerType)


def asked_types(question: str) -> frozenset[AnswerType]:
    """The kinds of answer that a question asks for; several may apply, none need to."""
    return frozenset(kind for kind in TYPES if _ASKS[kind].search(question))


def shows(sentence: str, kind: AnswerType) -> bool:
    """Whether a sentence has traces of an answer of this kind."""
    return bool(_SHOWS[kind].search(sentence))
