"""What a record says that a paper is about, phrase by phrase, however it parts them."""

from __future__ import annotations

import re

JOINT = "; "
_BETWEEN = tuple(map(re.compile, (r"[;|•·]", ",", "\n")))
_LONGEST, _MOST = 80, 64  # characters of one, and how many a paper can have: what is beyond is no keyword


def keywords_in(text: str) -> list[str]:
    """The keywords of a record's field, in order, each once; commas part them where no semicolons do, and lines where
    neither does."""
    between = next((mark for mark in _BETWEEN if mark.search(text)), _BETWEEN[0])
    found = (" ".join(part.split()).strip(" .*") for part in between.split(text))
    unique: dict[str, str] = {}
    for phrase in found:
        if 0 < len(phrase) <= _LONGEST:
            unique.setdefault(phrase.casefold(), phrase)
    return [*unique.values()][:_MOST]


def united(*fields: str) -> str:
    """The keywords of several fields as one field: each once, those of the first field first."""
    return JOINT.join(keywords_in(JOINT.join(phrase for field in fields for phrase in keywords_in(field)) + JOINT))
