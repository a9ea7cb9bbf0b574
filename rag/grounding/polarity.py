"""The words of a sentence that point somewhere: directions, negations, and who beats whom.

Overlap cannot tell "reduces memory" from "increases memory": nearly all words are shared. So these words are found
here, and compared with their counterparts in the source by `rag.grounding.turned`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rag.grounding.word_vectors import Words
from rag.text.common_words import weight
from rag.text.words import stem, words

# Dimension: words that point up, words that point down. Inflections meet through their stems.
_DIMENSIONS: dict[str, tuple[str, str]] = {
    "amount": (
        "increase rise rises raise raises raising grow growth grows boost more higher larger bigger greater expand "
        "enlarge extend longer highest largest maximum maximize maximise most above up double triple multiply amplify "
        "elevate extra heavier deeper wider exceed inflate surge climb upper gain additional many numerous high large "
        "long escalate heighten intensify enlarges add adds widen abundant big great long-term",
        "decrease reduce reduction cut cuts lower fewer less smaller shorter drop fall falls shrink decline diminish "
        "minimum minimize minimise lowest least smallest below down halve halves save saves saving lessen lighter "
        "shallower narrower mitigate alleviate curb suppress ease relieve reduces trim limit limited low small short "
        "few little lowers lowering lowered fraction slash lighten narrow scarce dip attenuate subside",
    ),
    "speed": (
        "fast faster fastest speed speedup accelerate acceleration quick quicker quickly rapid rapidly speeds swift",
        "slow slower slowest slowdown decelerate slows slowly sluggish",
    ),
    "quality": (
        "better best improve improvement outperform surpass beat beats superior enhance strengthen excel win wins "
        "outdo advance strong stronger strongest stable stability robust robustness accurate reliable effective "
        "efficient effectively efficiently help helps benefit succeed success successful boosts outstrip overtake "
        "outpace leads lead ahead good improves upgrade favorable favourable capable well refine",
        "worse worst degrade degradation underperform inferior hurt hurts harm harms damage weaken lag lags trail "
        "trails fail fails failure deteriorate poor poorly bad weak weaker weakest unstable instability fragile "
        "inaccurate unreliable ineffective inefficient struggle suffer loses lose impair undermine behind brittle "
        "worsen hinder erode limited detrimental harmful downgrade incapable",
    ),
    "presence": (
        "with include includes including require requires need needs keep keeps retain retains preserve preserves "
        "maintain contain contains depend depends necessary essential mandatory present involve entail necessitate",
        "without exclude excludes excluding lack lacks remove removes eliminate eliminates avoid avoids discard omit "
        "unnecessary skip skips dispense absent free bypass forgo obviate drop drops optional dispensable removing",
    ),
    "cost": (
        "cheap cheaper inexpensive affordable easy easier simple simpler simplify easily low-cost economical",
        "expensive costly hard harder difficult difficulty complex complicated prohibitive laborious",
    ),
    "same": (
        "same similar equal equals match matches consistent comparable identical alike agree similarly parity aligned",
        "different differ differs dissimilar unlike inconsistent contrary disagree unequal mismatch diverge misaligned",
    ),
    "can": (
        "can able enable enables allow allows permit possible feasible support supports facilitate",
        "cannot unable prevent prevents disallow impossible infeasible inhibit forbid block blocks can't preclude",
    ),
    "often": (
        "often frequent frequently common commonly always usually typically mostly generally consistently all every",
        "rare rarely seldom never hardly uncommon infrequent infrequently scarcely occasionally none no",
    ),
    "order": ("before prior earlier early precede precedes", "after later late follow follows"),
    "growth": ("linear linearly constant", "quadratic quadratically exponential exponentially"),
    "value": ("positive positively correct true right favorable", "negative negatively incorrect false wrong"),
    "open": ("open public publicly available released", "closed private proprietary unavailable withheld secret"),
    "scope": ("global whole entire single joint jointly", "local partial multiple separate separately"),
    "time": ("static offline fixed frozen", "dynamic online adaptive trainable updated"),
    "clear": ("explicit explicitly clear", "implicit implicitly unclear"),
    "density": ("dense full", "sparse"),
    "guide": ("supervised labeled labelled", "unsupervised unlabeled unlabelled self-supervised"),
    "keep": ("lossless", "lossy"),
    "agreement": ("support supports confirm confirms", "contradict contradicts refute refutes challenge challenges"),
    "need": ("sufficient enough suffice", "insufficient inadequate"),
    "safe": ("safe secure trustworthy", "unsafe insecure vulnerable"),
    "deep": ("deep", "shallow"),
    "scale": ("coarse", "fine fine-grained"),
}  # fmt: skip
NEGATION = re.compile(
    r"\b(?:not|no|never|without|cannot|neither|nor|none|nothing)\b|n['’]t\b|(?<=\w)-free\b",
    re.I,
)
# Ways to deny without a "not": a paraphrase may use any of them for it.
_DENYING = re.compile(
    r"\b(?:lack\w*|absen\w+|avoid\w*|eliminat\w*|remov\w*|reject\w*|refus\w*|discard\w*|omit\w*|skip\w*|exclud\w*|"
    r"fail\w*|unable|prevent\w*|rather than|instead of|hardly|barely|rarely|seldom|few|little|negligible|only|alone|"
    r"solely|just|exclusively|free of|free from|dispens\w*|bypass\w*|forgo\w*|obviat\w*|unnecessary|needless|drop\w*|"
    r"hinder\w*|limit\w*|missing|unlike|contrary|despite|although|yet|un[a-z]{4,}|in(?:capable|sufficient|consistent|"
    r"effective|accurate|stable|adequate|compatible|dependent|frequent)\w*|im(?:possible|practical|perfect|proper)\w*|"
    r"ir\w{5,}|non-?\w+|dis\w{5,}|\w+less(?:ly)?|neglect\w*|ignor\w*|overlook\w*|zero|impair\w*|sacrific\w*|"
    r"compromis\w*|loss|lost|los(?:e|es|ing))\b",
    re.I,
)
_COMPARES = re.compile(
    r"\b(?P<verb>outperform\w*|surpass\w*|exceed\w*|beat(?:s|ing|en)?|outpac\w+|outstrip\w*|overtak\w+|underperform\w*|"
    r"trail(?:s|ed)?|lag(?:s|ged)? behind|los(?:es|t) to|falls? (?:behind|short of)|"
    r"(?:better|worse|faster|slower|higher|lower|larger|smaller|fewer|less|more|cheaper|stronger|weaker|superior|inferior)"
    r"(?:\s+[\w-]+){0,3}?\s+(?:than|to))\b",
    re.I,
)
_DOWNWARD = re.compile(
    r"^(?:underperform|trail|lag|los|fall|worse|slower|lower|smaller|fewer|less|weaker|inferior)", re.I
)
_BOUND = re.compile(r"\s*(?:about |around |roughly )?[~$\\]?\d")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s+(?:\w+ly\s+)?$", re.I)


@dataclass(frozen=True, slots=True)
class Marks:
    """What each word of a text points to, all `(words,)`: `dimension` (an index, -1 for none), `sign` (+1, -1, 0 for
    none, negations folded in), `negated`; `denial` for "not" and the like, `denying` for all that may stand for it."""

    dimension: NDArray[np.int64]
    sign: NDArray[np.int64]
    negated: NDArray[np.bool_]
    denial: NDArray[np.bool_]
    denying: NDArray[np.bool_]


def marks(text: str, found: Words) -> Marks:
    """The marks of the words `found` in `text`."""
    return _marks(text, found.texts, tuple(found.starts.tolist()), tuple(found.ends.tolist()))


@lru_cache(maxsize=2048)
def _marks(text: str, texts: tuple[str, ...], first: tuple[int, ...], last: tuple[int, ...]) -> Marks:
    starts, ends = np.asarray(first, dtype=np.int64), np.asarray(last, dtype=np.int64)
    found = _Placed(texts, starts, ends)
    bounds = re.compile(r"\b(?:more|less|fewer|most|least|above|below|up|over|under) (?:than |to |of )?(?=[\d$~])")
    inert = _covered([match.span() for match in bounds.finditer(text)], found) | _in_compound(text, found)
    denial = _covered([match.span() for match in NEGATION.finditer(text)], found)
    denying = denial | _covered([match.span() for match in _DENYING.finditer(text)], found)
    pointing = [_pointing().get(word.casefold()) or _pointing().get(stem(word.casefold())) for word in found.texts]
    pointing = [None if still else entry for still, entry in zip(inert, pointing, strict=True)]
    dimension = np.asarray([entry[0] if entry else -1 for entry in pointing], dtype=np.int64)
    sign = np.asarray([entry[1] if entry else 0 for entry in pointing], dtype=np.int64)
    negated = np.zeros(len(sign), dtype=bool)
    for place in np.flatnonzero(denial):
        negated[place + 1 : place + 3] = True
        if place and found.texts[place].casefold() in ("no", "nothing", "neither"):
            negated[place - 1] = True  # "losing no accuracy"
    negated &= ~denial
    return Marks(dimension, np.where(denial, 0, np.where(negated, -sign, sign)), negated, denial, denying)


@dataclass(frozen=True, slots=True)
class _Placed:
    """Words and where they stand."""

    texts: tuple[str, ...]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]


def _in_compound(text: str, found: _Placed) -> NDArray[np.bool_]:
    """Words joined to another by a hyphen, which are part of a term: `full-rank`, `low-bit`."""
    before = [start > 0 and text[start - 1] == "-" for start in found.starts]
    after = [end < len(text) and text[end] == "-" for end in found.ends]
    joined: NDArray[np.bool_] = np.asarray(before, dtype=bool) | np.asarray(after, dtype=bool)
    return joined


_PREFIXES = ("under", "over", "non", "dis", "mis", "un", "in", "im", "ir", "il")


@lru_cache(maxsize=8192)
def prefixed(word: str) -> tuple[str, str]:
    """A word's turning prefix and the stem behind it: `incompatible` as ("in", "compat"), `compatible` as ("", …)."""
    lower = word.casefold()
    for prefix in _PREFIXES:
        if lower.startswith(prefix) and len(lower) - len(prefix) >= 5:
            return prefix, stem(lower[len(prefix) :])
    return "", stem(lower)


@lru_cache(maxsize=4096)
def compared(sentence: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """For each comparison in a sentence what is above and what is below, as stems."""
    return _compared(sentence)


def role_conflict(statement: str, sources: Sequence[str], own: frozenset[str]) -> float:
    """How surely a statement turns round who is above whom, in [0, 1]; `own` are the stems of what the cited
    papers call their own."""
    worst = 0.0
    for above, below in compared(statement):
        if own and (own & below) and not (own & above):
            worst = max(worst, 0.7)
        for higher, lower in (pair for source in sources for pair in compared(source)):
            straight = _overlap(above, higher) + _overlap(below, lower)
            turned = _overlap(above, lower) + _overlap(below, higher)
            worst = max(worst, min(1.0, turned - straight))
    return worst


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    """The weight of the shared stems as a share of the lighter side's."""
    if not left or not right:
        return 0.0
    shared = sum(0.2 + weight(word) for word in left & right)
    return shared / min(sum(0.2 + weight(word) for word in left), sum(0.2 + weight(word) for word in right))


def _covered(spans: Sequence[tuple[int, int]], found: _Placed) -> NDArray[np.bool_]:
    inside = np.zeros(len(found.texts), dtype=bool)
    for start, end in spans:
        inside |= (found.starts < end) & (found.ends > start)
    return inside


@lru_cache(maxsize=1)
def _pointing() -> dict[str, tuple[int, int]]:
    table: dict[str, tuple[int, int]] = {}
    for dimension, sides in enumerate(_DIMENSIONS.values()):
        for side, sign in zip(sides, (1, -1), strict=True):
            for word in side.split():
                table.setdefault(word, (dimension, sign))
                table.setdefault(stem(word), (dimension, sign))
    return table


def _compared(sentence: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    found = []
    for match in _COMPARES.finditer(sentence):
        left, right = sentence[: match.start()], sentence[match.end() :]
        if match.group().casefold().endswith("than") and _BOUND.match(right):
            continue  # "less than 12 GB" sets nothing above anything
        by = re.match(r"\s*by\b", right)
        turned = bool(_DOWNWARD.match(match.group("verb"))) != bool(_PASSIVE.search(left) and by)
        near_left = re.split(r"[;:.]|, (?:and|but|while)\b", left)[-1].split()[-9:]
        near_right = re.split(r"[;:.,]|\b(?:by|on|in|at|with|while)\b", right[by.end() :] if by else right)[0].split()[
            :9
        ]
        sides = _content(near_left), _content(near_right)
        found.append((sides[1], sides[0]) if turned else sides)
    return tuple(found)


def _content(found: list[str]) -> frozenset[str]:
    return frozenset(form for word in found for form in words(word) if len(form) > 1)
