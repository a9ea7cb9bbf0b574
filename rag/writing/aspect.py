"""What may be asked of any paper: its problem, what it brings, what came out, on which data, its code, its limits.

Such a question names the paper and says nothing of what the answer says. So what its words meet tells little, and how
abstracts are written tells more: the problem stands before "we propose", the results behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rag.question import OF_ANY
from rag.text.common_words import is_common
from rag.text.words import opening_words, words
from rag.types import Paper

_I = re.I
_OFFERS = re.compile(
    r"\bwe (?:\w+ ){0,3}?(?:propose|introduce|present|develop|design|study|investigate|explore|show|find|describe|"
    r"build|train|release|conduct|examine|analy[sz]e|argue|address|seek|aim|take|create|extract|formulate|demonstrate|"
    r"revisit)\b|"
    r"\b(?:this|the present|our) (?:paper|work|study|report|survey|article|book|approach|method)\b|"
    r"\bin this (?:paper|work|study|report|survey|article)\b",
    _I,
)
_MADE = re.compile(
    r"\b(?:propos|introduc|present|develop|design)\w*|\bwe (?:\w+ ){0,2}(?:show|find|study|release|investigate)\b", _I
)
_TROUBLE = re.compile(
    r"\b(?:however|yet|cannot|challeng\w*|suffer\w*|limit(?:s|ed|ation|ations|ing)|problems?|issues?|difficult\w*|costly|"
    r"expensive|"
    r"bottlenecks?|fail\w*|(?:in|sub)\w*(?:efficien|optim|accura)\w*|hinder\w*|drawbacks?|burden|prohibitive\w*|struggl\w*|"
    r"lacks?|lacking|scarc\w*|unclear|overlook\w*|neglect\w*|impractical|intensive|degrad\w*|unexplored|underexplored|"
    r"hard|instabilit\w*|unstable|overhead|demands?|despite|although|hurts?|slow(?:s|er)?|misses|waste\w*|heavy|poor\w*)\b",
    _I,
)
_OUTCOME = re.compile(
    r"\b(?:outperform\w*|surpass\w*|superior|exceed\w*|beats?|state[- ]of[- ]the[- ]art|sota|competitive|comparabl[ey]|"
    r"on[- ]par|better|faster|higher|lower|fewer|less|more \w+ than|compared (?:to|with)|against|match(?:es)?|rivals?|"
    r"achiev\w*|improv\w*|reduc\w*|speed-?ups?|gains?|reach\w*|rises|drops|succeeds|loses)\b|"
    r"\d\s?\\?(?:%|x\b|×|times|points|percent)",
    _I,
)
_DATA = re.compile(
    r"\b(?:data ?sets?|benchmarks?|corpus|corpora|test ?beds?|tokens|suite)\b|\bdata (?:set|from)\b|"
    r"\b(?:on|from|including|e\.g\.,?|across) (?:the )?(?:[\w-]+ ){0,3}?(?-i:[A-Z][\w-]*[A-Z0-9]\w*)",
    _I,
)
_LINK = re.compile(
    r"https?://|\bgit ?hub|hugging ?face|\b(?:codes?|models?|weights|checkpoints|datasets?|implementation)\b[^.]*\b"
    r"(?:releas\w*|available|open[- ]?sourc\w*|public\w*|download\w*)|"
    r"\b(?:releas\w*|open[- ]?sourc\w*|publicly)\b[^.]*\b(?:codes?|models?|weights|checkpoints|datasets?)\b",
    _I,
)
_LIMITS = re.compile(
    r"\b(?:limitations?|drawbacks?|weakness(?:es)?|downsides?|disadvantages?|shortcomings?|caveats?|flaws?|"
    r"weak (?:points?|spots?))\b",
    _I,
)
_NOT_ITS_LIMITS = re.compile(  # those of others, or what speaks for it as well
    r"\b(?:address\w*|overc[ao]m\w*|solv\w*|tackl\w*|fix\w*|mitigat\w*|remed\w*|prior|previous|existing|others?|current|"
    r"pros|strengths?|advantages?|benefits?|problems?)\b",
    _I,
)
_ADMITS = re.compile(
    rf"{_LIMITS.pattern}|\b(?:falls? short|inferior|fail(?:s|ures?|ed)?|struggl\w*|deteriorat\w*|degrad\w*|worse|"
    r"hurts?|cannot|still|however|although|despite|gaps?|trade-?offs?|only (?:when|if|for|on|in|a)|limited to|"
    r"loses?|lags?|unclear|not (?:always|observed|sufficient|necessarily)|(?:cost|expense|future|further) (?:of|work|"
    r"research|directions?|study)|remain(?:s|ing)?)\b|^(?-i:While|But|Yet)\b",
    _I,
)
_MENDS = re.compile(
    r"\b(?:to|by) (?:\w+ ){0,2}?(?:address|overcome|tackle|mitigate|alleviate|resolve|solve|remedy|handle)\w*\b|"
    r"\b(?:address|overcom|tackl|mitigat|alleviat|resolv|solv|remedy)ing\b|\bwithout\b",
    _I,
)


@dataclass(frozen=True, slots=True)
class _Aspect:
    """How it is asked for, what a sentence that says it has, and where that stands: before what the paper offers
    (-1), not before it (1), anywhere (0)."""

    asked: re.Pattern[str]
    shows: re.Pattern[str]
    side: int


_ASPECTS = (  # the first that fits
    _Aspect(re.compile(r"\b(?:code|github|repo\w*|implementation|download|open[- ]?sourced?|weights)\b", _I), _LINK, 0),
    _Aspect(
        re.compile(
            r"\b(?:data ?sets?|corpus|corpora|benchmarks?)\b|\b(?:trained|tested|evaluated|pretrained) on\b|"
            r"\b(?:what|which) (?:\w+ )?data\b",
            _I,
        ),
        _DATA,
        0,
    ),
    _Aspect(
        re.compile(
            r"\b(?:problems?|issues?|challenges?|motivat\w+|gap|pain points?)\b|"
            r"\bwhy (?:was|is|were|are|did|do|does|would)\b.*\b(?:made|built|created|developed|proposed|introduced|"
            r"needed|need|exist|invented|designed)\b",
            _I,
        ),
        _TROUBLE,
        -1,
    ),
    _Aspect(
        re.compile(
            r"\b(?:results?|findings?|perform\w*|baselines?|prior|previous|existing|state[- ]of[- ]the[- ]art|sota|"
            r"better|outperform|beats?|improve\w*|gains?|advantages?|benefits?|strengths?)\b|"
            r"\bhow (?:good|well|accurate)\b|\bcompared? (?:to|with|against)\b",
            _I,
        ),
        _OUTCOME,
        1,
    ),
    _Aspect(
        re.compile(r"\b(?:contribut\w+|novel\w*|new|innovati\w+|ideas?|special)\b|\bhow (?:does|do|did) .* work\b", _I),
        _MADE,
        1,
    ),
)
_ASKING = frozenset(
    words(
        "issue issues address fix fixing trying try motivation motivated gap pain point points challenge challenges "
        "need needed made built created developed proposed introduced exist invented designed prior previous existing "
        "state-of-the-art sota beat beats outperform improve improves benefit strength performance perform performs "
        "contribution contributions innovation innovative new novel special idea ideas evaluated tested pretrained "
        "corpus corpora code github repo repository implementation download open source open-source opensource weights "
        "find limitation drawback weakness downside disadvantage shortcoming caveat flaw weak point spot main biggest "
        "link official well good other others does come actually really any tackle aim purpose experiments"
    )
)
_RAISED = (0.85, 0.75)  # likelihood of the two sentences that best show what is asked


def raised(
    question: str, paper: Paper, sentences: Sequence[str], likelihood: NDArray[np.float32]
) -> NDArray[np.float32]:
    """`likelihood` `(s,)`, that each of a paper's sentences holds part of the answer, with that of the two raised that
    show the aspect asked for; as it is where the question asks for more than an aspect, or for none."""
    if asks_for_limits(question, paper.title):
        return _lifted(likelihood, own_limits(sentences))
    aspect = next((aspect for aspect in _ASPECTS if aspect.asked.search(question)), None)
    if aspect is None or not _of_the_whole(question, paper):
        return likelihood
    offer = _offer(sentences)
    places = [place for place, text in enumerate(sentences) if aspect.shows.search(text)]
    beside = [place for place in places if (place - offer) * aspect.side >= (aspect.side < 0)]
    if not aspect.side or offer < 0 or not beside:
        beside = places
    return _lifted(likelihood, sorted(beside, key=lambda place: -place if aspect.side < 0 else -likelihood[place]))


def asks_for_limits(question: str, title: str) -> bool:
    """Whether a question asks what speaks against the paper of this title, and nothing else."""
    if not _LIMITS.search(question) or _NOT_ITS_LIMITS.search(question):
        return False
    of_what = set(words(question)) - OF_ANY - _ASKING
    return of_what <= opening_words(title) or of_what == set(words(title)) - OF_ANY - _ASKING


def own_limits(sentences: Sequence[str]) -> list[int]:
    """The places of the sentences that may say what speaks against their paper: behind what it offers, and not on how
    it mends what speaks against others."""
    offer = _offer(sentences)
    behind = [place for place in range(offer + 1, len(sentences)) if _ADMITS.search(sentences[place])]
    return [place for place in behind if not _MENDS.search(sentences[place])]


def _offer(sentences: Sequence[str]) -> int:
    """The place of the first sentence that says what the paper offers; -1 where none does."""
    return next((place for place, text in enumerate(sentences) if _OFFERS.search(text)), -1)


def _lifted(likelihood: NDArray[np.float32], best: Sequence[int]) -> NDArray[np.float32]:
    made = likelihood.copy()
    for place, least in zip(best, _RAISED, strict=False):
        made[place] = max(made[place], least)
    return made


def _of_the_whole(question: str, paper: Paper) -> bool:
    """Whether a question has no words but those of an aspect, of the title, and names that the paper says."""
    own = set(words(question)) - OF_ANY - _ASKING - set(words(paper.title))
    return not own or (not any(map(is_common, own)) and own <= set(words(paper.text)))
