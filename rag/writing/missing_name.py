"""Names in a question that a paper's text lacks: of a benchmark, a model, a metric it says nothing about.

Of questions that the papers answer one in a thousand has such a name, of those on a detail that they leave out one in
six. So a name counts as said in every way that it may be written: joined or apart, by its parts, spelt out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from rag.retrieval.retriever import Hits
from rag.snapshot import Snapshot
from rag.text.names import names
from rag.text.searchable import searchable
from rag.types import Paper
from rag.writing.definition import introduces
from rag.writing.referent import named_method

_OF_THE_FIELD = frozenset(  # papers speak of these under other words
    "ai ml nlp cv rl it ok us uk eu phd faq id 2d 3d 4d llm lm plm vlm mllm slm nn dnn cnn rnn mlp gan sota sft qa kv "
    "ood gpu tpu cpu ram vram ssd os pc api url nvidia openai github flop int fp bf top bit 1k 21k 22k".split()
)
_LOOSE = re.compile(  # "LoRA-style", "multi-GPU": no name of anything
    r"^(?:non|pre|post|multi|single|self|semi|sub|super|mini|re|un|co|cross|inter|one|two|three|four|all|low|high|big|"
    r"small|large|full|zero|few|lone)-|"
    r"-(?:style|like|type|based|class|derived|initiali[sz]ed|trained|tuned|hungry|refined|related|specific|aware|free|only|"
    r"offloading|compatible|enhanced|level|sized?|ready|powered|driven|side|scale|inspired|equipped|made|augmented)s?$",
    re.I,
)
_NUMBER = re.compile(r"\d|q\d$", re.I)
_OWNER = re.compile(r"\S+['’]s\b")  # "TII's models": who made it, which texts seldom say
_CHUNKS = re.compile(r"[A-Z][a-z]*|^[a-z]+|\d+")
_SIDE_BY_SIDE = re.compile(  # the second half of a pair may open the next one
    r"(?<![\w-])([\w.+^-]*\w)(?: and | or | vs\.? | versus | with | to | from | than |, )(?=([\w.+^-]*\w))", re.I
)
_PARTS = re.compile(r"[-/_\s]")
_LETTERS = re.compile(r"[A-Za-z][a-z]*|\d+")
_DIGITS = re.compile(r"\d")
_LONGEST_INITIALS = 6  # letters of a name that may stand for words
_OWN_CASE = re.compile(r"\b(?:i|i'm|i've|my|we|our)\b", re.I)
_LONGEST = 30  # words of a question all of whose names must be met
_SHORTEST, _LONG = 5, 8  # characters from which a name may be misspelt by one letter, and by two
_LOOKED_AT, _INTRODUCING = 5, 10  # best papers that may have the names, and that may introduce one


def having_names(snapshot: Snapshot, question: str, hits: Hits) -> Hits:
    """`hits` with the best paper first that says every name of the question; as they are where none of them does."""
    for rank, candidate in enumerate(hits.candidates[:_LOOKED_AT]):
        if not missing_names(question, [snapshot.paper(candidate.paper)]):
            return hits.led_by(rank) if rank else hits
    return hits


def having_the_rest(snapshot: Snapshot, question: str, hits: Hits, ranks: Sequence[int]) -> tuple[int, ...]:
    """The ranks of further papers, each of which introduces a name of the question that those at `ranks` lack, as a
    question on two methods names them; none where a name is introduced by none of the best."""
    lacking = missing_names(question, [snapshot.paper(hits.candidates[rank].paper) for rank in ranks])
    papers = [snapshot.paper(candidate.paper) for candidate in hits.candidates[:_INTRODUCING]] if lacking else []
    found = [next((rank for rank, paper in enumerate(papers) if introduces(paper, name)), -1) for name in lacking]
    return () if -1 in found else tuple(dict.fromkeys(found))


def stood_in_for(question: str, papers: Sequence[Paper]) -> str:
    """The one of two names set side by side ("COAT and GaLore") that none of the papers is on, where one is on the
    other: a paper that speaks of it stands in. Empty where there is none such."""
    for pair in _SIDE_BY_SIDE.finditer(question):
        said = [name for name in pair.groups() if _joined(name).removesuffix("s") not in _OF_THE_FIELD]
        own = [any(_is_on(paper, name) for paper in papers) for name in said if name in names(question)]
        if sorted(own) == [False, True]:
            return str(said[own.index(False)])
    return ""


def _is_on(paper: Paper, name: str) -> bool:
    form = _joined(name)
    return form in _joined(paper.title) or form == _joined(named_method(paper)) or introduces(paper, name)


def missing_names(question: str, papers: Sequence[Paper]) -> tuple[str, ...]:
    """The names in the question that none of the papers says, not even spelt nearly so; none where the question is long
    or tells of the asker's own case, whose names are not asked about."""
    said = [name for name in names(_OWNER.sub(" ", question)) if not _NUMBER.match(name)]
    if not said or _OWN_CASE.search(question) or len(question.split()) > _LONGEST:
        return ()
    text = "\n".join(f"{paper.title}\n{paper.text}" for paper in papers)
    joined, initials = _joined(text), _initials(text)
    missing = [name for name in said if not _says(name, joined, initials, text)]
    return tuple(name for name in missing if not _nearly_says(name, text))


def _says(name: str, joined: str, initials: str, text: str) -> bool:
    form = _joined(name).removesuffix("s")
    if name.islower() or not form.isascii():
        return True  # "qwen3 8b", typed in haste; "Ziya2は", no word apart
    if form in joined or form in _OF_THE_FIELD or _LOOSE.search(name):
        return True
    if form.isalpha() and len(form) <= _LONGEST_INITIALS and (form in initials or _spelt_out(name).search(text)):
        return True
    parts = (_joined(part).removesuffix("s") for part in _PARTS.split(name))
    return all(part in joined or part in _OF_THE_FIELD for part in parts)


@lru_cache(maxsize=256)
def _spelt_out(name: str) -> re.Pattern[str]:
    """Words that open with what each capital of a name opens: `ViT` as "vision transformer"."""
    chunks = [rf"\b{re.escape(chunk)}" for chunk in _CHUNKS.findall(name.removesuffix("s"))]
    return re.compile(r"\w*[\s-]+".join(chunks) if len(chunks) > 1 else "(?!)", re.I)


def _nearly_says(name: str, text: str) -> bool:
    """Whether a word of the text differs from the name by a slip of the keys, in letters rather than digits."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    form = _joined(name)
    if len(form) < _SHORTEST:
        return len(form) == _SHORTEST - 1 and any(
            sorted(word) == sorted(form) and OSA.distance(word, form) == 1
            for word in {_joined(word) for word in text.split() if len(word) < _LONG}
        )
    digits = _DIGITS.findall(form)
    alike = {word for word in text.split() if abs(len(word) - len(name)) < _SHORTEST}
    near = {word for word in map(_joined, alike) if _DIGITS.findall(word) == digits}
    return process.extractOne(form, near, scorer=OSA.distance, score_cutoff=1 if len(form) < _LONG else 2) is not None


def _joined(text: str) -> str:
    return re.sub(r"[\W_]+", "", searchable(text))


def _initials(text: str) -> str:
    return "".join(word[0].lower() for word in _LETTERS.findall(text))
