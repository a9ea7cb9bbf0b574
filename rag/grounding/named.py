"""The named things of a statement (methods, models, data sets), and whether its source has them."""

from __future__ import annotations

import re
from functools import lru_cache

from rag.text.common_words import is_common
from rag.text.names import capitalised, names
from rag.text.searchable import searchable
from rag.text.words import STOPWORDS, words

# Abbreviations that any paper may use for what it spells out.
_GENERIC = frozenset(
    """llm llms ai ml nlp rl gpu gpus cpu cpus cnn cnns rnn rnns vlm vlms mllm mllms lmm lmms kv 2d 3d 4d it rag sft
    rlhf api apis sota qa vqa moe peft gan gans vae vaes mlp mlps id ids ood asr tts ocr dnn dnns lm lms nn cot icl
    github english i a none nothing neither nobody""".split()
)
_LIKE = re.compile(  # what is joined to a name and is none of it: `CLIP-like`
    r"(?<=\w)-(?:like|based|style|type|class|level|scale|sized?|only|family|trained|pretrained|tuned|initiali[sz]ed|generated|"
    r"powered|driven|guided|inspired|derived|compatible|specific|related|free|equipped|compressed|quanti[sz]ed)$"
)
_OPENING = re.compile(r"^\W*([A-Z][a-z]+)(?=\s|$)")
_LETTERS = re.compile(r"[A-Za-z]+")


@lru_cache(maxsize=4096)
def named_things(statement: str) -> tuple[str, ...]:
    """Names in a statement, in order, each once; abbreviations that papers share are left out."""
    found = [
        *(_LIKE.sub("", name) for name in names(statement)),
        *(word for word in capitalised(statement) if not _plain(word)),
    ]
    opening = _OPENING.match(statement)
    if opening and not _plain(opening.group(1)):
        found.append(opening.group(1))
    return tuple(dict.fromkeys(name for name in found if searchable(name).strip("+-.") not in _GENERIC and _told(name)))


@lru_cache(maxsize=65_536)
def has_name(text: str, name: str) -> bool:
    """Whether `text` (see `folded`) has the name: as written, or spelt out where the name is an abbreviation."""
    wanted = _folded(name)
    for form in {wanted, wanted.rstrip("s"), wanted.replace(" ", "")}:
        if form in text and re.search(rf"(?<![a-z0-9]){re.escape(form)}(?:s|es)?(?![a-z])", text):
            return True
        if " " not in form and len(form) > 3 and form in text.replace(" ", ""):
            return True
    return _spelt_out(text, name)


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """`text` with notation, hyphens and spaces folded, for `has_name`."""
    return _folded(text)


def _folded(text: str) -> str:
    return re.sub(r"[\s\-_/]+", " ", searchable(text)).strip()


def _spelt_out(text: str, name: str) -> bool:
    """`RaFA` for "random feature alignment", `PPO` for "proximal policy optimization"."""
    letters = "".join(char for char in name if char.isalpha())
    if not 2 <= len(letters) <= 7 or sum(char.isupper() for char in letters) < 2:
        return False
    initials = "".join(char for char in name if char.isupper()).casefold()
    opening = "".join(word[0] for word in _LETTERS.findall(text))
    return initials in opening


def _plain(word: str) -> bool:
    forms = words(word.casefold())
    return not forms or word.casefold() in STOPWORDS or all(is_common(form) for form in forms)


def _told(name: str) -> bool:
    """Whether this is a name, rather than a number with its unit."""
    return bool(re.search(r"[A-Za-z]{2,}|^[A-Z]", name)) and not re.fullmatch(r"\d[\d.,]*\s?[A-Za-zμ]{1,3}", name)
