"""What "it", "our method" or "the model" stands for at the start of a quoted sentence."""

from __future__ import annotations

import re
from collections import Counter

from rag.text.names import names
from rag.types import Paper

_ANAPHOR = re.compile(
    r"^(?:Moreover, |Furthermore, |In addition, |Additionally, |Specifically, |Notably, |Finally, |Also, )?"
    r"(?:it|they|this|(?:its|their|this|the|our) (?:proposed |new |novel )?"
    r"(?:method|methods|model|models|approach|framework|system|technique|algorithm|pipeline|strategy|paradigm|architecture)|"
    r"its (?:\w+ )?\w+)"
    r"\s+(?:also |further |thus |then |only |even )?"
    r"(?:is|are|was|were|has|have|can|does|do|achiev\w+|outperform\w*|improv\w*|reduc\w*|enabl\w*|allow\w*|us\w+|adds?|"
    r"keeps?|needs?|runs?|learns?|trains?|reach\w*|cuts?|gains?|show\w*|requir\w*|provid\w*|support\w*|surpass\w*|"
    r"gives?|works?|leads?|introduc\w*|appl\w+|combin\w+|consists?|makes?|yields?|obtains?|retains?|beats?|saves?|\w+s)\b",
    re.I,
)
_LONGEST = 4  # words that a title's opening name may have


def named_method(paper: Paper) -> str:
    """The name that the paper gives to what it is about: the opening of its title, or the name it repeats."""
    opening, colon, _ = paper.title.partition(":")
    if colon and len(opening.split()) <= _LONGEST and opening.strip() in paper.text:
        return opening.strip()
    counted = Counter(name for name in names(paper.text) if len(name) > 2)
    repeated = [name for name in counted if paper.text.count(name) >= 3 and not name.isdigit()]
    in_title = [name for name in repeated if name in paper.title]
    return in_title[0] if in_title else ""


def opens_with_anaphor(sentence: str) -> bool:
    """Whether a sentence opens with a word that stands for something named before it."""
    return bool(_ANAPHOR.match(sentence))
