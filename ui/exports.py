"""Answers as files and clippings: BibTeX, Markdown, plain text, HTML, CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from html import escape

from rag.types import Answer, Paper
from ui.marked import marked

_MARKER = re.compile(r"\[(\d+)\]")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for a formula (OWASP, "CSV Injection")
_STYLE = (
    "body{font:17px/1.6 Georgia,serif;max-width:44rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}"
    "h2{font-size:1.15rem;margin-top:2.2rem}mark{background:#fff0b8}ol{font-size:.92rem;color:#444}sup a{color:#1f5fbf}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#17181c}ol{color:#bbb}mark{background:#5a4a12;color:#eee}"
    "sup a{color:#8db8ff}}"
)
Turn = tuple[str, Answer]


def bibtex(titles: Sequence[str], papers: Sequence[Paper | None] = ()) -> str:
    """Papers as BibTeX entries; what an entry needs and the papers lack is left out."""
    entries = []
    for n, title in enumerate(titles, start=1):
        paper = papers[n - 1] if n <= len(papers) else None
        known = dict(paper.metadata) if paper is not None else {}
        fields = {"title": title, "author": known.get("authors", ""), "year": known.get("year", "")}
        fields |= {name: known.get(name, "") for name in ("doi", "url")}
        rows = [f"  {name} = {{{_tex(value)}}}" for name, value in fields.items() if value]
        entries.append(f"@misc{{footnote{n},\n" + ",\n".join(rows) + "\n}")
    return "\n\n".join(entries)


def as_text(answer: Answer) -> str:
    """An answer as plain text, its sources numbered below."""
    notes = [f"[{c.n}] {_line(c.title)}: “{_line(c.quote)}”" for c in answer.citations]
    return "\n".join([answer.text, "", *notes]).rstrip()


def as_markdown(turns: Sequence[Turn]) -> str:
    """A conversation as Markdown with footnotes. Markup that stands in questions and papers is escaped."""
    lines: list[str] = []
    for number, (question, answer) in enumerate(turns, start=1):
        lines += [f"## {_markdown(_line(question))}", ""]
        parts = _MARKER.split(answer.text)  # text, number, text, number, …
        lines.append(
            "".join(
                f"[^{number}-{part}]" if place % 2 else _behind(_markdown(part)) for place, part in enumerate(parts)
            )
        )
        notes = [
            f"[^{number}-{c.n}]: {_markdown(_line(c.title))}: “{_markdown(_line(c.quote))}”" for c in answer.citations
        ]
        lines += ["", *notes, ""]
    return "\n".join(lines)


def as_html(turns: Sequence[Turn]) -> str:
    """A conversation as one HTML page without scripts, its footnotes linked."""
    body = "".join(_section(number, question, answer) for number, (question, answer) in enumerate(turns, start=1))
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Footnote</title>'
        f"<style>{_STYLE}</style></head><body><h1>Footnote</h1>{body}</body></html>"
    )


def as_csv(answer: Answer) -> str:
    """A listing as CSV: the paper, the sentence that qualifies it, its sources. A cell that a spreadsheet would take
    for a formula starts with an apostrophe."""
    made = io.StringIO()
    table = csv.writer(made)
    table.writerow(["paper", "sentence", "sources"])
    for citation in answer.citations:
        table.writerow([inert(citation.title), inert(citation.quote), inert("; ".join(citation.sources))])
    return made.getvalue()


def inert(cell: str) -> str:
    """A cell that no spreadsheet runs."""
    return "'" + cell if cell.lstrip(" ").startswith(_FORMULA) else cell


def _section(number: int, question: str, answer: Answer) -> str:
    def linked(match: re.Match[str]) -> str:
        return f'<sup><a href="#n{number}-{match[1]}">[{match[1]}]</a></sup>'

    text = _MARKER.sub(linked, escape(answer.text)).replace("\n", "<br>")
    notes = "".join(
        f'<li id="n{number}-{c.n}" value="{c.n}">{escape(c.title)}: “{marked(c.passage, c.passage_start, [c])}”</li>'
        for c in answer.citations
    )
    return f"<section><h2>{escape(question)}</h2><p>{text}</p><ol>{notes}</ol></section>"


def _tex(text: str) -> str:
    return re.sub(r"([{}\\%&#$_])", r"\\\1", _line(text))


def _markdown(text: str) -> str:
    return re.sub(r"([\\`*_{}<>\[\]|~#$!])", r"\\\1", text)


def _behind(text: str) -> str:
    """Text behind a footnote's mark: no address that would make a link of it, no colon that would define it."""
    return "\\" + text if text.startswith(("(", ":")) else text


def _line(text: str) -> str:
    return " ".join(text.split())
