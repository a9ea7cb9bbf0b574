"""A paper in, passages out: whole sentences, exact character spans, never longer than the encoder's window.

A MiniLM reads 256 word pieces and drops the rest without a word, so the title (which is encoded in front
of every passage) and the passage are counted together. A paper that needs several passages is cut into
nearly equal ones: a short remainder would be a poor vector.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence

from rag.text.sentences import Span, sentences
from rag.types import Paper, Passage

CountTokens = Callable[[Sequence[str]], list[int]]
_MARKERS = 2  # [CLS] and [SEP], which every count includes
_TITLE_SHARE = 0.5  # of the window, at most


def encoder_text(title: str, text: str) -> str:
    """What is encoded for a passage: its paper's title, a line break, and its own text."""
    return f"{title}\n{text}"


def split(paper: Paper, count_tokens: CountTokens, window: int) -> list[Passage]:
    """The passages of `paper`, in order, without overlap, covering all of its text but white space.

    `count_tokens` gives the word pieces of each text, `[CLS]` and `[SEP]` included; `window` is how many
    the encoder reads. A paper without text is one empty passage, so that its title can be found.
    """
    spans = sentences(paper.text) or [Span(0, 0)]
    counts = count_tokens([paper.title, *(paper.text[start:end] for start, end in spans)])
    title = min(counts[0] - _MARKERS, int(window * _TITLE_SHARE))
    room = window - title - _MARKERS
    pieces = list(_fit(paper.text, spans, [count - _MARKERS for count in counts[1:]], room, count_tokens))
    return [_passage(paper, index, span) for index, span in enumerate(_pack(pieces, room))]


def shortened(title: str, count_tokens: CountTokens, window: int) -> str:
    """`title`, cut at a word where it would take more than half of the window."""
    allowed = int(window * _TITLE_SHARE)
    if len(title) <= allowed or count_tokens([title])[0] - _MARKERS <= allowed:
        return title
    return title[: _longest_prefix(title[: allowed * 12], allowed, count_tokens)]


def _fit(
    text: str, spans: list[Span], counts: list[int], room: int, count_tokens: CountTokens
) -> list[tuple[Span, int]]:
    """Sentences with their counts, those longer than `room` cut at words."""
    fitted: list[tuple[Span, int]] = []
    for span, count in zip(spans, counts, strict=True):
        fitted.extend([(span, count)] if count <= room else _cut(text, span, room, count_tokens))
    return fitted


def _cut(text: str, span: Span, room: int, count_tokens: CountTokens) -> Iterator[tuple[Span, int]]:
    """A sentence longer than `room`, cut at words."""
    start = span.start
    while start < span.end:
        end = start + _longest_prefix(text[start : span.end], room, count_tokens)
        yield Span(start, end), count_tokens([text[start:end]])[0] - _MARKERS
        start = span.end - len(text[end : span.end].lstrip())


def _longest_prefix(text: str, room: int, count_tokens: CountTokens) -> int:
    """The length of the longest run of whole words that fits in `room` word pieces; at least one character."""
    low, high = 1, min(len(text), room * 24)
    while low < high:
        middle = (low + high + 1) // 2
        if count_tokens([text[:middle]])[0] - _MARKERS <= room:
            low = middle
        else:
            high = middle - 1
    if low < len(text) and not text[low].isspace():
        space = max(text.rfind(" ", 0, low), text.rfind("\n", 0, low))
        low = space if space > low // 2 else low
    return max(1, len(text[:low].rstrip()))


def _pack(pieces: list[tuple[Span, int]], room: int) -> list[Span]:
    """Neighbouring sentences joined into passages of nearly equal size, none above `room`."""
    total = sum(count for _, count in pieces)
    target = total / max(1, math.ceil(total / room))
    packed: list[Span] = []
    start, used = pieces[0][0].start, 0
    for position, (span, count) in enumerate(pieces):
        if position and (used + count > room or used + count / 2 > target):
            packed.append(Span(start, pieces[position - 1][0].end))
            start, used = span.start, 0
        used += count
    packed.append(Span(start, pieces[-1][0].end))
    return packed


def _passage(paper: Paper, index: int, span: Span) -> Passage:
    text = paper.text[span.start : span.end]
    digest = hashlib.sha256(f"{paper.title}\0{text}".encode()).hexdigest()[:12]
    return Passage(
        id=f"{paper.id}-{index:04d}-{digest}",
        paper_id=paper.id,
        title=paper.title,
        text=text,
        start=span.start,
        end=span.end,
        index=index,
        sources=paper.source_names,
        metadata=dict(paper.metadata),
    )
