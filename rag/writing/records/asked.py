"""What a question asks of records, and the question without it: "by A and B", "since 2019", "at NeurIPS"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from rag.question import WRITE
from rag.retrieval.retriever import Retriever
from rag.text.brackets import unbracketed
from rag.text.common_words import is_common
from rag.text.words import stem, words
from rag.writing.listing.terms import asked_terms, mentioning
from rag.writing.records.asked_years import PAPERS, years_said
from rag.writing.records.conditions import Family, Has, OfRecord
from rag.writing.records.record import authors_of, meant

_OUT = r"(?:published|released|written|posted|out|appear(?:ed|ing)?|came out|come out|presented|accepted)"
_REST = r"[\w.'’-]{0,40}"  # of a word of a name: bounded, or a word of 4,000 letters takes seconds
_PART = rf"[^\W\d_]{_REST}"
_CAPITAL = rf"(?!(?:Which|What|List|Show|Find|Name|Give|How|All|Any|The|Are|Is)\b)[^\W\d_a-z]{_REST}"
_PROPER = rf"(?-i:{_CAPITAL}(?: (?:(?:van|von|der|den|de|da|di|la|le|el|al)\b|[^\W\d_a-z]{_REST})){{0,4}})"
_PLAIN = (
    rf"(?!(?:the|an?|my|our|this|that|these|those|it|them)\b){_PART}(?: {_PART}){{0,2}}?"
    r"(?=\W*$| (?:on|about|in|from|since)\b)"
)
_BETWEEN = r"(?:,? (?:and/or|and|or|&|(?:together |jointly )?with) (?:also )?(?:by )?(?:both )?|, )"
PEOPLE = rf"(?:both )?{_PROPER}(?:{_BETWEEN}{_PROPER}){{0,5}}"
_EVERYONE = re.compile(r"\b(?:and|with|both|together|jointly|joint)\b|&", re.I)
_ALSO = re.compile(_BETWEEN, re.I)
_MADE = r"(?:co-?)?(?:written|authored|published)"
_NOT_BY = re.compile(
    rf"(?:,? (?:and|but))?(?: (?:that|which))?(?: (?:are|is|were|was))? not (?:{_MADE} )?by (?P<sure>{PEOPLE})"
    r"|,? (?:except|excluding|without|but (?:not|no)|apart from|other than)(?: (?:for|those|the ones|any|papers|that))*"
    rf"(?: (?:{_MADE} )?by)? (?P<name>{PEOPLE})",
    re.I,
)
_CERTAIN = (  # of these the words alone tell that authors are meant
    re.compile(
        rf",?(?: (?:that|which))?(?: (?:are|is|were|was|there))*(?: {_MADE}| joint\w*| together)* by (?:the )?"
        rf"(?P<who>{PEOPLE})(?: (?:together|jointly)| et al\.?)*(?!\w)",
        re.I,
    ),
    re.compile(
        rf"(?<=\b)(?:that|which|did|has|have|does|do) (?P<who>{PEOPLE}|{_PLAIN})(?: (?:ha[sd]|have))?"
        rf"(?: (?:together|jointly|both))? {WRITE}\b(?: (?:together|jointly))?",
        re.I,
    ),
    re.compile(
        rf"(?<=\b)(?P<who>{PEOPLE})['’]s? (?=(?:(?!of\b)[\w.-]+ ){{0,3}}?{PAPERS}\b)",
        re.I,
    ),
    re.compile(
        rf"\b{PAPERS} (?P<how>(?:(?:that|which) (?:are|were) )?(?:{_MADE} )?by (?P<who>{_PLAIN}))",
        re.I,
    ),
)
_OF_ANOTHER = re.compile(
    rf"\b(?:by|from|did|have|has) (?:the )?(?:same )?(?:(?P<place>first|last|senior) )?authors? "
    rf"(?:of|as|behind|that wrote|who wrote) (?:the )?(?P<paper>[^?]{{2,80}}?)(?: {WRITE}\b)?\W*$",
    re.I,
)
_POSSIBLE = (  # and of these, where some record has them
    re.compile(rf"(?P<joint>joint (?:work|{PAPERS}) (?:of|between) )(?P<who>{PEOPLE})", re.I),
    re.compile(rf"(?<!\w)(?P<who>{PEOPLE}|[a-z][\w'’-]+),? et al\b\.?,?", re.I),
    re.compile(
        rf"(?<!\w)(?P<who>{PEOPLE}) (?=(?:\w+ )?{PAPERS}\b|\(?(?:19|20)\d\d\)?\W*$)"
        rf"|(?<!\w)(?P<own>{_PART})['’]s (?=(?:\w+ ){{0,3}}?{PAPERS}\b)",
        re.I,
    ),
    re.compile(rf"(?<!\w)(?P<who>[a-z][a-z'’-]{{2,40}}) (?=(?:[a-z]+ )?{PAPERS}\b|\(?(?:19|20)\d\d\)?\W*$)"),
)
# Stands right before "from 2020" where nothing else is meant.
_FRAMED = re.compile(rf"\b(?:{PAPERS}|{_OUT})(?: (?:are|is|were|was))?(?: there)?\W*$", re.I)
_NEGATED = re.compile(
    r",?(?: (?:that|which|but|and))?(?: (?:are|is|were|was))?"
    rf"(?: ?(?:not|n['’]t|except(?: those| ones)?|excluding|outside))(?: (?:only|{_OUT}))*\W*$",
    re.I,
)
_SAID_OUT = re.compile(rf"\b(?!out\b){_OUT}\W*$", re.I)
_SMALL_WORD = r"(?:of|on|and|or|the|for|in)"
TITLED = rf"(?:[A-Z][\w&./-]{{0,40}}|{_SMALL_WORD})"
_NEXT_PAPERS = re.compile(rf" {PAPERS}\b", re.I)
_BEHIND = rf"(?:(?:19|20)\d\d )?(?:conference |workshop |journal )?{PAPERS}\b"
_VENUE = re.compile(
    rf"\b(?:at|in|from)\s+(?:the )?(?P<in>{TITLED}(?: {TITLED}){{0,12}})"
    rf"|\b(?P<of>[A-Z][\w&./-]{{0,40}}(?: {TITLED}){{0,8}}?)(?= {_BEHIND})"
)
_SMALL_VENUE = re.compile(
    r"\b(?:at|in|from|on) (?:the )?(?P<in>[a-z][a-zA-Z]{2,13})(?=\W*$| (?:in|from|since|after|before|on|about|\d{4})\b)"
    rf"|\b(?P<of>(?!(?:conference|journal|workshop|venue|year)s?\b)[a-z][a-zA-Z]{{2,13}})(?= {_BEHIND}| \d{{4}}\W*$)"
)
_ACRONYM = re.compile(r"\w*[A-Z]\w*[A-Z]\w*")  # may be a venue wherever it stands, where Computer Vision is a topic
_LEFT_OVER = re.compile(rf"\b{_OUT}\b(?=\s*(?:[?.!,;]|$))", re.I)
_TRIED = 3  # names and venues, each of which has all records read


def asked_of_record(retriever: Retriever, text: str) -> tuple[OfRecord, str]:
    """What a listing wants of records, and the listing without it. What is said in words that may mean something else
    ("by", "in", a year behind some other noun) counts where a record has it."""
    asked = OfRecord()
    for part in (_not_by, _by_authors_of_another, _by_authors, _in_venue, _of_years, _in_venue):
        if (part is _in_venue and asked.venues) or (part is _by_authors and asked.authors):
            continue
        found, rest = part(retriever, text)
        if found.fields:
            asked = asked.and_also(found)
            text = rest
    return asked, _LEFT_OVER.sub("", text) if asked.fields else text


def _not_by(retriever: Retriever, text: str) -> tuple[OfRecord, str]:
    match = _NOT_BY.search(text)
    if match is None:
        return OfRecord(), text
    asked = OfRecord(others=named(match["sure"] or match["name"]))
    if not match["sure"] and not _known(retriever, asked.others):
        return OfRecord(), text
    return asked, _without(text, match)


def _by_authors_of_another(retriever: Retriever, text: str) -> tuple[OfRecord, str]:
    """Papers by those who wrote another one, which is left out."""
    match = _OF_ANOTHER.search(text)
    hits = retriever.hits(match["paper"]) if match else None
    if match is None or hits is None or not hits.candidates:
        return OfRecord(), text
    paper = meant(retriever.snapshot, match["paper"], match["paper"], hits)
    names = authors_of(paper) if paper is not None else []
    if paper is None or not names:
        return OfRecord(), text
    place = (match["place"] or "").casefold()
    chosen = names[:1] if place == "first" else names[-1:] if place else names
    return OfRecord(authors=tuple(chosen), beside=unbracketed(paper.title)), text[: match.start()].rstrip()


def _by_authors(retriever: Retriever, text: str) -> tuple[OfRecord, str]:
    for pattern in _CERTAIN:
        if match := pattern.search(text):
            names = named(match["who"])
            asked = _of_authors(retriever, names, bool(_EVERYONE.search(match[0])))
            capitals = all(name[:1].isupper() for name in names)
            if _some(retriever, asked) or (capitals and not _named_in_text(retriever, text)):
                return asked, _without(text, match)
    for match in islice(_possible(text), _TRIED):
        names = named(match["who"] or match["own"])
        if _known(retriever, names):
            return _of_authors(retriever, names, bool(_EVERYONE.search(match[0]))), _without(text, match)
    return OfRecord(), text


def _possible(text: str) -> Iterator[re.Match[str]]:
    """Where a listing may name authors; one plain word only if it is none that papers use."""
    for pattern in _POSSIBLE:
        for match in pattern.finditer(text):
            said = match["who"] or match["own"]
            if not (said.islower() and is_common(stem(said))):
                yield match


def _of_authors(retriever: Retriever, names: tuple[str, ...], all_of_them: bool) -> OfRecord:
    """Papers by some authors; by all of them where that is asked and there are such."""
    together = OfRecord(authors=names, together=True)
    if not all_of_them or len(names) < 2:
        return OfRecord(authors=names)
    return together if _some(retriever, together) else OfRecord(authors=names, apart=True)


def named(said: str) -> tuple[str, ...]:
    """The single names in a run of people: `Reed, Stone and Moss`."""
    return tuple(name for part in _ALSO.split(re.sub(r"^both ", "", said)) if (name := part.strip(" ,.")))


def _known(retriever: Retriever, names: tuple[str, ...]) -> bool:
    """Whether each is the family name, or the whole one, of some author."""
    has_authors = bool(retriever.mask(Has("authors")).any())
    return has_authors and bool(names) and all(retriever.mask(Family(name)).any() for name in names)


def _named_in_text(retriever: Retriever, text: str) -> bool:
    """Whether some paper's text has the names of a listing: "papers by OpenAI" may be found by what they say."""
    terms = asked_terms(text)
    return bool(terms) and bool(mentioning(retriever.snapshot, terms).any())


def _of_years(retriever: Retriever, text: str) -> tuple[OfRecord, str]:
    match, asked = years_said(text)
    if match is None:
        return OfRecord(), text
    before = text[: match.start()]
    if _NEGATED.search(before):
        return OfRecord(), text
    at_end = not words(text[match.end() :])
    said = match.groupdict()
    framed = _FRAMED.search(before) or at_end or said.get("z") or said.get("x") or _NEXT_PAPERS.match(text, match.end())
    if match[0][0].isdigit() and not framed:
        return OfRecord(), text  # two years of something else
    if not framed and not retriever.mask(Has("year")).any():
        return OfRecord(), text
    return asked, _without(text, match)


def titled(said: str) -> str:
    """A name of words as `TITLED` has them, without the small ones behind it."""
    return re.sub(rf"(?: {_SMALL_WORD})+$", "", said.strip())


def _in_venue(retriever: Retriever, text: str) -> tuple[OfRecord, str]:
    for pattern in (_VENUE, _SMALL_VENUE):
        for match in islice(pattern.finditer(text), _TRIED):
            said = titled(match["in"] or match["of"])
            start, end = match.start(), match.start("in" if match["in"] else "of") + len(said)
            small = said[0].islower()
            if pattern is _VENUE and small:
                continue  # "in and after 2019"
            before = text[:start]
            framed = (
                _FRAMED.search(before) or _NEGATED.search(before)
                if match["in"]
                else not small or not is_common(stem(said))
            )
            if not framed and not (_ACRONYM.fullmatch(said) or (small and not is_common(stem(said)))):
                continue
            asked = _at(retriever, said, loosely=not small)
            if asked is None and match["in"] and _SAID_OUT.search(before) and not small and _has_venues(retriever):
                asked = OfRecord(venues=(said,), whole=True)
            if asked is not None and (negated := _NEGATED.search(before)):
                asked, start = OfRecord(elsewhere=asked.venues), negated.start()
            if asked is not None:
                return asked, f"{text[:start].rstrip()} {text[end:].lstrip()}".strip()
    return OfRecord(), text


def _at(retriever: Retriever, said: str, *, loosely: bool) -> OfRecord | None:
    """The venues that are said, where some record has each: by whole names, or `loosely` by some of their words."""
    parts = tuple(re.split(r" (?:and|or) ", said))
    for venues in dict.fromkeys(((said,), parts)):
        for whole in (True, False) if loosely else (True,):
            each = [OfRecord(venues=(venue,), whole=whole) for venue in venues]
            if all(_some(retriever, one) for one in each):
                return OfRecord(venues=venues, whole=whole)
    return None


def _has_venues(retriever: Retriever) -> bool:
    return bool(retriever.mask(Has("venue")).any())


def _without(text: str, match: re.Match[str]) -> str:
    """The text without what was said of records; the papers that it was said of stay."""
    start = match.start("how") if match.groupdict().get("how") and "who" in match.groupdict() else match.start()
    return f"{text[:start].rstrip()} {text[match.end() :].lstrip()}".strip()


def _some(retriever: Retriever, asked: OfRecord) -> bool:
    """Whether some record says so. Where none has the field, as in listing pages, no further row is read for it."""
    return all(retriever.mask(Has(name)).any() for name in asked.fields) and bool(retriever.mask(asked).any())
