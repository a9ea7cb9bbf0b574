"""Text with a publisher's markup in, the text that it stands for out: `<jats:p>2 &lt; 3</jats:p>` is 2 < 3."""

from __future__ import annotations

import html
import re

_HEADING = re.compile(r"<jats:title>\s*(?:abstract|summary)\s*</jats:title>\s*", re.IGNORECASE)
_BLOCK = re.compile(r"</jats:(?:p|title|sec)>\s*(?=\S)")
_JATS = re.compile(r"</?jats:[a-z-]+(?:\s[^<>]*)?/?>")
_STYLED = re.compile(r"<(i|b|em|strong|sub|sup|scp)>([^<>]*)</\1>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{2,5}|#x[\dA-Fa-f]{2,5});")
_DEEPEST = 3  # of styles in each other


def without_markup(text: str) -> str:
    """`text` without JATS, as Crossref gives it, and without plain elements of style, its entities as characters;
    other markup is a text's own."""
    if "<" in text:
        text = _JATS.sub("", _BLOCK.sub("\n", _HEADING.sub("", text)))
        for _ in range(_DEEPEST):
            text = _STYLED.sub(r"\2", text)
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text
