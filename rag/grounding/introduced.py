"""The names that a paper gives to what is its own: `LoRAT` in "we propose LoRAT, a method that …".

A paper names its method once or twice and speaks of "it", "our design", "the approach" in all other sentences, so that
a sentence without that name is no sentence on something else.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rag.grounding.named import folded
from rag.text.names import names
from rag.text.sentences import sentences

_OFFERS = re.compile(
    r"\b(?:we|our|this (?:paper|work|study|report|article)|here)\b[^;]{0,60}?"
    r"\b(?:propos|present|introduc|develop|devis|design|creat|releas|unveil|describ|call|term|dub|nam)"
    r"(?:e|es|ed|ing|s)?\b(?P<what>[^;]{0,160})",
    re.I,
)
_CALLED = re.compile(
    r"\b(?:called|named|dubbed|termed|coined|namely|abbreviated(?: as| to)?)[\s,:`“\"']+(?P<what>.{2,80})"
)
# "Scalable UPtraining for Recurrent Attention (SUPRA)"
_SPELT_OUT = re.compile(
    r"(?:[A-Z][\w-]*,? (?:(?:for|of|and|in|with|to|via|by|on|the|from|as) )*){1,8}\((?P<short>[\w.+-]{2,20})\)"
)
# Behind these stands what it is made of, or made for: other people's names
_OF_OTHERS = re.compile(
    r"\b(?:that|which|who|whose|where|for|to|using|uses?|with|on|by|from|in|into|of|over|like|as|based|built|than|"
    r"leverag\w+|employ\w+|inspired|combin\w+|appl\w+)\b|, (?!and\b)(?![A-Z])"
)


@lru_cache(maxsize=2048)
def introduced(text: str) -> frozenset[str]:
    """The names, folded (see `rag.grounding.named.folded`), that `text` introduces as those of its own things."""
    found: set[str] = set()
    for start, end in sentences(text):
        sentence = text[start:end]
        for match in (*_OFFERS.finditer(sentence), *_CALLED.finditer(sentence)):
            what = _OF_OTHERS.split(match["what"], maxsplit=1)[0]
            spelt = _SPELT_OUT.search(match["what"])
            what = match["what"][: spelt.end()] if spelt and spelt.start() <= len(what) else what
            found |= {folded(name) for name in names(what)}
    return frozenset(found)
