"""Words of a text that look like names: of methods, models, data sets, benchmarks."""

from __future__ import annotations

import re

_NAME = re.compile(
    r"(?<![\w-])(?:[A-Z]+[a-z]*[A-Z][\w.+^]*|[A-Z]{2,}[\w.+^]*|\w+-[A-Z][\w.+^]*|[A-Z][a-z]+\d[\w.+^]*|[A-Za-z]+\d[\w.+^]*|"
    r"\d+:\d+|[a-z]+[A-Z]\w*)(?:[-/][\w.+^]*\w)*"
)
_CAPITALISED = re.compile(r"(?<=[a-z0-9,:;)'’\"] )[A-Z][a-z]+(?![\w])(?:-\w+)*")


def names(text: str) -> list[str]:
    """Words with capitals or digits inside, in order, without doubles: `CLIP-Refine`, `W4A16`, `2:4`, `iBOT`."""
    return list(dict.fromkeys(match.group().rstrip(".") for match in _NAME.finditer(text)))


def capitalised(text: str) -> list[str]:
    """Words with a capital that no sentence start explains, in order, without doubles: `Wikipedia`."""
    return list(dict.fromkeys(match.group() for match in _CAPITALISED.finditer(text)))


def phrases(text: str) -> list[str]:
    """Runs of names and capitalised words, with the numbers behind them: `Common Crawl`, `Llama 3`."""
    single = sorted({*names(text), *capitalised(text)}, key=len, reverse=True)
    if not single:
        return []
    one = "|".join(re.escape(word) for word in single)
    run = re.compile(rf"(?<![\w-])(?:{one})(?:[ ](?:{one}|\d+(?:\.\d+)?)(?![\w%]))*")
    return list(dict.fromkeys(match.group() for match in run.finditer(text)))
