"""A model's reply, piece by piece, cut into text, citation markers and sentence ends as it comes.

Pieces may break anywhere, inside a marker too. What could still become a marker, a hidden thought or the end of
a sentence is held back until it is decided; all else goes on at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_MARKER = re.compile(
    r"[\[【]{1,4}\s{0,4}\^?(?:(?:passages?|papers?|sources?|refs?\.?|citations?|documents?|docs?)\s{0,2}[:#]?\s{0,4})?"
    r"(\d+(?:\s*(?:,|;|and|&|[-–—])\s*\^?(?:passage\s*|paper\s*)?\d+)*)(?:[†:][^\]】]*)?\s*[\]】]+(?!\()",
    re.I,
)
# "(passage 2)" anywhere, "(2)" only where it ends a sentence: "(1) … (2) …" is how a list is written
_ROUND = re.compile(
    r"\(\s?(?:see\s)?(?:(?:passages?|papers?|sources?|refs?\.?)\s{0,2}\[?(\d+(?:\s*(?:,|;|and|&|[-–—])\s*(?:passage\s)?\d+)*)\]?|"
    r"(\d{1,2}(?:\s*[,;]\s*\d{1,2})*))\s?\)",
    re.I,
)
_ROUND_BEGUN = re.compile(r"\([a-z.\s\[]{0,14}[\d,;&\s–—\-and\]]*\)?\s*", re.I)
_RANGE = re.compile(r"(?<!\d)(\d+)\s*[-–—]\s*(\d+)")
_THOUGHT = re.compile(r"\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.S | re.I)
_LONGEST_MARKER = 60
_ENDS = ".!?。！？"
_CLOSERS = "\"'”’)»*_"
_ABBREVIATION = re.compile(r"(?:\b(?:e\.g|i\.e|et al|etc|vs|cf|Fig|Eq|approx|resp|no|Dr|Mr)|\b[A-Z])$")
_LOOK_BEHIND = 40  # characters of a sentence in which an abbreviation before its full stop is looked for
_WIDEST_RANGE = 20
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Text:
    """Words of the reply."""

    text: str


@dataclass(frozen=True, slots=True)
class Cites:
    """A marker: the numbers in it, in order."""

    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class End:
    """The end of a sentence: its mark, and the white space behind it."""

    text: str


Token = Text | Cites | End


class MarkerScanner:
    """Takes a reply in pieces and gives its tokens; `close` gives what is left.

    Markers that follow a sentence's full stop come before its `End`: a model may write either. A thought is hidden
    where it opens the reply; papers may write of `<think>`, too. `loose` takes "(passage 2)", and "(2)" at a sentence's
    end, for markers as well, as some models write them.
    """

    def __init__(self, *, loose: bool = False) -> None:
        self._loose = loose
        self._buffer = ""
        self._in_sentence = False  # whether it has words by now
        self._behind = ""  # the last characters of it
        self._begun = False

    def feed(self, piece: str) -> Iterator[Token]:
        """The tokens that are certain now."""
        self._buffer += piece
        yield from self._tokens(final=False)

    def close(self) -> Iterator[Token]:
        """The tokens that are left; a sentence without its full stop ends here."""
        yield from self._tokens(final=True)
        if self._in_sentence:
            yield End("")
        self._follow(End(""))

    def _tokens(self, *, final: bool) -> Iterator[Token]:
        while self._buffer and (final or not self._in_thought()):
            if not self._begun and (thought := _THOUGHT.match(self._buffer)):
                self._buffer = self._buffer[thought.end() :]
            place = _first_special(self._buffer, "[【(" if self._loose else "[【")
            token = self._special(final=final) if place == 0 and self._buffer else self._text(place, final=final)
            if token is None:
                return
            self._follow(token)
            yield token

    def _follow(self, token: Token) -> None:
        """Keep of a token what those behind it depend on."""
        text = "" if isinstance(token, Cites) else token.text
        self._begun |= bool(text.strip()) or isinstance(token, Cites)
        if isinstance(token, End):
            self._in_sentence, self._behind = False, ""
        else:
            self._in_sentence |= bool(text.strip())
            self._behind = (self._behind + text)[-_LOOK_BEHIND:]

    def _in_thought(self) -> bool:
        """Whether a hidden thought is open, or may be about to open."""
        opening = self._buffer.lstrip().casefold()
        if self._begun or not opening:
            return False
        if opening.startswith(("<think>", "<thinking>")):
            return not re.search(r"</think(?:ing)?>", opening)
        return "<thinking>".startswith(opening)

    def _text(self, end: int, *, final: bool) -> Token | None:
        """The words before `end`; white space at the buffer's end waits, since a marker may follow it."""
        text = self._buffer[:end]
        kept = text.rstrip() if end == len(self._buffer) and not final else text
        self._buffer = self._buffer[len(kept) :]
        return Text(kept) if kept else None

    def _special(self, *, final: bool) -> Token | None:
        """The token at a bracket, a full stop or a line's end; None where more must come first."""
        stripped = self._buffer.lstrip(" \t")
        if stripped[:1] in ("[", "【"):
            return self._bracket(stripped, final=final)
        if stripped[:1] == "(" and self._loose:
            return self._round(stripped, final=final)
        if self._buffer[0] == "\n" or stripped[:1] == "\n":
            return self._line_end(final=final)
        return self._stop(final=final)

    def _bracket(self, stripped: str, *, final: bool) -> Token | None:
        match = _MARKER.match(stripped)
        if match and (final or match.end() < len(stripped)):
            numbers = _numbers(match.group(1))
            if not _is_interval(numbers):
                self._buffer = stripped[match.end() :]
                return Cites(numbers)
        closed = "]" in stripped[:_LONGEST_MARKER] or "】" in stripped[:_LONGEST_MARKER]
        if not final and (match or (not closed and len(stripped) < _LONGEST_MARKER)):
            return None
        taken = self._buffer[: len(self._buffer) - len(stripped) + 1]  # a bracket of the text itself
        self._buffer = stripped[1:]
        return Text(taken)

    def _round(self, stripped: str, *, final: bool) -> Token | None:
        """A marker in round brackets, or the bracket as a word."""
        if not final and _ROUND_BEGUN.fullmatch(stripped) and len(stripped) < _LONGEST_MARKER:
            return None
        match = _ROUND.match(stripped)
        behind = stripped[match.end() :].lstrip() if match else ""
        if match and (match.group(1) or not behind or behind[0] in _ENDS):
            self._buffer = stripped[match.end() :]
            return Cites(_numbers(match.group(1) or match.group(2)))
        taken = self._buffer[: len(self._buffer) - len(stripped) + 1]
        self._buffer = stripped[1:]
        return Text(taken)

    def _line_end(self, *, final: bool) -> Token | None:
        blank = re.match(r"\s+", self._buffer)
        space = blank.group() if blank else ""
        if not final and len(space) == len(self._buffer):
            return None
        self._buffer = self._buffer[len(space) :]
        return End(space) if self._in_sentence else Text(space if self._buffer else "")

    def _stop(self, *, final: bool) -> Token | None:
        """A full stop that ends a sentence, once what follows shows it; markers behind it are let past."""
        match = re.match(rf"[{re.escape(_ENDS)}]+[{re.escape(_CLOSERS)}]*", self._buffer)
        assert match is not None
        mark, rest = match.group(), self._buffer[match.end() :]
        if not final and not rest.strip():
            return None
        wide = mark[0] in "。！？"
        behind = rest.lstrip(" \t")
        marker = _MARKER.match(behind)
        if (
            behind[:1] in ("[", "【")
            and not marker
            and not final
            and len(behind) < _LONGEST_MARKER
            and "]" not in behind
        ):
            return None
        abbreviated = mark == "." and bool(_ABBREVIATION.search(self._behind.rstrip()))
        if marker and not _is_interval(_numbers(marker.group(1))) and not abbreviated:
            if not final and marker.end() == len(behind):
                return None
            self._buffer = mark + behind[marker.end() :]
            return Cites(_numbers(marker.group(1)))
        space = rest[: len(rest) - len(rest.lstrip())]
        starts = not rest or wide or (bool(space) and not abbreviated)
        if mark[0] == "." and space and "\n" not in space and rest.lstrip()[:1].islower():
            starts = False
        self._buffer = rest[len(space) :] if starts else rest
        return End(mark + space) if starts else Text(mark)


def _first_special(text: str, brackets: str) -> int:
    """Where the first of these brackets, full stop or line end stands (white space before a bracket included)."""
    found = re.search(rf"(?<![ \t])[ \t]*[{re.escape(brackets)}\n]|[{re.escape(_ENDS)}]", text)
    return found.start() if found else len(text)


def _is_interval(numbers: tuple[int, ...]) -> bool:
    """`[0, 1]` is a range of values; a lone `[0]` is a marker that names nothing."""
    return 0 in numbers and len(numbers) > 1


def _numbers(inside: str) -> tuple[int, ...]:
    """`1, 3-5` as (1, 3, 4, 5), each once."""

    def spelt(match: re.Match[str]) -> str:
        first, last = _number(match.group(1)), _number(match.group(2))
        return " ".join(map(str, range(first, last + 1))) if first <= last < first + _WIDEST_RANGE else match.group()

    return tuple(dict.fromkeys(_number(number) for number in re.findall(r"\d+", _RANGE.sub(spelt, inside))))


def _number(digits: str) -> int:
    """The number; of one with more digits than any paper's number the first ones, since `int` takes 4,300 at most."""
    return int(digits[:_DIGITS])
