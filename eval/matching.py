"""Whether a text says a fact: strings compared after folding notation. Shares no parsing with `rag`.

`5,000x` is `5000 times`; `sim1\\%` is `1 percent`; hyphens are spaces; LaTeX marks go. A form matches at word
boundaries only, so that `1.5` is not found in `21.5` or `1.54`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from eval.schema import Fact

_RULES: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
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
    (re.compile(r"[^\w%.+: ]"), " "),
    (re.compile(r"\.(?!\d)|(?<!\d)\."), " "),
    (re.compile(r"\s+"), " "),
]


def folded(text: str) -> str:
    """`text` with notation folded, for comparing only."""
    text = unicodedata.normalize("NFKC", text).casefold()
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text.strip()


def says(text: str, form: str) -> bool:
    """Whether `text` contains `form` at word boundaries, both folded."""
    wanted = folded(form)
    return bool(wanted) and re.search(rf"(?<![\w.]){re.escape(wanted)}(?![\w]|\.\d)", folded(text)) is not None


def states(text: str, fact: Fact) -> bool:
    """Whether `text` says the fact in any of its forms."""
    return any(says(text, form) for form in fact.forms)
