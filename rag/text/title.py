r"""A title in, its key out: what two spellings of the same title share.

`{BERT}: Pre-training of G{\"o}del` and `BERT: PRE-TRAINING of Gödel` are one title.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

_ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307",
    '"': "\u0308", "r": "\u030a", "H": "\u030b", "v": "\u030c", "c": "\u0327", "k": "\u0328",
}  # fmt: skip
_LETTERS = {"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł",
            "aa": "å", "AA": "Å", "i": "i", "j": "j"}  # fmt: skip
_ACCENT = re.compile(r"""\\([`'^"~=.]|[uvHckr](?![A-Za-z]))\s*(?:\{\s*\\?([A-Za-z])\s*\}|\\?([A-Za-z]))""")
_LETTER = re.compile(r"\\(ss|ae|AE|oe|OE|aa|AA|o|O|l|L|i|j)(?![A-Za-z])\s*(?:\{\})?")
_COMMAND = re.compile(r"\\([A-Za-z]+)")
_GREEK_NAMES = {"lambda": "LAMDA"}


def paper_id(title: str) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of the title's key: the same paper, the same id."""
    return hashlib.sha256(title_key(title).encode("utf-8", "replace")).hexdigest()[:16]


def title_key(title: str) -> str:
    """`title` without case, LaTeX, punctuation and spare white space; empty only for a blank title."""
    plain = _COMMAND.sub(_greek, latex_accents(title)).replace("$", " ").translate({0x7B: None, 0x7D: None})
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", plain).casefold())
    words = "".join(" " if unicodedata.category(char)[0] in "PC" else char for char in folded)
    return " ".join(words.split()) or " ".join(title.split())


def latex_accents(text: str) -> str:
    r"""`text` with LaTeX's accents as letters (`\"{o}` is ö, `\o` is ø) and everything else as it was."""
    if "\\" not in text:
        return text
    accented = _ACCENT.sub(lambda match: (match[2] or match[3]) + _ACCENTS[match[1]], text)
    return unicodedata.normalize("NFC", _LETTER.sub(lambda match: _LETTERS[match[1]], accented))


def _greek(match: re.Match[str]) -> str:
    name = _GREEK_NAMES.get(match[1].lower(), match[1].upper())
    try:
        return unicodedata.lookup(f"GREEK SMALL LETTER {name}")
    except KeyError:
        return " "  # a command such as \textbf: its argument stays
