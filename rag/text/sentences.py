"""Text in, the spans of its sentences out.

A full stop ends a sentence when what follows can start one and what precedes is no abbreviation, initial
or number. Spans leave out the white space between sentences, and `text[start:end]` is always verbatim.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Span(NamedTuple):
    """Character offsets, half open."""

    start: int
    end: int


_ABBREVIATIONS = frozenset(
    "al approx cf ch dr e.g eg eq eqs etc fig figs i.e ie inc ltd mr mrs ms no nos p pp prof ref refs resp sec sects "
    "st tab vs viz w.r.t wrt".split()
)
# An abbreviation that often closes a sentence too: what follows decides.
_MAY_CLOSE = frozenset({"etc", "al"})
_CLOSERS = "\"'”’)]}»*_"
# A run of marks is looked at once, from its first, however long it is.
_END = re.compile(r"(?<![.!?…])[.!?…]++[" + re.escape(_CLOSERS) + r"]*+(?=\s|$)|[。！？]+[」』”）]*|\n[ \t]*\n")
_GLUED = re.compile(r"(?<=[a-z\d%)\]])\.(?=(?:We|In|The|This|These|Our|It|To|However|By|Code|As|For|An?)\s)")
_STARTS = re.compile(r"\s*[\"'“‘(\[«*_$\\]*[A-Z0-9À-ÞΑ-ΩА-Я\u3040-\u9fff]")
_SMALL_START = re.compile(r"\s+[a-zα-ω]+[A-Z0-9]|\s+(?:https?:|i\.e\.|e\.g\.)")  # eBay, vLLM, μP
_LAST_WORD = re.compile(r"([^\s(\[\"“‘']+)$")
_NEAR = 40  # characters before and behind a full stop that are looked at


def sentences(text: str) -> list[Span]:
    """The spans of the sentences of `text`, in order, without overlap; empty for blank text."""
    spans: list[Span] = []
    start = 0
    for cut in _cuts(text):
        _append(spans, text, start, cut)
        start = cut
    _append(spans, text, start, len(text))
    return spans


def _cuts(text: str) -> list[int]:
    ends = {match.end() for match in _END.finditer(text) if _ends_sentence(text, match)}
    ends.update(match.end() for match in _GLUED.finditer(text))
    return sorted(ends)


def _append(spans: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    if left < right:
        spans.append(Span(left, right))


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark.startswith("\n") or mark[0] in "。！？" or match.end() == len(text):
        return True
    follows = bool(_STARTS.match(text, match.end()) or _SMALL_START.match(text, match.end()))
    if mark[0] != "." or mark.startswith(".."):
        return follows
    start, end = match.span()
    return follows and not _is_abbreviation(text[max(0, start - _NEAR) : start], text[end : end + _NEAR])


def _is_abbreviation(before: str, after: str) -> bool:
    found = _LAST_WORD.search(before)
    word = found.group(1).casefold() if found else ""
    if word.isdigit() and found and _at_line_start(before, len(found.group(1))):  # "2." opens an item of a list
        return True
    if word in _MAY_CLOSE:
        return word == "al" and not re.match(r"\s+(?:We|The|This|In|Our|It|However)\b", after)
    if len(word) == 1 and word.isalpha() and found:  # an initial: "J. Smith"
        return found.group(1).isupper() and bool(re.match(r"\s+[A-Z](?:\.|[a-z]+)", after))
    return word in _ABBREVIATIONS


def _at_line_start(before: str, length: int) -> bool:
    head = before[:-length].rstrip()
    return length <= 2 and (not head or head[-1] in ".!?:;")
