"""An answer as a message of the chat. Titles, abstracts and questions may hold markup; here it is shown, never run."""

from __future__ import annotations

import html
import re

from rag.text.visible import visible
from rag.types import Answer

_MARKER = re.compile(r"\[(\d+)\]")
_MARKDOWN = re.compile(r"([\\`*_{}<>&\[\]|~$#!])")
_LINK = re.compile(r"(?i)\b(https?|ftp|www|mailto)(?=[:.])")  # Markdown makes links of bare addresses
_INDENT = re.compile(r"(?m)^(?: {4,}| *\t[ \t]*)")  # Markdown would make code of such a line
_UNSUPPORTED = " (unsupported)"
_NO_LINK = "<!-- -->"


def chat_text(text: str, turn: int, answer: Answer | None = None) -> str:
    """An answer's text for the chat: markers as links to the source cards of this turn, all else as it stands."""
    by = {citation.n: citation for citation in answer.citations} if answer is not None else {}
    parts: list[str] = []
    reached = 0
    for match in _MARKER.finditer(text):
        parts.append(plain(text[reached : match.start()]))
        n = int(match.group(1))
        title = plain(by[n].title).replace('"', "&#34;") if n in by else ""
        parts.append(f'<a class="fn" href="#fn-{turn}-{n}" aria-label="Source {n}: {title}">[{n}]</a>')
        reached = match.end()
    parts.append(plain(text[reached:]))
    return "".join(parts)


def remarks(answer: Answer) -> str:
    """What else is to be known of an answer, as lines under it."""
    lines: list[str] = []
    for claim in answer.claims:
        if claim.verdict == "unsupported":
            lines.append(f'<span class="bad">Unsupported: “{plain(claim.text)}”: {plain(claim.reason)}</span>')
    if answer.degraded:
        lines.append(f'<span class="soft">Without a model: {plain(answer.degraded)}</span>')
    if answer.note:
        lines.append(f'<span class="soft">{plain(answer.note)}</span>')
    lines.append(f'<span class="soft ended">{_took(answer)}</span>')
    return "\n\n" + "<br>".join(lines)


def _took(answer: Answer) -> str:
    """Who answered, and how long it took; nothing under a greeting."""
    if answer.route == "chat" and not answer.citations:
        return ""
    writer = "without a model" if answer.engine == "extractive" else plain(answer.engine)
    return f"{writer}, {answer.timings.get('total', 0.0):.2f} s"


def unmarked(shown: str) -> str:
    """The text that `plain` made this of."""
    return html.unescape(shown.replace(_NO_LINK, ""))


def plain(text: str) -> str:
    """Text that Markdown and HTML show as it stands; bullets and paragraphs keep their meaning."""
    text = visible(text).replace(_UNSUPPORTED, "\x00")
    text = _INDENT.sub("   ", text)
    shown = _MARKDOWN.sub(lambda match: f"&#{ord(match.group(1))};", text)
    shown = _LINK.sub(lambda match: f"{match[1]}{_NO_LINK}", shown)
    return shown.replace("\x00", ' <span class="bad">(unsupported)</span>')
