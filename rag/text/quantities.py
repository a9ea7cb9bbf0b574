"""Text in, its numbers out: value, unit and place, whatever the notation.

`5,000x`, `5000 times` and `5,000×` are one quantity; so are `40 percent` and `40%`, `1.5B` and `1.5 billion`,
`sim1\\%` and `~1%`, `10 000` and `10,000`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

SMALL_NUMBERS = {word: n for n, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_SPELT = {
    word: float(value)
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split()
    )
} | {"twenty": 20.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "hundred": 100.0}
_SPELT |= {"half": 0.5, "twice": 2.0, "double": 2.0, "doubles": 2.0, "doubling": 2.0, "doubled": 2.0}
_SPELT |= {"triple": 3.0, "triples": 3.0, "tripled": 3.0, "tenfold": 10.0, "twofold": 2.0, "threefold": 3.0}
_SCALE = {"k": 1e3, "thousand": 1e3, "m": 1e6, "million": 1e6, "b": 1e9, "bn": 1e9, "billion": 1e9, "t": 1e12}
_SCALE |= {"trillion": 1e12, "millions": 1e6, "billions": 1e9, "thousands": 1e3}
_SCALE |= {
    "千": 1e3,
    "万": 1e4,
    "萬": 1e4,
    "百万": 1e6,
    "千万": 1e7,
    "億": 1e8,
    "亿": 1e8,
    "兆": 1e12,
    "만": 1e4,
    "억": 1e8,
}
_NUMBER = re.compile(
    r"(?<![\w.])(?P<value>\d{1,3}(?:(?:[,\u2009\u202f]\d{3})+|(?:[ \u00a0]000)+(?!\d))(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?P<scale>[\s-]?(?i:thousand|million|billion|trillion)s?\b|[kKMBT](?![a-zA-Z0-9_])|百万|千万|[千万萬億亿兆만억])?"
    r"(?P<unit>\s?\\?%|\s?(?:percent(?:age)?(?:\s+points?)?|per cent)\b|"
    r"\s?(?:[x×✕](?![\w])|\\times|times\b|fold\b|-fold\b)|\s?[°-]?[A-Za-zµμ]+\b)?"
)
_WORD = re.compile(rf"\b(?:{'|'.join(_SPELT)})\b", re.I)
_GLUED = re.compile(r"(?<![A-Za-z])(?:sim|approx)(?=\d)|\$|\\sim|~|≈|\\approx|\\,")
_ABOUT = re.compile(
    r"(?:about|around|roughly|approximately|nearly|almost|over|more than|at least|up to|under|ca\.?)\s*$"
)
_PERCENT = ("%", "percent", "percentage", "per cent")
_TIMES = ("x", "×", "✕", "times", "fold", "-fold", "\\times")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text: `text[start:end]` is how it is written.

    `unit` is "%", "x", a unit glued to the number or the word after it in lower case, or empty; `spelt` says
    that it is written as a word; `rough` that the text rounds it.
    """

    value: float
    unit: str
    start: int
    end: int
    spelt: bool = False
    rough: bool = False
    digits: int = 0  # digits after the point

    @property
    def hard_unit(self) -> str:
        """The unit where it must agree: "%" or "x", else empty."""
        return self.unit if self.unit in ("%", "x") else ""


def quantities(text: str) -> list[Quantity]:
    """The numbers of `text`, in order. Numbers inside names (`GPT-4`, `W4A16`) are none."""
    folded = _GLUED.sub(lambda found: " " * len(found.group()), text)
    found = [_quantity(folded, match) for match in _NUMBER.finditer(folded) if not _in_name(folded, match)]
    found += [
        Quantity(_SPELT[match.group().casefold()], _after(folded, match.end()), match.start(), match.end(), spelt=True)
        for match in _WORD.finditer(folded)
    ]
    return sorted(found, key=lambda quantity: quantity.start)


def agree(said: Quantity, source: Quantity) -> bool:
    """Whether a statement's number is the source's: same value (rounded, where it says so), no other unit."""
    if said.hard_unit and source.hard_unit and said.hard_unit != source.hard_unit:
        return False
    if "%" in (said.hard_unit, source.hard_unit) and said.hard_unit != source.hard_unit:
        bare = said.unit if said.hard_unit != "%" else source.unit
        if bare not in ("", "point", "points", "and", "to", "on", "in", "or"):
            return False
    if abs(said.value - source.value) <= 1e-9 * max(abs(said.value), 1.0):
        return True
    rounded = round(source.value, said.digits) if said.value < 1e3 else source.value
    near = abs(said.value - source.value) <= 0.05 * abs(source.value)
    return near and (
        abs(rounded - said.value) < 1e-9 or (said.rough and abs(said.value - source.value) < 0.02 * said.value)
    )


def in_english(text: str) -> str:
    """Numbers written as most of Europe writes them, `10,8` and `25.000`, as English does."""
    swapped = re.sub(r"(?<![\d.,])(\d{1,3})((?:[.\u00a0\u202f ]\d{3})+)(?![\d])", _grouped, text)
    return re.sub(r"(?<![\d.,])(\d+),(\d{1,2}|\d{4,})(?![\d,])", r"\1.\2", swapped)


def _grouped(match: re.Match[str]) -> str:
    return match.group(1) + re.sub(r"\D", ",", match.group(2))


def _quantity(text: str, match: re.Match[str]) -> Quantity:
    digits = re.sub(r"[,\s]", "", match.group("value"))
    scale = (match.group("scale") or "").strip(" -\t\n\u00a0\u202f")
    value = float(digits) * _SCALE.get(scale.casefold(), 1.0)
    unit = (match.group("unit") or "").strip().casefold().lstrip("\\")
    unit = "%" if unit.startswith(_PERCENT) and "point" not in unit else "x" if unit in _TIMES else unit.lstrip("-")
    end = match.end("unit") if unit in ("%", "x") else match.end("scale") if scale else match.end("value")
    rough = bool(_ABOUT.search(text[max(0, match.start() - 16) : match.start()].casefold()))
    decimals = len(digits.partition(".")[2])
    return Quantity(value, unit or _after(text, match.end()), match.start(), end, rough=rough, digits=decimals)


def _after(text: str, end: int) -> str:
    """The unit that a spelt number's next word gives."""
    following = re.match(r"[\s-]*([A-Za-z]+)", text[end:])
    word = following.group(1).casefold() if following else ""
    return "x" if word in ("times", "fold") else "%" if word in ("percent",) else word


def _in_name(text: str, match: re.Match[str]) -> bool:
    """`GPT-4`, `ResNet-50`: a number behind a hyphen behind a letter; `2:4` and `1-3` are numbers."""
    before = text[max(0, match.start() - 2) : match.start()]
    return len(before) == 2 and before[1] in "-_^/" and before[0].isalpha()
