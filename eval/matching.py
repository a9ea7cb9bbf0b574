"""Whether a text says a fact: strings compared after folding notation. Shares no parsing with `rag`.

`5,000x` is `5000 times` and `a factor of 5000`; `sim1\\%` is `1 percent`; `7B` is `7 billion`, `two` is `2`, `10GB` is
`10 GB`, `63.0%` is `63%`, `GPT-4` is `GPT4`; hyphens are spaces; LaTeX marks go. A form matches at word boundaries
only, so that `1.5` is not found in `21.5` or `1.54`, and not behind a "not". Other words for the same are other forms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from eval.schema import Fact

Rules = list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]]
_RULES: Rules = [
    (
        re.compile(r"\\times\b|\\(?=[%$&#_{}])|\\sim|\bsim(?=\d)"),
        lambda m: "x" if "times" in m.group() else " ",
    ),
    (re.compile(r"\\([a-z]+)"), r" \1 "),
    (re.compile(r"[$\\{}_~`*^]"), " "),
    (re.compile(r"(\d),(?=\d{3}(?!\d))"), r"\1"),
    (re.compile(r"(\d)\s*(?:times|×|x)(?![a-z])"), r"\1x"),
    (re.compile(r"\s*(?:%|percent\b|per cent\b)"), "%"),
    (re.compile(r"[-‐‑–—−/]"), " "),
    (re.compile(r"[^\w%.+:<> ]"), " "),
    (re.compile(r"\s*([<>])\s*"), r" \1"),
    (re.compile(r"\.(?!\d)|(?<!\d)\."), " "),
    (re.compile(r"\s+"), " "),
]
_COUNTED = "two three four five six seven eight nine ten eleven twelve".split()
_SCALES = {"k": 3, "thousand": 3, "m": 6, "million": 6, "b": 9, "billion": 9, "t": 12, "trillion": 12}
_UNITS = "kb mb gb tb ms s h hz khz mhz ghz db nm mm cm km kg kw mw fps".split()


def _scaled(match: re.Match[str]) -> str:
    """`90 thousand` and `1.2m` as the whole number."""
    digits, _, places = match.group(1).partition(".")
    zeros = _SCALES[match.group(2) or match.group(3)]
    return f"{digits}{places.ljust(zeros, '0')}" if len(places) <= zeros else match.group()


_ALIKE: Rules = [
    (re.compile(rf"\b(?:{'|'.join(_COUNTED)})\b"), lambda m: str(_COUNTED.index(m.group()) + 2)),
    (re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?: (thousand|[mbtr]+illion)|([kmbt]))\b"), _scaled),
    (re.compile(r"(\d) (?:times|fold)\b|\bfactor of (\d+(?:\.\d+)?)(?![\w.])"), r"\1\2x"),
    (re.compile(r"(\d\.\d*?)0+(?!\d)"), r"\1"),
    (re.compile(r"(\d)\.(?!\d)"), r"\1"),
    (re.compile(rf"(?<![\w.])(\d+(?:\.\d+)?)(?=(?:{'|'.join(_UNITS)})\b)"), r"\1 "),
    (re.compile(r"(?<=\dx) (?=\d)"), ""),
    (re.compile(r"(?<=[a-z]{3})is(?=(?:e|ed|es|er|ing|ation)\b)"), "iz"),
    (re.compile(r"(?<=[a-z]{3})our(?=s|ed|al|ing|\b)"), "or"),
    (re.compile(r"(?<=e)ll(?=(?:ed|ing)\b)"), "l"),
]
_DENIED = re.compile(r"(?:\b(?:not|never|cannot)|n t)(?: the| an?)? $")
_LOOSE = re.compile(r"(?<=[a-z]) ?(?=\d)|(?<=\bpre|\bnon|\bsub) ?(?=[a-z])|(?<=\bfine|\bpost|\bself|\bdata) ?(?=[a-z])")


@lru_cache(maxsize=8192)
def folded(text: str) -> str:
    """`text` with notation folded, for comparing only."""
    return _rewritten(unicodedata.normalize("NFKC", text).casefold(), _RULES)


def says(text: str, form: str) -> bool:
    """Whether `text` contains `form` at word boundaries, both folded, as they stand or with figures and spellings made
    alike, somewhere without a "not" right before it."""
    return any(_stands(fold(text), fold(form)) for fold in (folded, _made_alike))


def states(text: str, fact: Fact) -> bool:
    """Whether `text` says the fact in any of its forms."""
    return any(says(text, form) for form in fact.forms)


def _stands(text: str, form: str) -> bool:
    return bool(form) and any(not _DENIED.search(text[: found.start()]) for found in _pattern(form).finditer(text))


@lru_cache(maxsize=8192)
def _pattern(form: str) -> re.Pattern[str]:
    """Finds a form; `gpt4` and `gpt 4`, `pretraining` and `pre training` are one."""
    return re.compile(rf"(?<![\w.]){' ?'.join(map(re.escape, _LOOSE.split(form)))}(?![\w]|\.\d)")


@lru_cache(maxsize=8192)
def _made_alike(text: str) -> str:
    """`text` folded, with figures, units and spellings in one form each."""
    return _rewritten(folded(text), _ALIKE)


def _rewritten(text: str, rules: Rules) -> str:
    for pattern, replacement in rules:
        text = pattern.sub(replacement, text)
    return text.strip()
