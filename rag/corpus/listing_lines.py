"""Which lines of a page that lists papers are furniture, titles and abstracts, told by their shape.

Titles and abstracts alternate, but an abstract may be missing or run over two lines; so the labels of all
lines are chosen together, as the likeliest sequence (Viterbi 1967) under the shape of each line and the
cost of what breaks the alternation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DATE = rf"{_MONTH}\s*\d{{1,2}}(?:st|nd|rd|th)?(?:,?\s*\d{{4}})?|\d{{1,2}}\s+{_MONTH}(?:\s+\d{{4}})?"
_MARKS = r"get trending papers\b.{0,60}|by\s*@?\w{1,20} and the research community.{0,20}"
_PAGE_MARKS = re.compile(_MARKS, re.IGNORECASE)
_FURNITURE = re.compile(
    rf"{_MARKS}|{_DATE}|subscribe|new|today|yesterday|trending(?: papers)?|(?:daily )?papers|upvotes?"
    r"|next|previous|load more|log ?in|sign ?up|submitted by|view (?:all|pdf)"
    r"|\d+ (?:hours?|days?|weeks?|months?) ago|[\W\d_]+k?",
    re.IGNORECASE,
)
_GLUED = re.compile(r"subscribe(?=\S)", re.IGNORECASE)
_URL = re.compile(r"https?://|www\.|github\.com")
_BREAK = re.compile(r"[a-z\d)%]{2}[.?!] [A-Z]")
_SMALL_START = re.compile(r"[a-z]{2,}\b(?![\d\-_:])")
_VOICE = re.compile(r"(?:We|Our|In this|This (?:paper|work|study)|The (?:code|source)|Code|Project|Finally|However)\b")
_STRAY, _MISSING, _MIDWAY, _CONTINUED, _UNFINISHED, _APART = 4.0, 3.0, 4.0, 2.5, 1.0, 2.0


class Block(NamedTuple):
    """A line that is not furniture: `apart` says that a blank line stands before it."""

    number: int
    text: str
    apart: bool


def blocks(text: str) -> Iterator[Block]:
    """The lines of a page that are neither blank nor furniture, without a `Subscribe` glued to one."""
    apart, after_mark = True, True
    for number, line in enumerate(text.split("\n"), 1):
        content = line.strip("\ufeff \t\r")
        if not content:
            apart = True
        elif _FURNITURE.fullmatch(content):
            apart, after_mark = True, True
        else:
            yield Block(number, _unglued(content, after_mark), apart)
            apart, after_mark = False, False


def has_marks(text: str) -> bool:
    """Whether the text has furniture that only such a page has."""
    lines = (line.strip() for line in text.split("\n"))
    return any(_PAGE_MARKS.fullmatch(line) for line in lines)


def _unglued(line: str, after_mark: bool) -> str:
    match = _GLUED.match(line)
    if match and (after_mark or not line[match.end()].islower()):
        return line[match.end() :].strip()
    return line


def are_titles(page: Sequence[Block]) -> list[bool]:
    """For each block whether it is a title; an abstract, or a part of one, otherwise."""
    if not page:
        return []
    spaced = sum(block.apart for block in page) > 0.3 * len(page)
    shape = title_score(page[0].text)
    scores = {True: shape, False: -_STRAY - shape}
    came_from: list[dict[bool, bool]] = []
    for before, block in pairwise(page):
        shape = title_score(block.text)
        new, back = {}, {}
        for label in (True, False):
            ways = {was: score - _cost(was, label, before, block, spaced) for was, score in scores.items()}
            back[label] = max(ways, key=lambda was: ways[was])
            new[label] = ways[back[label]] + (shape if label else -shape)
        scores = new
        came_from.append(back)
    return _traced(came_from, scores[True] - _MISSING > scores[False])


def _cost(was_title: bool, is_title: bool, before: Block, block: Block, spaced: bool) -> float:
    """What it costs that one label follows the other; title, abstract, title costs nothing."""
    together = _APART if spaced and not block.apart else 0.0
    if is_title:
        return (_MISSING if was_title else 0.0) + together
    midway = bool(_SMALL_START.match(block.text))
    if was_title:
        return _MIDWAY * midway
    cut = len(before.text) > 160 and not before.text.endswith((".", "!", "?")) and not _URL.search(before.text[-80:])
    return _CONTINUED - together - _UNFINISHED * cut


def _traced(came_from: list[dict[bool, bool]], last: bool) -> list[bool]:
    labels = [last]
    for back in reversed(came_from):
        labels.append(back[labels[-1]])
    return labels[::-1]


def title_score(line: str) -> float:
    """How much more `line` looks like a title than like prose; at most 4, negative for prose."""
    score = max(-8.0, min(3.0, (200 - len(line)) / 50))
    score -= 3.0 * bool(line.endswith((".", ",", ";")) or _URL.search(line))
    score -= 2.0 * min(2, len(_BREAK.findall(line[:1000])))
    score -= 2.0 * bool(_SMALL_START.match(line)) + 1.5 * bool(_VOICE.match(line))
    long_words = re.findall(r"\b[A-Za-z]{4,}", line[:400])
    if long_words:
        capitals = sum(word[0].isupper() for word in long_words) / len(long_words)
        score += 1.0 if capitals >= 0.6 else -1.0 if capitals <= 0.25 else 0.0
    return score
