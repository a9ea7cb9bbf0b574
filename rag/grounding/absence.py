"""What a reply says that the papers do not say: no span can support that, and none has to."""

from __future__ import annotations

import re

from rag.grounding.content import stems
from rag.text.language import is_english

PAPERS = (
    r"(?<![\w-])(?:passages?|papers?|abstracts?|texts?|sources?|stud(?:y|ies)|excerpts?|evidence|documents?|works?|reports?|"
    r"references?)"
)
_TOLD = (
    r"(?:stated|mentioned|specified|reported|given|discussed|provided|described|covered|compared|comparable|disclosed|"
    r"named)"
)
_TELL = (
    r"(?:say|state|mention|report|specify|give|discuss|compare|provide|describe|indicate|detail|name|explain|support|contain|"
    r"include|address|identify|quantify|list|define|disclose|clarify|cover|spell|break|offer|note|reveal|tell|answer|go)"
)
_NOT = r"(?:do|does|did)(?: not|n['’]t)"
_INCOMPARABLE = r"(?:(?:not|only|hardly|barely) (?:\w+ly )?comparable|cannot be (?:\w+ly )?compared)"
_ABSENCE = re.compile(
    rf"{PAPERS}\s+(?:\w+\s+){{0,3}}?(?:do(?:es)?|did|is|are)(?: not|n['’]t)|"
    r"\b(?:do|does|did)(?: not|n['’]t) (?:say|state|mention|report|specify|give|discuss|compare|provide|describe|"
    r"indicate|detail)|"
    r"\bno (?:passage|paper|figure|number|information|mention|details?)\b|"
    rf"{PAPERS}\b[^.;]*?\b(?:{_TELL}s?\b[^.;]*\bbut not|(?:say|contain|reveal|tell)s? nothing)\b|"
    rf"\bcannot be (?:\w+ly )?(?:answered|determined|found|told|inferred)|\b{_INCOMPARABLE}|"
    rf"\bnot (?:\w+ly )?{_TOLD}\b|\bnone of the {PAPERS}\b",
    re.I,
)
# The same in other languages: what papers are called, and how something is denied of them
_ABROAD = tuple(
    (re.compile(papers, re.I), re.compile(denied, re.I))
    for papers, denied in (
        (r"\b(?:passagen?|texte?n?|artikeln?|papiere?n?|quellen?|arbeite?n?|auszüge?n?|studien?|paper)\b",
         r"\b(?:nicht|nichts|kein\w*|weder)\b"),
        (r"\b(?:passages?|articles?|textes?|extraits?|sources?|documents?|résumés?|études?)\b",
         r"\b(?:ne|n['’]\w+)\b.*\b(?:pas|rien|aucune?|ni)\b|\baucune?\b"),
        (r"\b(?:pasajes?|artículos?|textos?|fuentes?|documentos?|fragmentos?|resúmenes|resumen|estudios?)\b",
         r"\b(?:no|ningun[oa]?|ningún|tampoco)\b"),
        (r"\b(?:passaggi\w*|articol[io]|test[io]|font[ei]|document[io]|estratt[io]|studi)\b", r"\b(?:non|nessun\w*)\b"),
        (r"\b(?:trechos?|passage(?:m|ns)|artigos?|textos?|fontes?|documentos?|resumos?|estudos?)\b",
         r"\b(?:não|nenhum\w*)\b"),
        (r"\b(?:passages?|artikel\w*|teksten|tekst|bronnen|bron|papers?|fragmenten|studies)\b",
         r"\b(?:niet|niets|geen)\b"),
        (r"\b(?:отрыв\w+|стат\w+|текст\w*|источник\w*|фрагмент\w*|документ\w*|работ\w*)\b",
         r"\b(?:не|нет|ничего|ни)\b"),
        (r"文段|段落|论文|論文|文章|原文|文中|资料|材料|片段|文献", r"没有|沒有|未|并不|不包含|无"),
        (r"論文|文章|パッセージ|抜粋|資料|本文|記述|文献", r"ない|ません|なかった|おらず"),
        (r"구절|논문|본문|문서|자료|지문", r"않|없"),
    )
)  # fmt: skip
_LONGEST_ABSENCE = 400
_THESE = rf"(?:^|\b(?:the|this|these|those|its|their) (?:[\w.'’-]+ )?){PAPERS}"
# A clause that says of the papers themselves what they leave open, up to where another begins
_OPEN = re.compile(
    rf"^(?:(?:while|although|though|however,?|but)\s+)?"
    rf"(?:[^,;:]*?{_THESE} (?:\w+ )?(?:{_NOT} (?:\w+ly )?{_TELL}|(?:say|contain|reveal|tell)s? nothing)|"
    rf"no(?:ne of the)? {PAPERS}|[^,;:]*?\bnot\b[^,;:]*?\b(?:in|by) (?:the|these|this) (?:\w+ )?{PAPERS}|"
    rf"[^;:]*?\b{_INCOMPARABLE})\b"
    r".*?(?P<rest>[;:–—]\s|,\s+(?:but|however|though|although|while|only|yet|they|it|and (?:it|they|only))\b|$)",
    re.I | re.S,
)
_AT_LAST = re.compile(
    r"(?:,\s*|\s*;\s*|\s)(?:and|but|though|although|while)\s[^,;]*?"
    rf"(?:\b(?:is|are) not (?:\w+ly )?(?:mentioned|specified|stated|reported|disclosed|given)|"
    rf"{_THESE} {_NOT} {_TELL})\b[^,;]*$",
    re.I,
)
_FIRST = re.compile(r"^(?:while|although|though)\b", re.I)


def says_absence(statement: str) -> bool:
    """Whether a statement says what the papers do not say, which no span can support."""
    if len(statement) > _LONGEST_ABSENCE:
        return False
    if is_english(statement):
        return bool(_ABSENCE.search(statement))
    return any(papers.search(statement) and denied.search(statement) for papers, denied in _ABROAD)


def without_absence(statement: str) -> str:
    """A statement without the clause, first or last, in which it says what the papers leave open ("The passage gives no
    figure, but …"); empty where that is all."""
    statement = _AT_LAST.sub("", statement)
    found = _OPEN.match(statement)
    if found is None:
        return statement
    rest = statement[found.start("rest") :]
    if _FIRST.match(statement) and not rest:
        rest = statement.partition(",")[2]  # "While the passage does not say why, …"
    return rest.lstrip(" ,;:–—") if len(stems(rest)) > 1 else ""
