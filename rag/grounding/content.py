"""The stems of a text for comparison: search words with British and American spellings as one, `8xA100` as two."""

from __future__ import annotations

import re

from rag.text.words import words

_BRITISH = re.compile(
    r"(?<=[a-z]{3})(is)(?=(?:e|es|ed|ing|ation|ations|er|ers)\b)|(?<=[a-z]{3})(our)(?=s?\b|ed|ing)", re.I
)
_NOT_BRITISH = re.compile(
    r"\b\w*(?:nois|prais|rais|precis|otherwis|exercis|revis|promis|compris|advis|supervis|improvis|expertis|likewis|"
    r"surpris|enterpris|premis|disguis|concis|devis|wis|clois|vis|four|hour|your|pour|tour)\w*",
    re.I,
)
_SO_MANY = re.compile(r"(?<=\d)[x×](?=[A-Z])")  # `8xA100`


def stems(text: str) -> list[str]:
    """The search words of `text` (see `rag.text.words`), in order: `quantises` and `quantizes` give one."""
    return words(_american(_SO_MANY.sub("x ", text)))


def _american(text: str) -> str:
    def fold(match: re.Match[str]) -> str:
        start = text.rfind(" ", 0, match.start()) + 1
        if _NOT_BRITISH.match(text, start):
            return match.group()
        return "iz" if match.group(1) else "or"

    return _BRITISH.sub(fold, text)
