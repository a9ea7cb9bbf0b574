"""XML that lists papers: Atom as arXiv's interface replies with, PubMed's articles, the records of EndNote."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from xml.etree.ElementTree import Element, TreeBuilder  # nosec B405
from xml.parsers import expat

from rag.corpus.cleaning import unwrapped
from rag.corpus.document import Document
from rag.corpus.fields import entry
from rag.corpus.found import Entry, Fault, shortened
from rag.corpus.tex import without_tex

_START = re.compile(r"\s*<(?:\?xml\b|feed\b|PubmedArticle(?:Set)?\b|records>|xml>)")
_CHUNK = 65_536
_LONGEST, _DEEPEST = 16_000_000, 200  # characters of one record, elements in each other
_HINT = "export it as BibTeX, RIS or CSV, or give its text or PDF"
_ARXIV = re.compile(r"https?://arxiv\.org/abs/(.+?)(?:v\d+)?")


def fits(head: str, suffix: str) -> bool:
    """Whether a text that starts so is XML."""
    return bool(_START.match(head.lstrip("\ufeff")))


def read(document: Document) -> Iterator[Entry | Fault]:
    """The papers of the file, streamed; line breaks that wrap a text are folded into spaces.

    Raises:
        Fault: it is no XML, of a kind that is not read, or declares entities of its own.
    """
    reading = _Reading()
    found = False
    with document.open() as stream:
        while not reading.ended:
            fault = reading.feed(stream.read(_CHUNK))
            found = found or bool(reading.done)
            yield from reading.done
            if fault is not None:
                raise fault
            reading.done.clear()
    if not found:
        raise Fault(f"an XML file without papers that can be read: <{shortened(reading.root, 40)}>", _HINT)


class _Reading:
    """Where in the file the parser stands: the record that is being read, and those that are `done`."""

    def __init__(self) -> None:
        self.root, self.done, self.ended = "", list[Entry | Fault](), False
        self._builder: TreeBuilder | None = None
        self._line = self._depth = self._held = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._begin, self._end
        self._parser.CharacterDataHandler, self._parser.EntityDeclHandler = self._text, _refuse

    def feed(self, chunk: bytes) -> Fault | None:
        """Parse some more, an empty chunk being the end; gives what is wrong with it, if it cannot go on."""
        self.ended = not chunk
        try:
            self._parser.Parse(chunk, self.ended)
        except Fault as fault:
            return fault
        except expat.ExpatError as error:
            return Fault(f"not valid XML: {expat.ErrorString(error.code)}", "export it again", error.lineno)
        except (ValueError, LookupError):
            return Fault("an XML file in an encoding that is not read", "save it as UTF-8")
        return None

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        plain = name.rpartition(":")[2]
        self.root = self.root or plain
        if self._builder is None and plain in _KINDS:
            self._builder, self._line, self._depth, self._held = TreeBuilder(), self._parser.CurrentLineNumber, 0, 0
        if self._builder is not None:
            self._depth += 1
            if self._depth > _DEEPEST:
                raise Fault("elements nested too deep to be papers", _HINT, self._parser.CurrentLineNumber)
            self._builder.start(plain, attributes)

    def _text(self, data: str) -> None:
        if self._builder is not None:
            self._held += len(data)
            self._builder.data(data if self._held <= _LONGEST else "")

    def _end(self, name: str) -> None:
        if self._builder is None:
            return
        self._builder.end(name.rpartition(":")[2])
        self._depth -= 1
        if not self._depth:
            self.done.append(self._paper(self._builder.close()))
            self._builder = None

    def _paper(self, record: Element) -> Entry | Fault:
        if self._held > _LONGEST:
            return Fault(f"a record of more than {_LONGEST:,} characters", "split it", self._line)
        return entry(_KINDS[record.tag](record), self._line, unwrapped)


def _refuse(*about: object) -> None:
    """Let no entity be declared: a few of them can stand for gigabytes."""
    raise Fault("an XML file that declares entities of its own", _HINT)


def _atom(record: Element) -> dict[str, object]:
    """An entry of a feed; one of arXiv has TeX in it."""
    place = _said(record.find("id"))
    arxiv = _ARXIV.fullmatch(place)
    tidy: Callable[[str], str] = without_tex if arxiv else str
    return {
        "title": tidy(_said(record.find("title"))),
        "abstract": tidy(_said(record.find("summary")) or _said(record.find("content"))),
        "authors": [_said(name) for name in record.iterfind("author/name")],
        "date": _said(record.find("published")) or _said(record.find("updated")),
        "venue": _said(record.find("journal_ref")),
        "doi": _said(record.find("doi")),
        "id": arxiv[1] if arxiv else place,
        "url": f"https://arxiv.org/abs/{arxiv[1]}" if arxiv else place if place.startswith("http") else "",
    }


def _pubmed(record: Element) -> dict[str, object]:
    """An article of PubMed: its abstract's parts with their headings."""
    number = _said(record.find("MedlineCitation/PMID"))
    article = record.find("MedlineCitation/Article")
    article = Element("Article") if article is None else article
    parts = [(part.get("Label", ""), _said(part)) for part in article.iterfind("Abstract/AbstractText")]
    authors = [
        [_said(one.find(part)) for part in ("ForeName", "LastName", "CollectiveName")]
        for one in article.iterfind("AuthorList/Author")
    ]
    return {
        "title": _said(article.find("ArticleTitle")),
        "abstract": " ".join(f"{label}: {said}" if label else said for label, said in parts),
        "authors": [" ".join(filter(None, names)) for names in authors],
        "date": _said(article.find("Journal/JournalIssue/PubDate")) or _said(article.find("ArticleDate")),
        "venue": _said(article.find("Journal/Title")),
        "doi": _said(article.find("ELocationID[@EIdType='doi']")),
        "keywords": [_said(word) for word in record.iterfind("MedlineCitation/KeywordList/Keyword")],
        "mesh_terms": [_said(term) for term in record.iterfind(".//MeshHeading/DescriptorName")],
        "id": number,
        "url": f"https://pubmed.ncbi.nlm.nih.gov/{number}/" if number else "",
    }


def _endnote(record: Element) -> dict[str, object]:
    """A record of EndNote, which Mendeley writes as well."""
    return {
        "title": _said(record.find("titles/title")),
        "abstract": _said(record.find("abstract")),
        "authors": [_said(author) for author in record.iterfind("contributors/authors/author")],
        "date": _said(record.find("dates/year")),
        "venue": _said(record.find("titles/secondary-title")) or _said(record.find("periodical/full-title")),
        "doi": _said(record.find("electronic-resource-num")),
        "keywords": [_said(word) for word in record.iterfind("keywords/keyword")],
        "url": _said(record.find("urls/related-urls/url")),
    }


def _said(element: Element | None) -> str:
    """The text of an element and of all within it, in one line."""
    if element is None:
        return ""
    joint = " " if element.tag in ("PubDate", "ArticleDate") else ""
    return " ".join(joint.join(element.itertext()).split())


_KINDS: dict[str, Callable[[Element], dict[str, object]]] = {
    "entry": _atom,
    "PubmedArticle": _pubmed,
    "record": _endnote,
}
