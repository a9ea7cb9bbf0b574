"""A value of JSON or of a table's cell in, the text that it stands for out: of names, dates and word indexes, too."""

from __future__ import annotations

import math
import re

_DEEPEST = 6  # of lists and objects in each other: what is deeper is no field of a paper
_LABELS = ("name", "text", "value", "literal", "display_name", "raw", "date-parts", "source", "author", "tag")
_GIVEN, _FAMILY = ("given", "first", "firstName", "given_name"), ("family", "last", "lastName", "family_name")
_PARTICLES = ("non-dropping-particle", "dropping-particle")
_LISTED = re.compile(r"\[\s*(['\"]).*\1\s*\]", re.DOTALL)
_QUOTED = re.compile(r"'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"", re.DOTALL)


def as_text(value: object, joint: str = "; ", depth: int = 0) -> str:
    """What a value says, the parts of a list with `joint` between them; empty for what says nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) if math.isfinite(value) else ""
    if depth >= _DEEPEST:
        return ""
    if isinstance(value, list):
        return joint.join(filter(None, (as_text(item, joint, depth + 1) for item in value)))
    if isinstance(value, dict):
        labels = (as_text(value[label], joint, depth + 1) for label in _LABELS if label in value)
        return next(filter(None, labels), "") or _person(value)
    return ""


def people(value: object) -> str:
    """The names of a paper's authors, with semicolons between them; editors and others that are told apart go."""
    if isinstance(value, str) and _LISTED.fullmatch(value.strip()):  # a list that a cell holds as it is written in code
        return "; ".join(one or other for one, other in _QUOTED.findall(value))
    if isinstance(value, list):
        authors = [one for one in value if not isinstance(one, dict) or one.get("creatorType", "author") == "author"]
        return as_text(authors or value)
    return as_text(value).strip("; ")


def _person(value: dict[str, object]) -> str:
    """The parts of a name, in the order in which it is said."""
    parts = (next((value[key] for key in keys if value.get(key)), None) for keys in (_GIVEN, _PARTICLES, _FAMILY))
    return " ".join(part for part in parts if isinstance(part, str))


def uninverted(index: object) -> str:
    """The text of which `index` names the places of each word; empty for anything else."""
    if not isinstance(index, dict):
        return ""
    placed = [
        (place, str(word))
        for word, places in index.items()
        for place in (places if isinstance(places, list) else [])
        if isinstance(place, int)
    ]
    return " ".join(word for _, word in sorted(placed))
