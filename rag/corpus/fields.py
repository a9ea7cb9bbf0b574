"""A record of a table or a JSON file in, its title, text and metadata out, found by their usual names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from rag.corpus.cleaning import clean, one_title
from rag.corpus.found import Entry, Fault, shortened
from rag.corpus.markup import without_markup
from rag.corpus.values import as_text, people, uninverted
from rag.text.keywords import united

TITLE_NAMES = ("title", "paper_title", "name", "document_title", "article_title", "titles", "display_name", "ti")
TEXT_NAMES = (
    "abstract", "abstract_note", "abstractnote", "abstract_text", "abstracttext", "summary", "summaries", "text",
    "body", "content", "digest", "description", "ab",
)  # fmt: skip
INVERTED = "abstract_inverted_index"  # OpenAlex: each word with the places where it stands
_METADATA_NAMES = {
    "year": (
        "year", "publication_year", "pub_year", "date", "published", "publication_date", "issued", "published_at",
        "py", "update_date",
    ),
    "authors": ("authors", "author", "first_authors", "creators", "creator", "authorships", "af", "au"),
    "venue": (
        "venue", "journal", "journaltitle", "booktitle", "journal_name", "journal_full_name", "secondary_title",
        "alternate_title3", "alternate_title2", "container_title", "publication_title",
        "source_title", "conference", "conference_name", "proceedings_title", "proceeding", "publication_venue",
        "publication", "eventtitle", "primary_location", "custom3", "journal_ref", "so",
    ),
    "doi": ("doi", "di"),
    "url": ("url", "urls", "link", "href"),
    "id": ("id", "paper_id", "paperid", "arxiv_id", "corpus_id", "corpusid"),
}  # fmt: skip
_KEYWORD_NAMES = (
    "keywords", "keyword", "author_keywords", "index_keywords", "keywords_plus", "keyphrases", "subject_headings",
    "mesh_terms", "mesh_headings", "subject_terms", "subjects", "topics", "concepts", "fields_of_study",
    "manual_tags", "tags", "mh", "ot", "de", "kw",
)  # fmt: skip
_NAME = re.compile(r"[\s\-_.]+|(?<=[a-z\d])(?=[A-Z])")
_YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
_DOI_PLACE = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", re.IGNORECASE)
_SHORT = 60  # characters, in which somebody may say that there is no abstract
_NO_TEXT = re.compile(
    r"\W*(?:no abstract(?: is)?(?: available)?|abstract(?: is)? (?:not available|missing|unavailable)"
    r"|n/?a|nan|none|null)?\W*",
    re.IGNORECASE,
)


def field_name(name: str) -> str:
    """A column's name as it is looked up: `Paper Title` and `paperTitle` are `paper_title`."""
    return _NAME.sub("_", clean(name)).lower().strip("_")


def entry(record: Mapping[str, object], line: int | None, tidy: Callable[[str], str] = clean) -> Entry | Fault:
    """The paper that a record describes, its text put through `tidy`; a fault where it has no title."""
    named = {field_name(name): value for name, value in record.items()}
    title = without_markup(first(named, TITLE_NAMES))
    if not title.strip():
        found = shortened(", ".join(record)) or "nothing"
        return Fault(f"no title: expected a field {', '.join(TITLE_NAMES[:3])}, found {found}", "add a title", line)
    text = without_markup(first(named, TEXT_NAMES)) or uninverted(named.get(INVERTED))
    if len(text) < _SHORT and _NO_TEXT.fullmatch(text):
        text = ""
    return Entry(one_title(title), tidy(text), line, metadata(named))


def metadata(named: Mapping[str, object]) -> dict[str, str]:
    """The year, authors, venue, DOI, address, id and keywords that a record gives, as strings; what it lacks is left
    out."""
    known = _identified(named)
    found = {key: one_title(without_markup(first(known, names))) for key, names in _METADATA_NAMES.items()}
    found["authors"] = one_title(next(filter(None, (people(known.get(n)) for n in _METADATA_NAMES["authors"])), ""))
    found["doi"] = _DOI_PLACE.sub("", found["doi"])
    years = _YEAR.findall(found["year"]) or _only(_YEAR.findall(found["venue"]))
    found["year"] = years[0] if years else ""
    found["keywords"] = united(*(without_markup(as_text(named.get(name))) for name in _KEYWORD_NAMES))
    return {key: value for key, value in found.items() if value}


def _identified(named: Mapping[str, object]) -> Mapping[str, object]:
    """With the DOI at hand that Semantic Scholar gives among a paper's ids elsewhere."""
    ids = named.get("external_ids")
    return {**named, "doi": named.get("doi") or ids.get("DOI")} if isinstance(ids, dict) else named


def _only(years: list[str]) -> list[str]:
    """The year that a venue names, where it names no other."""
    return years if len(set(years)) == 1 else []


def first(named: Mapping[str, object], names: Iterable[str]) -> str:
    """The first value under `names` that is not blank, as text."""
    values = (as_text(named[name], "\n" if name in TEXT_NAMES else "; ") for name in names if name in named)
    return next((value for value in values if value.strip()), "")
