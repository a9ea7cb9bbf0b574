"""A record of a table or a JSON file in, its title, text and metadata out, found by their usual names."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping

from rag.corpus.cleaning import clean, one_title
from rag.corpus.found import Entry, Fault, shortened

TITLE_NAMES = ("title", "paper_title", "name", "document_title", "article_title", "titles", "display_name", "ti")
TEXT_NAMES = (
    "abstract", "abstract_note", "abstractnote", "abstract_text", "abstracttext", "summary", "summaries", "text",
    "body", "content", "digest", "description", "ab",
)  # fmt: skip
_INVERTED = "abstract_inverted_index"  # OpenAlex: each word with the places where it stands
_METADATA_NAMES = {
    "year": ("year", "publication_year", "pub_year", "date", "published", "publication_date", "update_date"),
    "authors": ("authors", "author", "first_authors", "creators", "creator"),
    "venue": (
        "venue",
        "journal",
        "booktitle",
        "journal_name",
        "journal_full_name",
        "secondary_title",
        "container_title",
        "conference",
        "publication_venue",
        "journal_ref",
    ),
    "doi": ("doi",),
    "url": ("url", "urls", "link", "href"),
    "id": ("id", "paper_id", "paperid", "arxiv_id", "corpusid"),
}
_NAME = re.compile(r"[\s\-_.]+")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")


def field_name(name: str) -> str:
    """A column's name as it is looked up: `Paper Title` is `paper_title`."""
    return _NAME.sub("_", clean(name).lower()).strip("_")


def entry(record: Mapping[str, object], line: int | None, tidy: Callable[[str], str] = clean) -> Entry | Fault:
    """The paper that a record describes, its text put through `tidy`; a fault where it has no title."""
    named = {field_name(name): value for name, value in record.items()}
    title = first(named, TITLE_NAMES)
    if not title.strip():
        found = shortened(", ".join(record)) or "nothing"
        return Fault(f"no title: expected a field {', '.join(TITLE_NAMES[:3])}, found {found}", "add a title", line)
    text = first(named, TEXT_NAMES) or _uninverted(named.get(_INVERTED))
    return Entry(one_title(title), tidy(text), line, metadata(named))


def metadata(named: Mapping[str, object]) -> dict[str, str]:
    """The year, authors, venue, DOI, address and id that a record gives, as strings; what it lacks is left out."""
    found = {key: one_title(first(named, names)) for key, names in _METADATA_NAMES.items()}
    year = _YEAR.search(found["year"])
    found["year"] = year[0] if year else ""
    return {key: value for key, value in found.items() if value}


def first(named: Mapping[str, object], names: Iterable[str]) -> str:
    """The first value under `names` that is not blank, as text."""
    values = (_as_text(named[name], name) for name in names if name in named)
    return next((value for value in values if value.strip()), "")


def _as_text(value: object, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) if math.isfinite(value) else ""
    if isinstance(value, list):
        joint = "\n" if name in TEXT_NAMES else "; "
        return joint.join(filter(None, (_as_text(item, name) for item in value)))
    if isinstance(value, dict):
        given, family = (value.get(one) or value.get(other) for one, other in (("given", "first"), ("family", "last")))
        named = " ".join(str(part) for part in (given, family) if isinstance(part, str))
        return str(value.get("name") or value.get("text") or named)
    return ""


def _uninverted(index: object) -> str:
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
