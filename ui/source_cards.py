"""The sources pane as HTML: a section for each answer, a card for each paper it cites, every cited span marked.

Titles and passages are other people's text: all of it is escaped here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from rag.types import Answer, Citation, Paper
from ui.exports import as_markdown, as_text, bibtex
from ui.marked import marked

Find = Callable[[str], Paper | None]
Turns = Sequence[tuple[str, Answer]]
_SECTIONS = 20  # answers whose cards are kept on the page
_CARDS = 60  # papers shown of one answer; a listing has its table
_LONGEST = 20_000  # characters of a paper's whole text
_EMPTY = '<section class="cards"><p class="soft">The sources of an answer stand here.</p></section>'


def sources_pane(turns: Turns, find: Find = lambda _: None) -> str:
    """The cards of the newest answers; only those of the last are open, a marker opens the others.

    `find` gives the paper of an id, for its whole text and what is known of it.
    """
    first = max(0, len(turns) - _SECTIONS)
    sections = [
        source_cards(answer, first + place, question, find, hidden=first + place < len(turns))
        for place, (question, answer) in enumerate(turns[first:], start=1)
    ]
    return "".join(sections) or _EMPTY


def source_cards(
    answer: Answer, turn: int, question: str = "", find: Find = lambda _: None, *, hidden: bool = False
) -> str:
    """The cards of one answer, the `turn`-th from 1."""
    inside = _nearest(answer) if answer.abstained else _cards(answer, turn, question, find)
    state = " hidden" if hidden else ""
    return (
        f'<section class="cards" aria-label="Sources of answer {turn}" data-turn="{turn}"{state}>'
        f"{inside or '<p class=soft>This answer cites no paper.</p>'}</section>"
    )


def _nearest(answer: Answer) -> str:
    if not answer.nearest:
        return ""
    rows = "".join(f"<li>{escape(title)} {_ask(title)}</li>" for title in answer.nearest)
    return f'<p class="soft">Nearest papers, which do not answer:</p><ul>{rows}</ul>'


def _cards(answer: Answer, turn: int, question: str, find: Find) -> str:
    groups: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        groups.setdefault(citation.paper_id, []).append(citation)
    shown = list(groups.values())[:_CARDS]
    papers = [find(group[0].paper_id) for group in shown]
    cards = "".join(_card(group, turn, paper) for group, paper in zip(shown, papers, strict=True))
    left = f'<p class="soft">… and {len(groups) - len(shown)} papers more.</p>' if len(groups) > len(shown) else ""
    titles = [group[0].title for group in shown]
    return _copies(answer, question, bibtex(titles, papers)) + cards + left if cards else ""


def _copies(answer: Answer, question: str, entries: str) -> str:
    texts = {"BibTeX": entries, "Markdown": as_markdown([(question, answer)]), "text": as_text(answer)}
    buttons = "".join(
        f'<button type="button" class="fn-button" data-copy="{escape(text)}">{name}</button>'
        for name, text in texts.items()
    )
    return f'<p class="copies soft">Copy as {buttons}<span role="status" class="copied"></span></p>'


def _card(group: Sequence[Citation], turn: int, paper: Paper | None) -> str:
    first = group[0]
    anchors = "".join(f'<span id="fn-{turn}-{c.n}" class="anchor"></span>' for c in group)
    numbers = "".join(f"[{c.n}]" for c in group)
    passages: dict[int, list[Citation]] = {}
    for citation in group:
        passages.setdefault(citation.passage_start, []).append(citation)
    shown = "".join(
        f"<p>{marked(of[0].passage, start, of)}</p>" for start, of in sorted(passages.items(), key=lambda item: item[0])
    )
    facts = [escape(", ".join(first.sources)), f"match {max(c.score for c in group):.0%}"]
    if paper is not None and paper.metadata.get("year"):
        facts.insert(0, escape(paper.metadata["year"]))
    return (
        f'<article class="card" tabindex="-1" data-paper="{escape(first.paper_id)}">{anchors}'
        f'<h3><span class="n">{numbers}</span> {escape(first.title)}</h3>{shown}{_whole(group, paper, passages)}'
        f'<p class="soft">{" · ".join(facts)} {_ask(first.title)}</p></article>'
    )


def _whole(group: Sequence[Citation], paper: Paper | None, passages: dict[int, list[Citation]]) -> str:
    """The paper's whole text, folded, where the passages are not all of it."""
    if paper is None or sum(len(of[0].passage) for of in passages.values()) >= len(paper.text.strip()):
        return ""
    text = paper.text[:_LONGEST]
    more = " …" if len(paper.text) > _LONGEST else ""
    return f"<details><summary>The whole text</summary><p>{marked(text, 0, group)}{more}</p></details>"


def _ask(title: str) -> str:
    return f'<button type="button" class="fn-button" data-ask="{escape(title)}">Ask about this paper</button>'
