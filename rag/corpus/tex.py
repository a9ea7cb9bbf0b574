r"""Text with TeX's markup in, the text that it stands for out: `80.5{\%} on {SQuAD}` is 80.5% on SQuAD.

What stands in a formula stays, and so does a command that is not known, with its arguments: their words are the
paper's, and a guess at what they would look like is not.
"""

from __future__ import annotations

import re

from rag.text.title import latex_accents

_FORMULA = re.compile(  # each bounded, or what is never closed would be looked through again and again
    r"\\[^(\[]|\\\(.{1,500}?\\\)|\\\[.{1,500}?\\\]|\$\$.{1,500}?\$\$|\$(?:[^$\\]|\\.){1,500}+\$", re.DOTALL
)
_QUOTED = re.compile(r"``(.{1,500}?)''", re.DOTALL)
_TOKEN = re.compile(
    r"\\(?P<name>[A-Za-z]+)(?P<space>\s*)|\\(?P<sign>.)|(?P<brace>[{}])|(?P<tie>(?<=\S)~(?=\S))"
    r"|(?P<dash>---|(?<=\w)--(?=\w)|(?<=\s)--(?=\s))",
    re.DOTALL,
)
_STYLES = frozenset(
    "emph textit textbf texttt textsc textrm textsf textsl textup textmd textnormal textsuperscript textsubscript "
    "mbox underline uppercase url protect it bf em tt sc rm sf sl".split()
)
_SYMBOLS = {
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textless": "<", "textgreater": ">",
    "textbar": "|", "textunderscore": "_", "textdollar": "$", "textbraceleft": "{", "textbraceright": "}",
    "textendash": "–", "textemdash": "—", "textquotesingle": "'", "textquoteleft": "‘", "textquoteright": "’",
    "textquotedbl": '"', "textquotedblleft": "“", "textquotedblright": "”", "textbullet": "•",
    "textperiodcentered": "·", "textellipsis": "…", "ldots": "…", "dots": "…", "textcopyright": "©", "copyright": "©",
    "textregistered": "®", "texttrademark": "™", "textdegree": "°", "textmu": "µ", "texttimes": "×", "textpm": "±",
    "textonehalf": "½", "S": "§", "P": "¶", "pounds": "£", "textsterling": "£", "texteuro": "€", "euro": "€",
    "slash": "/", "TeX": "TeX", "LaTeX": "LaTeX", "newline": " ", "quad": " ",
}  # fmt: skip
_SIGNS = {**dict.fromkeys(" ,;:\\\n", " "), **dict.fromkeys("-/!@", "")}
_ESCAPED = "&%$#_{}"


def without_tex(text: str) -> str:
    """`text` without braces, escapes and commands of style, its accents and signs as characters; formulas stay."""
    if not re.search(r"[\\{}~]|``|--", text):
        return text
    parts, reached = [], 0
    for formula in _FORMULA.finditer(text):
        if formula[0][0] == "$" or formula[0][1] in "([":
            parts += [_plain(text[reached : formula.start()]), formula[0]]
            reached = formula.end()
    return "".join([*parts, _plain(text[reached:])])


def _plain(text: str) -> str:
    """A stretch without formulas."""
    kept: list[bool] = []  # of each brace that is open: whether it holds the argument of a command that stays
    stays = False  # whether such a command, or an argument of it, has just ended
    parts, reached = [], 0
    text = _QUOTED.sub(r"“\1”", latex_accents(text))
    for token in _TOKEN.finditer(text):
        between = text[reached : token.start()]
        parts.append(between)
        stays = stays and not between
        reached = token.end()
        if token["brace"] == "{":
            kept.append(stays or kept[-1:] == [True])
            parts.append("{" * kept[-1])
            stays = False
        elif token["brace"]:
            stays = bool(kept) and kept.pop()
            parts.append("}" * stays)
        else:
            parts.append(_shown(token))
            stays = bool(token["name"]) and parts[-1] == token[0]
    return "".join([*parts, text[reached:]])


def _shown(token: re.Match[str]) -> str:
    """What a command, an escape, a tie or a dash stands for; itself where that is not known."""
    name, sign = token["name"], token["sign"]
    if name in _STYLES:
        return ""
    if name:
        return _SYMBOLS[name] + token["space"] if name in _SYMBOLS else token[0]
    if sign:
        return sign if sign in _ESCAPED else _SIGNS.get(sign, token[0])
    return " " if token["tie"] else "—" if token["dash"] == "---" else "–"
