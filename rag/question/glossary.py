"""Questions in other languages, glossed word by word into English, which is what the papers and the rules are in.

`glossaries/LANGUAGE.tsv` has a form and its gloss a line, in the sense that the word has in questions on papers; the
gloss `-` is of a word that English lacks. Words are looked up as they stand, then by their Snowball stems, then
(German) as compounds. What no glossary has stays: names, numbers, and words that English shares. Without a model that
is all the translation there is: good enough to find a paper and its sentences, and to tell a listing from a lookup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import Stemmer

from rag.text.common_words import is_common
from rag.text.words import STOPWORDS, stem

_SPACED = {
    "de": "german",
    "es": "spanish",
    "fr": "french",
    "it": "italian",
    "nl": "dutch",
    "pt": "portuguese",
    "ru": "russian",
}
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
_KANA = "\u3040-\u30ff"
_EAST_ASIAN = re.compile(f"[{_HAN}{_KANA}々〆ー]+")
_KANA_ANYWHERE = re.compile(f"[{_KANA}]")
_TOKEN = re.compile(
    r"[^\W\d_]+['’](?=[^\W\d_])|\d+(?:[.,]\d+)+\w*|[^\W_]+(?:[-.'’/+:^][^\W_]+)*[%+]?|[^\w\s]+", re.UNICODE
)
_DECIMAL = re.compile(r"\d+,\d{1,2}(?!\d)")
_WORD = re.compile(r"[^\W\d_]+['’]?(?:-[^\W\d_]+)*\Z", re.UNICODE)
_PUNCTUATION = str.maketrans(
    {"？": "?", "，": ",", "。": ".", "、": ",", "：": ":", "「": '"', "」": '"', "¿": "", "¡": "", "ё": "е", "Ё": "Е"}
)
_PHRASE = 4  # words of the longest form
_MOSTLY = 0.6  # share of English words from which no glossary is opened
_EVIDENCE = 2  # words that must be of another language
_LONE = 9  # letters from which one such word is enough where there is no other: shorter ones may be names
_STEMMED = 5  # letters from which a word is looked up by its stem: "vit" is no "vite"
_SHORTEST_PART = 4  # letters of a part of a compound
_LOST = "-"
_PLURAL = {"paper": "papers", "method": "methods", "approach": "approaches", "technique": "techniques"}
_ASKED = (
    re.compile(r"\bpapers(?: is| are| of| about| for)? (?P<kind>which|what|how many|list|count)\b"),
    re.compile(r"\b(?P<kind>which|how many)(?P<between>(?: [\w-]+){0,4}) papers\b"),
    re.compile(r"\b(?P<kind>list)(?: all)?(?P<between> .*) papers(?=\W*$)"),
    re.compile(r"\b(?P<noun>method|approach|technique)(?:s|es)?(?: have| has| there| is| are)* (?P<kind>which)\b"),
)


def in_english(text: str) -> str:
    """The question glossed into English; the text itself where it is in English already, or in a language without a
    glossary."""
    if _EAST_ASIAN.search(text):
        return _unspaced(text.translate(_PUNCTUATION), _glossary("ja" if _KANA_ANYWHERE.search(text) else "zh").forms)
    tokens = _TOKEN.findall(text.translate(_PUNCTUATION))
    words = [token.casefold() for token in tokens if _WORD.match(token) and not _is_name(token)]
    english = [word for word in words if _is_english(word)]
    if len(english) >= _MOSTLY * len(words):
        return text
    others = [word for word in words if not _is_english(word)]
    best = max(map(_glossary, _SPACED), key=lambda glossary: sum(map(glossary.knows, others)))
    found, shared = (sum(map(best.knows, some)) for some in (others, english))  # shared: "die", "in", "token"
    framing = sum(best.knows(word) for word in english if word in STOPWORDS)
    alone = len(words) == 1 and len(words[0]) >= _LONE
    if not found or (found + framing < _EVIDENCE and not alone) or found <= len(english) - shared:
        return text
    return _joined(_glossed(tokens, best))


@dataclass(frozen=True)
class Glossary:
    """The forms of one language with their glosses, and the same by stem."""

    language: str
    forms: Mapping[str, str]
    stems: Mapping[str, str]

    def knows(self, word: str) -> bool:
        """Whether the word has a gloss."""
        return self.gloss(word) is not None

    def gloss(self, word: str) -> str | None:
        """The English of a word in lower case; one that English has, too, only as it stands."""
        if (found := self.forms.get(word)) is not None or _is_english(word):
            return found
        if len(word) < _STEMMED and word.isascii():
            return None
        return self.stems.get(_stemmer(self.language).stemWord(word)) or self._of_parts(word)

    def _of_parts(self, word: str) -> str | None:
        """The glosses of two German words written as one, with or without an `s` between them."""
        if self.language != "de":
            return None
        for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
            first, second = word[:at], word[at:]
            left = self.forms.get(first) or (self.forms.get(first[:-1]) if first[-1] in "sn" else None)
            right = self.forms.get(second) or self.stems.get(_stemmer(self.language).stemWord(second))
            if left and right and _LOST not in (left, right):
                return f"{left} {right}"
        return None


@cache
def _glossary(language: str) -> Glossary:
    text = files("rag.question").joinpath("glossaries", f"{language}.tsv").read_text(encoding="utf8")
    forms = dict(line.split("\t") for line in text.splitlines())
    if language not in _SPACED:
        return Glossary(language, forms, {})
    stems: dict[str, str] = {}
    for form, gloss in forms.items():
        if " " not in form:
            stems.setdefault(_stemmer(language).stemWord(form), gloss)
    return Glossary(language, forms, stems)


@cache
def _stemmer(language: str) -> Stemmer.Stemmer:
    return Stemmer.Stemmer(_SPACED[language])


def _is_name(token: str) -> bool:
    """Whether capitals make it a name: `LoRA`, `GPT-4`; not those that a sentence, or a part of a noun, begins with."""
    return any(letter.isupper() for part in token.split("-") for letter in part[1:])


def _is_english(word: str) -> bool:
    return word in STOPWORDS or is_common(stem(word))


def _glossed(tokens: list[str], glossary: Glossary) -> Iterator[str]:
    """The tokens with the longest phrases that have a gloss replaced, from left to right."""
    lowered = [token.casefold() for token in tokens]
    place = 0
    while place < len(tokens):
        for length in range(min(_PHRASE, len(tokens) - place), 1, -1):
            if (gloss := glossary.forms.get(" ".join(lowered[place : place + length]).replace("’", "'"))) is not None:
                yield gloss
                place += length
                break
        else:
            yield _one(tokens[place], glossary)
            place += 1


def _one(token: str, glossary: Glossary) -> str:
    if _is_name(token):
        return token
    if _DECIMAL.match(token):
        return token.replace(",", ".")
    word = token.casefold().replace("’", "'")
    if (gloss := glossary.gloss(word)) is not None:
        return gloss
    if "-" not in word:
        return token.rstrip("'’")
    parts = token.split("-")
    glosses = [glossary.gloss(part.casefold()) for part in parts]
    return " ".join(gloss or part for gloss, part in zip(glosses, parts, strict=True)) if any(glosses) else token


def _unspaced(text: str, forms: Mapping[str, str]) -> str:
    """Runs of a script without spaces, cut into the longest forms there are; signs that belong to none are left out."""
    longest = max(map(len, forms))
    words = _EAST_ASIAN.sub(lambda run: f" {' '.join(_cut(run.group(), forms, longest))} ", text).split()
    return _asking_first(_joined(words))


def _asking_first(text: str) -> str:
    """What asks for papers, or for methods, put in front, where English has it and where it tells a listing."""
    asking = next((found for pattern in _ASKED if (found := pattern.search(text))), None)
    if asking is None:
        return text
    kind = "how many" if asking.group("kind") in ("how many", "count") else "which"
    rest = text[: asking.start()] + asking.groupdict().get("between", "") + text[asking.end() :]
    return _joined([kind, _PLURAL[asking.groupdict().get("noun", "paper")], *rest.split()])


def _cut(run: str, forms: Mapping[str, str], longest: int) -> Iterator[str]:
    place = 0
    while place < len(run):
        sizes = range(min(longest, len(run) - place), 0, -1)
        size = next((size for size in sizes if run[place : place + size] in forms), 0)
        if size and (gloss := forms[run[place : place + size]]) != _LOST:
            yield gloss
        place += size or 1


def _joined(parts: Iterator[str] | list[str]) -> str:
    text = " ".join(part for part in parts if part and part != _LOST)
    return re.sub(r"\s+([?.,;:!%])", r"\1", re.sub(r"\s+", " ", text)).strip()
