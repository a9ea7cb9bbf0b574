"""What papers make or give away: "papers that release their code", "which papers introduce a benchmark"."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from rag.text.searchable import searchable
from rag.text.sentences import sentences
from rag.text.words import stem
from rag.types import Paper

_MAKING = (
    r"(?:introduc|propos|present|develop|buil[dt]|creat|construct|collect|contribut|curat|design|compil|establish|"
    r"assembl)"
)
_GIVING = r"(?:releas|publish|open[- ]?sourc|shar(?=ed?\b|es\b|ing)|provid)"
_BEFORE = r"(?:an?|the|their|its|any|some|own|new|novel|public|publicly|all|open)"
_THINGS = (
    r"(?:data ?sets?|corpus|corpora|benchmarks?|(?:source )?code|models?|weights|checkpoints|librar(?:y|ies)|toolkits?|"
    r"frameworks?|software|data|optimizers?|tokenizers?)"
)
_ASKED = re.compile(
    r"\b(?:papers?|works?|studies|articles?|methods|authors|that|which|who|any|and|does|do|did)\s+"
    r"(?:(?:\w+ly|also|actually|have|has)\s+)?"
    rf"(?:(?P<make>{_MAKING})|(?P<give>{_GIVING}))(?:e|es|s|d|ed|ing)?\s+(?:{_BEFORE}\s+)*"
    rf"(?P<what>(?:[a-z][\w-]* ){{0,2}}?{_THINGS})(?: (?:for|on|about|in|of) (?P<topic>[^?]{{3,60}}?))?\W*$"
    r"|\b(?:papers|works|studies|articles) with (?:(?:open|public|available|released|source) )*"
    r"(?P<beside>code|weights)\W*$"
    rf"|^\W*(?:which|what) (?:new |open )?(?P<passive>{_THINGS}) (?:are|were|have been) (?:\w+ly )?"
    rf"(?:{_GIVING}|(?P<made>{_MAKING}))\w*\W*$",
    re.I,
)
_HEADS = {  # what a thing is also called
    "dataset": r"(?:data ?sets?|corp(?:us|ora)|data collections?)",
    "data": r"(?:data|data ?sets?|corp(?:us|ora))",
    "corpus": r"(?:corp(?:us|ora)|data ?sets?)",
    "code": r"(?:codes?|implementations?|codebase|repository|scripts)",
    "model": r"(?:models?|weights|checkpoints)",
    "weight": r"(?:weights|checkpoints|models)",
    "checkpoint": r"(?:checkpoints?|weights|models)",
}
_IDLE = frozenset("new novel open open-source public source model pre-trained pretrained trained large".split())
_PLAIN = (
    r"(?!(?:on|using|with|from|in|for|of|to|by|over|than|that|which|such|as|like|and|known|called|across|against|"
    r"via|through|under|at)\b)[^\s,;:()]+"
)
_GIVES = (
    r"\b(?:we|will|also|to|fully|publicly|further|and|are) (?:releas|publish|open[- ]?sourc|provid)\w*"
    r"|\bmak(?:e|ing) (?=[^.]{0,80}\b(?:available|public))"
)
_GIVEN = (
    r"(?:(?:is|are|be|been|was|were)\b[^.]{0,30}?\b(?:available|released(?! by)|open[- ]?sourced|public(?!ly traded)|"
    r"(?:found|accessed|shared|provided|hosted) (?:at|on|in|here|via|under|https?:))|openly released|https?:|"
    r"(?:at|on) github)"
)


@dataclass(frozen=True, slots=True)
class Offered:
    """Papers that say they make a `thing`, in a sentence or their title; where it is `given`, that they give it away.

    `topic` is what the thing is to be for, which is not looked at here.
    """

    thing: str
    given: bool
    topic: str = field(default="", compare=False)

    def __call__(self, paper: Paper) -> bool:
        """Whether the paper is such."""
        saying = _saying(self.thing, self.given)
        if not self.given and _titled(self.thing).search(paper.title):
            return True
        return any(saying.search(searchable(paper.text[start:end])) for start, end in sentences(paper.text))

    def told(self, count: int) -> str:
        """What so many papers do, as in "that introduce a dataset"."""
        verb = "release" if self.given else "introduce"
        alone = self.thing.endswith(("code", "data", "software", "s"))
        article = "" if alone else "an " if self.thing[0] in "aeiou" else "a "
        topic = f", about “{self.topic}”" if self.topic else ""
        return f"that {verb}{'s' if count == 1 else ''} {article}{self.thing}{topic}"


@dataclass(frozen=True, slots=True)
class SpokenOf:
    """Papers that speak of a `thing` otherwise than to say where theirs is ("Code is available at …")."""

    thing: str

    def __call__(self, paper: Paper) -> bool:
        """Whether the paper is such."""
        given = _saying(self.thing, given=True)
        said = re.compile(rf"\b{re.escape(self.thing)}\b(?! (?:is|are|will|can)\b)")
        parts = [paper.title, *(paper.text[start:end] for start, end in sentences(paper.text))]
        return any(said.search(text) and not given.search(text) for text in map(searchable, parts))


def offered(wording: str) -> Offered | None:
    """What listed papers are to make or give away; None where a listing asks for something else, or for more."""
    match = _ASKED.search(wording)
    if match is None:
        return None
    thing = " ".join((match["what"] or match["beside"] or match["passive"]).casefold().split())
    return Offered(thing, not (match["make"] or match["made"]), (match["topic"] or "").strip(" .!"))


@lru_cache(maxsize=256)
def _titled(thing: str) -> re.Pattern[str]:
    """A title that introduces one: `Paloma: A Benchmark for …`."""
    beside, head = _named(thing)
    return re.compile(rf"^{beside}.*(?:^|[:–-] *)an? (?:{_PLAIN} ){{0,5}}?(?:\S+-)?{head}\b", re.I)


@lru_cache(maxsize=256)
def _saying(thing: str, given: bool) -> re.Pattern[str]:
    """What a sentence says that makes or gives the thing, in searchable text."""
    beside, head = _named(thing)
    if given:
        said = rf"(?:(?:{_GIVES})(?: \S+){{0,7}}? {head}\b|\b{head}\b[^.]{{0,80}}?{_GIVEN}|\b{head}\W*https?:)"
    else:
        kind = rf"(?:{_PLAIN} ){{0,5}}?(?:\S+-)?{head}\b"
        verbs = rf"(?:(?<!our )(?<!the )\b{_MAKING}\w*|{_GIVES})"
        said = (
            rf"(?:{verbs} (?:\S+ ){{0,7}}?(?:an?|our|new|novel|first|largest|two|three|several) {kind}"
            rf"|\ban? (?:new|novel) {kind}|\bis an? {kind} (?:for|of)\b"
            rf"|\b{head}(?: \S+){{0,6}}? (?:is|are|was|were|has been) (?:\w+ly )?{_MAKING})"
        )
    return re.compile(rf"^{beside}.*{said}", re.S)


def _named(thing: str) -> tuple[str, str]:
    """What a text must have beside the thing, and the thing under its names."""
    *others, last = thing.split()
    one = {"corpora": "corpus", "libraries": "library"}.get(last, last.removesuffix("s"))
    head = _HEADS.get(one, rf"{re.escape(one.removesuffix('y'))}(?:y|ies|s|es)?")
    return "".join(rf"(?=.*\b{re.escape(stem(word))})" for word in others if word not in _IDLE), head
