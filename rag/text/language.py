"""Is a statement in English? Told from its script and its little words."""

from __future__ import annotations

import re

_ENGLISH = frozenset(
    """the a an of and to in is are was were for with by on that this it its from as at be than or not which their they
    has have can while both when into over after only each also but more most does do between without through""".split()
)
_OTHERS = frozenset(  # without words that English texts have, too: per, et, al, plus …
    """der das und ist nicht ein eine einer einem mit von zu den dem des auf für wird werden durch sich bei auch
    als le la les est une un dans pour par sur que qui avec du aux ne pas sont cette ce en el los las y es una por
    con para del su sus como más lo il gli che di della delle dei degli uno è sono nel nella più non anche os da
    dos um uma em na mais não são ao de het een op met voor niet zijn aan ook wordt door bij naar och att det som
    av på är inte med till""".split()
)
_WORD = re.compile(r"[^\W\d_]+")
_OTHER_SCRIPT = re.compile(
    r"[\u0400-\u04ff\u0590-\u06ff\u0900-\u0dff\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]"
)


def is_english(text: str) -> bool:
    """Whether `text` reads as English; a text without any little words counts as English."""
    found = [word.casefold() for word in _WORD.findall(text) if len(word) == 1 or not word.isupper()]  # MIT is no "mit"
    if len(_OTHER_SCRIPT.findall(text)) > 0.15 * max(len(text), 1):
        return False
    english = sum(word in _ENGLISH for word in found)
    return sum(word in _OTHERS for word in found) <= english or not found
