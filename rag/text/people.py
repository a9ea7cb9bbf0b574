"""The people whom a record names as authors, however it parts them."""

from __future__ import annotations

import re

from rag.text.brackets import unbracketed

_BETWEEN = re.compile(r"\s*;\s*|\s+and\s+")


def names_in(authors: str) -> list[str]:
    """The names in a record's line of authors, given names first; none where it is empty."""
    parts = [part for part in _BETWEEN.split(unbracketed(authors).strip()) if part]
    return [_given_first(name) for part in parts for name in _people(part)]


def _people(part: str) -> list[str]:
    """The names between commas, where each is more than one word; else the part itself, which is `Hu, Edward J.`"""
    names = part.split(", ")
    return names if len(names) > 1 and all(" " in name for name in names) else [part]


def _given_first(name: str) -> str:
    """`Hu, Edward J.` as `Edward J. Hu`; several names between commas stay."""
    family, comma, given = name.partition(", ")
    return f"{given} {family}" if comma and "," not in given and given.count(" ") < 3 else name
