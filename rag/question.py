"""A question and its history in, a plan out: standalone wording, route, sub-queries.

Rules only; they need no model and fail towards a plain lookup.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.text.names import capitalised, names
from rag.text.words import STOPWORDS, words
from rag.types import Route, Turn

MAX_QUESTION = 4000  # characters that are read; a longer question is cut


@dataclass(frozen=True, slots=True)
class Plan:
    """What to search for, and how the answer is to be shaped.

    `query` is the question with the topic of its history folded in; `subject` is what the listed or counted papers must
    have; `searches` are the searches to make where one for `query` is not enough.
    """

    question: str
    query: str
    route: Route
    subject: str = ""
    searches: tuple[str, ...] = ()


_SOME = (
    r"(?:papers|works(?!\s*[?.!]|\s*$| (?:best|better|well|for|as|only|when|if))|studies|articles|publications|"
    r"abstracts|preprints)"
)
_ONE = r"(?:paper|work|study|article|publication|abstract|preprint)"
_DOES = (
    r"(?:use|mention|evaluate|test|train|report|propose|study|deal|address|work|focus|rely|build|compare|cite|release|"
    r"introduce|present|discuss|treat|cover|concern|consider|apply|employ|benchmark|experiment|name|describe)"
)
_THINGS = (
    r"(?:methods|models|architectures|systems|approaches|techniques|algorithms|authors|groups|researchers|frameworks|"
    r"corpora|corpuses|data ?sets|benchmarks|optimizers|language models|vision models)"
)
_NO_VERB = (  # what follows a plural without being its verb, or asks about one paper's own
    r"(?:does|do|did|was|were|is|are|has|have|had|can|could|should|would|will|may|in|of|on|for|to|from|and|or|by|with|"
    r"at|it|the|they|this|that|besides|beyond|other|make up|\w+s|\w+ed)"
)
_WAYS = r"(?:methods|techniques|approaches|systems|algorithms|frameworks)"  # what papers offer, rather than use
_WORK = r"(?:work|research|literature)"
_MATTER = r"(?:that|which|whose|where|who|for|on|to|by|with|about|in)"
_POLITE = (
    r"(?:(?:and|so|ok|okay|please|hi|hello|could you|can you|would you|will you|i need|i want|i'd like|i would like|"
    r"we need|help me|let me|to see|tell me|i wonder|do you know)\b\W*)*"
)
_COUNT_OPENINGS = (
    rf"(?:in |for |on |of )?how many (?:[^\s?]+ ){{0,6}}?{_SOME}\b(?![^?]*\bthe [^?]*(?:survey|review)\b)",
    r"how many (?:authors|entries (?:mention|use|name|deal|talk|are|in the))\b",
    r"how many of (?:them|these|those)\b(?! (?:does|did) )",
    rf"how many (?!\w+ \w+s (?:do|does|did|is|are|was|were|has|have)\b)(?:\w+ )?{_DOES}\b",
    rf"how many (?:\w+ )?{_WAYS} (?!{_NO_VERB}\b)\w+",
    rf"count (?:all |the )*(?:\w+ )?(?:{_WAYS}|models|{_WORK})\b",
    rf"(?:what(?:'s| is| was)? )?(?:the )?(?:total )?(?:number|count|share|fraction) of\b[^?]*?\b{_SOME}\b",
    rf"count\b[^?]*?\b{_SOME}\b",
    r"how often (?:is|are|does|do)\b.*\b(?:mentioned|used|appear|occur|cited|named)\b",
)
_SURVEY_OPENINGS = (
    rf"(?:in |from |on |by |of |for |across )?(?:which|what) (?:of (?:the|these|your) |other |all )?"
    rf"(?:\w+ ){{0,3}}?{_SOME}\b",
    r"(?:list|show|give|name|find|enumerate|collect|gather|get|fetch|display|identify|pull up|bring up|point me to) "
    rf"(?:out )?(?:me )?(?:up )?(?:all|every|each|any|the|some|a list of)?\W*(?:of )?(?:the )?(?:\w+\W+){{0,3}}?"
    rf"(?:{_SOME}|{_ONE} (?:on|about|that|which|using|with|mentioning|in)|"
    r"(?:work|research|literature) (?:on|about|that|using))\b",
    r"(?:what|which) (?:\w+ )?(?:work|research|literature|material)\b(?! (?:does|did|do (?!you|we))\b)",
    rf"(?:list|show|find|name|collect|enumerate|give) (?:me )?(?:(?:all|any|some) )?(?:\w+ )?{_WAYS} {_MATTER}\b",
    rf"(?:list|show|find|name|collect|enumerate|give) (?:me )?(?:(?:all|any|some|the) )?(?:\w+ )?{_WORK} {_MATTER}\b",
    rf"(?:are|is) there (?:any |some )?(?:\w+ )?{_WAYS} {_MATTER}\b",
    rf"(?:i'm |i am |we are |we're )?(?:looking|searching) (?:for|after) (?:\w+ )?{_WAYS} {_MATTER}\b",
    r"what (?:do|have) (?:you|we) (?:have|got|know)\b",
    r"what(?:'s| is| are) there (?:on|about)\b",
    r"(?:are there|is there|do you have|have you got|do we have|got) (?:any |some |other |more )?(?:\w+ )?"
    rf"(?:{_SOME}|{_ONE}|research|literature|anything)\b",
    rf"(?:any|other|more) (?:\w+ )?(?:{_SOME}|{_ONE}|research|literature|thing|material)\b",
    r"anything (?:on|about)\b",
    rf"(?:do|does|did|have|has|are|is) (?:any|some|other|several) (?:of the |of these )?(?:\w+ )?(?:{_SOME}|{_ONE})\b",
    rf"(?:all|every|each) (?:of )?(?:the )?(?:\w+ ){{0,2}}?(?:{_SOME}|{_ONE})\b",
    rf"(?:i'm |i am |we are |we're )?(?:looking|searching|interested) (?:for|in) (?:all |any |some |the )?"
    rf"(?:\w+ ){{0,2}}?(?:{_SOME}|work|research|literature)\b",
    r"where (?:is|are|do|does|has|have)\b.*\b(?:used|use|mentioned|appears?|occurs?|evaluated|tested|cited|named)\b",
    rf"who (?:(?:all|else|also) )?(?:has |have )?{_DOES}(?:s|d|ed)?\b",
    r"(?:(?:show|give|get|send|bring) me |list |find )?everything (?:there is )?(?:on|about|that|to do with)\b",
    rf"(?:which|what) (?:other )?{_THINGS}(?:,? (?:or |and )?{_THINGS})* (?:{_DOES}|(?!{_NO_VERB}\b)\w+)\b",
    rf"(?:which|what) (?:\w+ )?{_THINGS} (?:are|is) there (?:for|on|about|that)\b",
    rf"{_SOME} (?:on|about|that|which|who|whose|using|with|without|mentioning|in|for|from|dealing|"
    r"where|to do with|by)\b",
    r"(?:a |an |the )?(?:quick |short |brief )?(?:survey|overview|review|list|roundup) of\b",
    r"(?:give|show) me an overview\b",
)
_SURVEY_ENDS = (
    rf"any (?:other )?(?:{_SOME}|{_WORK})",
    rf"(?:please )?(?:list|show|name|find|give)(?: me)? (?:all |the |any )*(?:{_SOME}|{_WORK})",
    rf"what(?: (?:{_SOME}|{_WORK}|else))? (?:do (?:you|we) have|have (?:you|we) got|is there|are there)",
    r"what's there|anything(?: there)?",
    rf"{_SOME}(?:,? please)?",
)
_COUNT = re.compile(rf"^\W*{_POLITE}(?:{'|'.join(_COUNT_OPENINGS)})", re.I)
_SURVEY = re.compile(
    rf"^\W*{_POLITE}(?:{'|'.join(_SURVEY_OPENINGS)})|[:,;.?] (?:in |from )?(?:which|what) (?:\w+ ){{0,2}}?{_SOME}\b"
    rf"|[:,;.?–—-] (?:{'|'.join(_SURVEY_ENDS)})\W*$",
    re.I,
)
_COMPARE_MARK = re.compile(
    r"\b(?:compar\w+|versus|vs\.?|differ\w*|difference|against|contrast\w*|rather than|both|either|each|respectively)\b"
    r"|\bor\b|\bbetween\b.+\band\b|\bthan\b|\bwhereas\b|\bwhile\b|\bthe other\b",
    re.I,
)
_CONTINUES = re.compile(
    r"^\W*(?:and|but|so|what about|how about|why|also|then|ok|which one|is it|does it|did they|for)\b", re.I
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|this|that|these|those|there|"
    r"the (?:method|model|paper|authors?|approach|same|latter|former|other|second|first)|he|she|one)\b",
    re.I,
)
_BESIDE = re.compile(r"\b(?:with|to|than|from|against|and|or|of|like|over)\s+$", re.I)
_TURNS_READ = 12  # turns of the history that are looked at
_GREETING = (
    r"(?:hi|hello|hey|thanks?|thank you|good (?:morning|evening|afternoon|day|night)|(?:good)?bye|who are you|"
    r"what can you do|help|how are you)"
)
_CHAT = re.compile(
    rf"^\W*{_GREETING}(?:\W+(?:{_GREETING}|there|all|everyone|folks|footnote|so much|very much|a lot|again|please|and|"
    r"today|me|for (?:me|that|this|your help|the (?:help|answer))|doing))*\W*$",
    re.I,
)


def plan(question: str, history: Sequence[Turn] = ()) -> Plan:
    """How to answer `question`, which may lean on the turns before it, oldest first."""
    text = " ".join(question[:MAX_QUESTION].split())
    route = _route(text)
    query = _standalone(text, history) if history else text
    if route in ("survey", "count"):
        return Plan(text, query, route, subject=subject_of(query))
    return Plan(text, query, route)


def _route(text: str) -> Route:
    if _CHAT.match(text):
        return "chat"
    if _COUNT.search(text):
        return "count"
    if _SURVEY.search(text):
        return "survey"
    return "compare" if _COMPARE_MARK.search(text) else "lookup"


def _standalone(text: str, history: Sequence[Turn]) -> str:
    """The question with the last two (and the opening of the last answer) before it, where it seems to lean on them."""
    asked = [turn.content for turn in history if turn.role == "user"]
    if not asked or not leans(text) or _has_subject(text, history):
        return text
    answered = [turn.content for turn in history if turn.role == "assistant"]
    return " ".join(
        [*(question[:MAX_QUESTION] for question in asked[-2:]), answered[-1][:300] if answered else "", text]
    ).strip()


def _has_subject(text: str, history: Sequence[Turn]) -> bool:
    """Whether a question names something that was not spoken of, before any pronoun: it stands on its own.

    In "How does COAT compare with it?" the pronoun still means what was spoken of.
    """
    if _CONTINUES.search(text):
        return False
    said = " ".join(turn.content[:MAX_QUESTION] for turn in history[-_TURNS_READ:]).casefold()
    fresh = [name for name in (*names(text), *capitalised(text)) if name.casefold() not in said]
    if not fresh:
        return False
    first = min(text.index(name) for name in fresh)
    return not any(m.start() < first or _BESIDE.search(text[: m.start()]) for m in _PRONOUN.finditer(text))


def leans(text: str) -> bool:
    """Whether a question seems to lean on what was said before: a pronoun, a bare opening, or few words."""
    return bool(_CONTINUES.search(text) or _PRONOUN.search(text)) or len(words(text)) < 4


_SUBJECT_NOISE = STOPWORDS | frozenset(
    """list show give name find enumerate collect gather get tell every paper papers work works study studies article
    articles publication publications research literature material many number count mention mentions mentioned bring up
    occur appear use uses used using test tests evaluate evaluates build builds based report reports train trains deal
    deals cover covers concern concerns address addresses propose proposes present introduce devoted dealing there
    looking interested searching i'm i'd we're identify fetch display often quick short brief preprints preprint
    treat treats discuss discusses consider considers apply applies employ employs describe describes involve involves
    please could everything anything overview survey review word term name phrase entries abstracts authors""".split()
)


def subject_of(text: str) -> str:
    """The words of a survey question that its papers must be about."""
    return " ".join(word for word in text.split() if word.strip("?.,!:;\"'()").casefold() not in _SUBJECT_NOISE).strip(
        " ?.!"
    )
