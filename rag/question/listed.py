"""The entries of the last list, and what is said of them: by their number, by what tells them apart, by a footnote."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.text.brackets import NEAREST_SAID
from rag.text.words import words

OPENERS = r"(?:and|but|so|also|then|ok|okay|now|what about|how about|same for)"
_PLACES = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
    "tenth": 10, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "last": -1,
}  # fmt: skip
_PLACE = rf"(?:{'|'.join(_PLACES)})"
_NTH = re.compile(
    rf"\b(?:the )?({_PLACE}) (?:one|paper|entry|of (?:them|these|those))\b|\bthe ({_PLACE})(?=(?: again)?\W*$|[,:;])"
    r"|(?:\bnumber |#)(\d{1,2})\b",
    re.I,
)
_TWO = re.compile(
    rf"\b(?:the )?(?P<one>{_PLACE})(?: one| paper)?,? (?:and|with|to|or|vs\.?|versus|against) (?:the )?"
    rf"(?P<other>{_PLACE})\b(?: one| paper)?|\bthe (?:first|top) two\b(?: ones| papers)?",
    re.I,
)
_CALLED = re.compile(
    r"\bthe (?!(?:same|other|only|right|wrong|best|newest|latest|next|previous)\b)"
    r"(?P<name>[^\s?!,]+(?: [^\s?!,]+){0,2}?) (?:one|paper|entry)"
    r"(?=\W*$| (?:say|do|use|propose|find|show|report|train|work|about)\b)",
    re.I,
)
_ABOUT = re.compile(
    r"\bthe (?:one|paper) (?:on|about|from|with|for|called|named|that uses|using) (?P<name>[^?!,]+)", re.I
)
MARK = re.compile(r"\[(\d{1,3})\]|\b(?:footnote|reference|citation|ref) (?:no\.? |number )?(\d{1,3})\b", re.I)
_BACK = re.compile(
    r"^\W*+(?:(?:now|ok|please|go|let'?s go)\W+)*back"
    r"(?: to (?:the|that|your|my) (?:list|papers|results|listing))?\W*$",
    re.I,
)
_HEADED = re.compile(
    r"^(?:\d+ of )?\d+ papers? (?:about|that (?P<verb>\w+)) “?(?P<subject>.+?)”?, of \d+ examined:", re.M
)
_ENTRY = re.compile(r"^- (.+?): ", re.M)
_LINE = re.compile(r"^- .+$", re.M)
_TITLED = re.compile(r"^(?:- )?([^\n]{3,200}?): ", re.M)
_FRAMING = re.compile(
    rf"^\W*+(?:(?:{OPENERS}|please|tell me(?: more)? about|more about|more on|about|on|open|show(?: me)?|"
    r"what(?:'s| is| was))\W+)+",
    re.I,
)
_AND_NOTHING = re.compile(r"^(?:please|again|about)\W*$", re.I)


def entries(answers: Sequence[str]) -> list[str]:
    """The openings of the titles in the last list among some answers, or without one of those that the last answer
    names as nearest; empty without either."""
    found = _ENTRY.findall(_last_list(answers))
    if found or not (answers and is_nearest(answers[-1])):
        return found
    return [title.split(": ")[0] for title in answers[-1].removeprefix(NEAREST_SAID).rstrip(".").split("; ")]


def nearest(refusal: str) -> str:
    """The part of a refusal that names the nearest papers; empty where it names none."""
    return refusal[start:] if (start := refusal.rfind(NEAREST_SAID)) >= 0 else ""


def is_nearest(answer: str) -> bool:
    """Whether an answer is what is left of a refusal (see `nearest`)."""
    return answer.startswith(NEAREST_SAID)


def _last_list(answers: Sequence[str]) -> str:
    return next((answer for answer in reversed(answers) if _is_list(answer)), "")


def _is_list(answer: str) -> bool:
    """Whether an answer is a list: a model's text may have a single line that looks like an entry."""
    found = _ENTRY.findall(answer)
    return len(found) > 1 or bool(found and _HEADED.search(answer))


def on_listed(text: str, answers: Sequence[str]) -> str:
    """A question on entries of the last list among `answers`, with their titles in the place of what points to them;
    empty where nothing does, or there is no such entry."""
    titles = entries(answers)
    if titles and _BACK.match(text):
        return _again(answers)
    if titles and (two := _TWO.search(text)):
        return _on_two(text, two, titles)
    if titles and (nth := _NTH.search(text)):
        said = nth[1] or nth[2]
        title = _at(_PLACES[said.casefold()] if said else int(nth[3]), titles)
        return _with_title(text, nth, title) if title else ""
    if titles and (called := _ABOUT.search(text) or _CALLED.search(text)):
        title = _told_apart(called["name"], answers)
        return _with_title(text, called, title) if title else ""
    mark = MARK.search(text)
    return _on_mark(text, mark, answers) if mark else ""


def _again(answers: Sequence[str]) -> str:
    """The question that the last list answers, by the line above it; empty where that does not say it."""
    headed = _HEADED.search(_last_list(answers))
    if headed is None:
        return ""
    return f"Which papers {headed['verb'] or 'are about'} {headed['subject']}?"


def _at(place: int, titles: Sequence[str]) -> str:
    """The title at a place, counted from 1, or from the end where it is negative; empty where there is none."""
    if place == 0 or abs(place) > len(titles):
        return ""
    return titles[place - 1 if place > 0 else place]


def _on_two(text: str, two: re.Match[str], titles: Sequence[str]) -> str:
    one, other = (_PLACES[two[name].casefold()] if two[name] else at for name, at in (("one", 1), ("other", 2)))
    pair = [_at(one, titles), _at(other, titles)]
    if not all(pair):
        return ""
    said = f"{text[: two.start()]}“{pair[0]}” and “{pair[1]}”{text[two.end() :]}".strip()
    return said if words(_without(text, two)) else f"compare “{pair[0]}” and “{pair[1]}”"


def _with_title(text: str, found: re.Match[str], title: str) -> str:
    """The text with a title in place of what was found; a question on what it is, where nothing else is asked."""
    before, behind = _FRAMING.sub("", text[: found.start()]).strip(), text[found.end() :].lstrip(" ,:;").strip()
    if not words(f"{before} {_AND_NOTHING.sub('', behind)}"):
        return f"What is {title}?"
    return f"{before} “{title}” {behind}".strip()


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()]} {text[found.end() :]}"


def _told_apart(name: str, answers: Sequence[str]) -> str:
    """The title of the one entry that a name or a topic fits: by its title, else by its line; empty for none."""
    asked = set(words(name))
    listed = _last_list(answers)
    lines = [(match[1], line) for line in _LINE.findall(listed) if (match := _ENTRY.match(line))]
    for texts in ([(title, title) for title, _ in lines], lines):
        fitting = [title for title, text in texts if asked and asked <= set(words(text))]
        if len(fitting) == 1:
            return fitting[0]
    return ""


def _on_mark(text: str, mark: re.Match[str], answers: Sequence[str]) -> str:
    """A question on a footnote of the last answer, on the title that it stands behind; empty where it has none."""
    last = answers[-1] if answers else ""
    number = mark[1] or mark[2]
    if f"[{number}]" not in last:
        return ""
    block = next(part for part in last.split("\n") if f"[{number}]" in part)
    titled = _TITLED.match(block) if "\n" in last.strip() else None
    return _with_title(text, mark, titled[1]) if titled else ""
