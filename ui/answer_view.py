"""An answer as HTML: the one place that escapes other people's text.

Titles, abstracts and questions may hold markup; here it is shown, never run.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from rag.types import Answer, Citation, Claim

_MARKER = re.compile(r"\[(\d+)\]")
_MARKDOWN = re.compile(r"([\\`*_{}<>&\[\]|~$#])")
_UNSUPPORTED = " (unsupported)"


def chat_text(text: str, turn: int, answer: Answer | None = None) -> str:
    """An answer's text for the chat: markers as links to the source cards of this turn, all else as it stands."""
    by = {citation.n: citation for citation in answer.citations} if answer is not None else {}
    parts: list[str] = []
    reached = 0
    for match in _MARKER.finditer(text):
        parts.append(_plain(text[reached : match.start()]))
        n = int(match.group(1))
        title = _plain(by[n].title).replace('"', "&#34;") if n in by else ""
        parts.append(f'<a class="fn" href="#fn-{turn}-{n}" title="{title}">[{n}]</a>')
        reached = match.end()
    parts.append(_plain(text[reached:]))
    return "".join(parts)


def remarks(answer: Answer) -> str:
    """What else is to be known of an answer, as lines under it."""
    lines: list[str] = []
    for claim in answer.claims:
        if claim.verdict == "unsupported":
            lines.append(f'<span class="bad">Unsupported: “{_plain(claim.text)}”: {_plain(claim.reason)}</span>')
    if answer.degraded:
        lines.append(f'<span class="soft">Without a model: {_plain(answer.degraded)}</span>')
    if answer.note:
        lines.append(f'<span class="soft">{_plain(answer.note)}</span>')
    seconds = answer.timings.get("total", 0.0)
    lines.append(f'<span class="soft">{_plain(answer.engine)}, {seconds:.2f} s</span>')
    return "\n\n" + "<br>".join(lines)


def source_cards(answer: Answer, turn: int) -> str:
    """The sources pane: a card for each paper cited, in order, its passage with every cited span marked."""
    if answer.abstained and answer.nearest:
        near = "".join(f"<li>{escape(title)}</li>" for title in answer.nearest)
        return (
            f'<section class="cards"><p class="soft">Nearest papers, which do not answer:</p><ul>{near}</ul></section>'
        )
    groups: dict[tuple[str, int], list[Citation]] = {}
    for citation in answer.citations:
        groups.setdefault((citation.paper_id, citation.passage_start), []).append(citation)
    cards = "".join(_card(group, turn, answer.claims) for group in groups.values())
    return f'<section class="cards" aria-label="Sources">{cards}</section>' if cards else _NONE


def bibtex(answer: Answer) -> str:
    """The cited papers as BibTeX entries; what an entry needs and the papers lack is left out."""
    entries = []
    for n, title in enumerate(answer.papers, start=1):
        safe = re.sub(r"([{}\\%&#$_])", r"\\\1", title)
        entries.append(f"@misc{{footnote{n},\n  title = {{{safe}}}\n}}")
    return "\n\n".join(entries)


def as_markdown(turns: Sequence[tuple[str, Answer]]) -> str:
    """A conversation as Markdown with footnotes."""
    lines: list[str] = []
    for number, (question, answer) in enumerate(turns, start=1):
        lines += [f"## {_line(question)}", ""]
        lines.append(_MARKER.sub(lambda match, turn=number: f"[^{turn}-{match.group(1)}]", answer.text))  # type: ignore[misc]
        lines += ["", *(f"[^{number}-{c.n}]: {_line(c.title)}: “{_line(c.quote)}”" for c in answer.citations), ""]
    return "\n".join(lines)


def _card(group: Sequence[Citation], turn: int, claims: Sequence[Claim]) -> str:
    first = group[0]
    anchors = "".join(f'<span id="fn-{turn}-{c.n}" class="anchor"></span>' for c in group)
    numbers = "".join(f"[{c.n}]" for c in group)
    score = max(citation.score for citation in group)
    sources = escape(", ".join(first.sources))
    return (
        f'<article class="card" tabindex="0">{anchors}<h3><span class="n">{numbers}</span> {escape(first.title)}</h3>'
        f"<p>{_passage(group)}</p>"
        f'<p class="soft">{sources} · match {score:.0%}</p></article>'
    )


def _passage(group: Sequence[Citation]) -> str:
    text, start = group[0].passage, group[0].passage_start
    parts: list[str] = []
    reached = 0
    for citation in sorted(group, key=lambda c: c.start):
        left, right = max(citation.start - start, reached), citation.end - start
        if right <= reached:
            continue
        parts += [escape(text[reached:left]), f'<mark data-n="{citation.n}">{escape(text[left:right])}</mark>']
        reached = right
    return "".join([*parts, escape(text[reached:])])


def _plain(text: str) -> str:
    """Text that Markdown and HTML show as it stands; bullets and paragraphs keep their meaning."""
    text = text.replace(_UNSUPPORTED, "\x00")
    shown = _MARKDOWN.sub(lambda match: f"&#{ord(match.group(1))};", text)
    return shown.replace("\x00", ' <span class="bad">(unsupported)</span>')


def _line(text: str) -> str:
    return " ".join(text.split())


_NONE = '<section class="cards"><p class="soft">The sources of an answer stand here.</p></section>'
