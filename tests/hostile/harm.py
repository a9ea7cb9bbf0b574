"""What a door must not let through, each as a function that raises `AssertionError`."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser

from markdown_it import MarkdownIt

from rag.types import Answer

_MARKER = re.compile(r"\[(\d+)\]")
# Elements and attributes that Footnote itself writes, and the few that Markdown makes of plain paragraphs.
_ELEMENTS = set(
    "html head meta title style body h1 h2 h3 section article p br ol ul li sup a mark span button details summary div"
    " table thead tbody tr th td em strong hr".split()
)
_ATTRIBUTES = set(
    "class id href aria-label data-turn data-paper data-n data-ask data-copy hidden tabindex"
    " type role value lang charset".split()
)
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def unknown_decl(self, data: str) -> None:
        raise AssertionError(f"a declaration: {data[:40]}")

    def handle_pi(self, data: str) -> None:
        raise AssertionError(f"an instruction: {data[:40]}")


def inert_html(html: str) -> str:
    """The text of a page that holds our own elements only; links lead within it."""
    reader = _Elements()
    reader.feed(html)
    reader.close()
    for tag, attributes in reader.found:
        assert tag in _ELEMENTS, f"an element: {tag}"
        assert set(attributes) <= _ATTRIBUTES, f"attributes of {tag}: {sorted(attributes)}"
        link = attributes.get("href")
        assert link is None or link.startswith("#"), f"a link: {link}"
    return "".join(reader.text)


def inert_chat(markdown: str) -> None:
    """A message of the chat, which lets HTML through and makes links of bare addresses."""
    rendered = (
        MarkdownIt("gfm-like", {"html": True, "linkify": False}).enable(["table", "strikethrough"]).render(markdown)
    )
    text = inert_html(rendered)
    assert not CONTROL.search(text)
    bare = re.sub(r"<!-- -->", "\x00", markdown)
    assert not re.search(r"(?i)\b(https?://|www\.|mailto:)\w", bare), "an address that becomes a link"


def inert_markdown(markdown: str) -> None:
    """An exported file: no HTML, no image, no link but footnotes."""
    rendered = MarkdownIt("commonmark").render(re.sub(r"(?m)^\[\^", "(^", markdown))
    tags = set(re.findall(r"<(\w+)", rendered))
    assert tags <= {"p", "h2", "ul", "li", "br", "ol", "hr"}, f"elements: {sorted(tags)}"


def inert_csv(text: str) -> None:
    """No cell that a spreadsheet runs."""
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            assert not cell.lstrip(" ").startswith(_FORMULA), f"a formula: {cell[:40]}"


def inert_bibtex(text: str) -> None:
    """Braces that close, and one entry for each that was meant."""
    depth = 0
    for match in re.finditer(r"(?s)\\.|[{}]", text):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        assert depth >= 0, "a brace too many"
    assert depth == 0, "an open brace"


def inert_terminal(lines: list[str]) -> None:
    """No escape sequence, direction or invisible character."""
    for line in lines:
        found = CONTROL.search(line)
        assert not found, f"a control character: {found!r}"


def own_markers(answer: Answer) -> None:
    """Each number in brackets is a footnote, and each footnote quotes its paper word for word."""
    numbers = {int(n) for n in _MARKER.findall(answer.text)}
    assert numbers == {c.n for c in answer.citations}, f"markers {sorted(numbers)[:9]} of {len(answer.citations)}"
    for citation in answer.citations:
        at = citation.start - citation.passage_start
        assert citation.passage[at : at + len(citation.quote)] == citation.quote
