"""The terms that listed papers must mention, and the papers of an index that do."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from rag.question import LEFT_OUT, subject_of
from rag.snapshot import Snapshot
from rag.text.common_words import is_common
from rag.text.names import phrases
from rag.text.searchable import searchable
from rag.text.words import STOPWORDS, stem, words
from rag.types import Paper

_ALTERNATIVES = re.compile(r"\s*(?:,|/|\bor\b|\band/or\b|\band\b)\s*", re.I)
_PARENTHESES = re.compile(r"\([^)]*\)")
_SPELT_OUT = re.compile(r"((?:[A-Za-z][\w-]{0,40}\s+){1,5})\(([A-Z][\w-]+)\)")
_QUOTED = re.compile(r"(?<!\w)[\"“'‘`]([^\"”'’`]{2,60})[\"”'’`](?!\w)")
_JOINT = r"[\s_-]?"
_LONGEST_UNWANTED = 3  # words of a topic that papers must not mention
_STATED = re.compile(
    r"\b(?:talk\w* (?:about|of)|speak\w* of|discuss\w*|turn\w* up|show\w* up|come\w* up|"
    r"mention\w*|bring\w* up|refer\w* to|occurs?|appears?|contains?|names?|the (?:word|term|name|phrase))\b",
    re.I,
)
_OPENING = re.compile(
    r"^\W*(?:which|what|how|list|find|show|give|who|where|in|for|name|count|all|papers|is|are|do|does|can|any)\b", re.I
)
_GENERIC = frozenset(
    """a an the performance ai ml llm llms github model models experiment experiments gpu gpus benchmark dataset
    datasets data set task tasks method methods result results base rival part play role involve involved family
    version any test series architecture network networks plays draw draws corpora evaluate evaluated language
    large code organisation organization comparison baseline baselines training trained pretraining one least both
    combine combines combined combining together join joins mix mixes
    """.split()
)


_BUT = re.compile(
    r"\b(?:but (?:not|never|without)|and not|(?:do|does|did|is|are) not|(?:do|does|did|is|are)n['’]t|never|not|without|"
    r"except(?: for)?|excluding|leaving out|apart from|besides|neither)\b",
    re.I,
)
_KIND = re.compile(
    r"\b(?:languages?|models?|tasks?|fields?|domains?|data|modalit\w+) (?:other than|besides|apart from|except)\b", re.I
)
_ALL = re.compile(r"\bboth\b|\b(?:together|along) with\b|\bas well as\b|\bcombin\w+\b.*\b(?:with|and)\b", re.I)
_BY = re.compile(r"\b(?:with|using|via|on|through|in|into|against|by)\b", re.I)  # "LLaMA with LoRA" has both
_PURPOSE = re.compile(r"\s(?:for|in|on|about|to)\s", re.I)
_OR_WORDS = re.compile(r"\s+or\s+((?:[a-z][a-z-]*\s+){0,3}[a-z][a-z-]*)\W*$")  # "Mamba or state space models"
_ACRONYM = re.compile(r"[A-Z][A-Za-z]?[A-Z]{1,4}s?|[A-Z]{2,5}s?")
_READ_FOR_ONE = 200  # papers that an acronym's long form is looked for in
_EITHER = re.compile(r"\b(?:or|and)\b|[,/&]", re.I)


@dataclass(frozen=True, slots=True)
class Terms:
    """What listed papers must mention: any of `wanted`, or `every` one of them, and none of `unwanted`."""

    wanted: tuple[str, ...] = ()
    every: bool = False
    unwanted: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted)

    def __str__(self) -> str:
        """As in "mention A and B, but not C"; the verb is left out."""
        wanted = (" and " if self.every else " or ").join(self.wanted)
        unwanted = " or ".join(self.unwanted)
        return f"{wanted}, but not {unwanted}" if wanted and unwanted else wanted or unwanted


def asked_terms(question: str) -> Terms:
    """The terms of a listing, those behind a "not", "without" or "except" apart. Whether the papers must have all of
    several ("both A and B") or any is told by the wording."""
    kind = _KIND.search(question)
    if kind and phrases(question[kind.start() :]):
        return Terms()  # "languages other than English": a topic, which no term stands for
    but = _BUT.search(question)
    before, behind = (question[: but.start()], question[but.end() :]) if but else (question, "")
    unwanted = terms_of(f"the {behind}") if behind else ()
    if not unwanted and (out := LEFT_OUT.search(question)):
        before, subject = question[: out.start()], subject_of(question[out.end() :])
        unwanted = (subject,) if 0 < len(subject.split()) <= _LONGEST_UNWANTED else ()
    if not unwanted:
        before = question
    wanted = terms_of(before)
    every = len(wanted) > 1 and bool(_ALL.search(before) or _joined(before, wanted))
    return Terms(wanted, every, tuple(t for t in unwanted if t not in wanted))


def terms_of(question: str) -> tuple[str, ...]:
    """The names, quoted phrases or words after "mention" that a listing asks for; empty for a topic."""
    quoted = [match.group(1) for match in _QUOTED.finditer(question) if " " in match.group() or len(match.group()) > 3]
    if quoted:
        return tuple(quoted)
    body = _OPENING.sub("", question, count=1)
    found = [phrase for run in phrases(body) if (phrase := _without_generic(run))]
    if found and (other := _OR_WORDS.search(body)) and any(body[: other.start()].endswith(name) for name in found):
        found += [term for term in [_without_generic(other[1])] if words(term) and not phrases(f"the {other[1]}")]
    found += [spelt for match in _SPELT_OUT.finditer(body) if (spelt := _spelt(match.group(1), match.group(2)))]
    if stated := _STATED.search(body):
        behind = body[stated.end() :] if words(body[stated.end() :]) else subject_of(body[: stated.start()])
        parts = [_without_generic(part) for part in _ALTERNATIVES.split(_in_one_line(_PARENTHESES.sub(" ", behind)))]
        found += [part for part in parts if words(part) and not phrases(f"the {part}") and part not in found]
    return tuple(dict.fromkeys(term for term in found if words(term)))


def _in_one_line(text: str) -> str:
    return " ".join(text.strip(" ?.!").split())


def _joined(question: str, terms: tuple[str, ...]) -> bool:
    """Whether each of the terms belongs to the one before it, as in "LLaMA with LoRA"; in the order of the question."""
    places = sorted((question.find(term), term) for term in terms)
    between = [question[at + len(term) : behind] for (at, term), (behind, _) in pairwise(places)]
    return places[0][0] >= 0 and all(_BY.search(text) and not _EITHER.search(text) for text in between)


def beyond_terms(question: str, terms: Terms) -> str:
    """What a listing asks for apart from its terms, generic words left out."""
    named = {form for term in (*terms.wanted, *terms.unwanted) for form in words(term)}
    kept = [word for word in subject_of(question).split() if not set(words(word)) & named]
    return " ".join(word for word in kept if words(word) and word.strip("?.,()").casefold() not in _GENERIC | STOPWORDS)


def topic_beside(question: str, terms: Terms) -> str:
    """The topic that papers with the terms must have, too: what the question says they are for ("BERT for medical
    text"), or joins to them ("both LoRA and quantization"); empty for none."""
    beyond = beyond_terms(question, terms)
    if _ALL.search(question):
        return beyond
    last = max((question.rfind(term) + len(term) for term in terms.wanted), default=0)
    purpose = _PURPOSE.search(question, last)
    return beyond_terms(question[purpose.end() :], terms) if purpose and beyond else ""


def mentioning(snapshot: Snapshot, terms: Terms) -> NDArray[np.bool_]:
    """`(papers,)`: which papers have the terms, a version after a name allowed (`Qwen` in `Qwen2.5`)."""
    found = [_with_term(snapshot, term) for term in terms.wanted] or [np.ones(snapshot.paper_count, dtype=bool)]
    kept: NDArray[np.bool_] = np.logical_and.reduce(found) if terms.every else np.logical_or.reduce(found)
    for term in terms.unwanted:
        kept &= ~_with_term(snapshot, term)
    return kept


def spelled_out(snapshot: Snapshot, question: str, terms: Terms) -> Terms:
    """The terms with what their papers say that acronyms among them stand for ("NAS", "neural architecture search"); as
    they are, where the question is on the word itself, or wants all of several."""
    if terms.every or _STATED.search(question):
        return terms
    wanted = list(terms.wanted)
    for term in terms.wanted:
        if _ACRONYM.fullmatch(term) and (long := _long_form(snapshot, term)) and long not in map(str.casefold, wanted):
            wanted.append(long)
    return replace(terms, wanted=tuple(wanted))


def _long_form(snapshot: Snapshot, acronym: str) -> str:
    """What most papers that give an acronym behind its long form spell it out as; empty where none does."""
    said = re.compile(rf"((?:[A-Za-z][\w-]{{0,40}}\s+){{1,6}})\({re.escape(acronym.rstrip('s'))}s?\)")
    found: Counter[str] = Counter()
    spelt: dict[str, str] = {}
    for position in _papers_with_words(snapshot, acronym)[:_READ_FOR_ONE]:
        for match in said.finditer(snapshot.paper(position).text):
            if long := _spelt(match[1], acronym).casefold():
                found[searchable(long).removesuffix("s")] += 1
                spelt.setdefault(searchable(long).removesuffix("s"), long)
    return spelt[found.most_common(1)[0][0]] if found else ""


def _with_term(snapshot: Snapshot, term: str) -> NDArray[np.bool_]:
    found = np.zeros(snapshot.paper_count, dtype=bool)
    for position in _papers_with_words(snapshot, term):
        found[position] = says(snapshot.paper(position), term)[0]
    return found


def says(paper: Paper, term: str) -> tuple[bool, bool]:
    """Whether a paper has the term at all, and whether its title has it."""
    pattern, read = (_as_written(term), str) if _is_word(term) else (_pattern(term), searchable)
    in_title = bool(pattern.search(read(paper.title)))
    return in_title or bool(pattern.search(read(paper.text))), in_title


def _is_word(term: str) -> bool:
    """Whether a name is a plain word but for its capitals: `ZeRO`, `LiST`."""
    return term.isalpha() and not term.islower() and not term.istitle() and is_common(stem(term.casefold()))


def _as_written(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(name)}(?:s|es)?(?![A-Za-z])")


def _pattern(term: str) -> re.Pattern[str]:
    """The term with hyphens, spaces and nothing at all standing for one another."""
    pieces = re.split(r"[\s\-_]+|(?<=[a-z])(?=\d)", searchable(term))
    parts = [re.escape(part) for part in pieces if part]
    if not parts:
        return re.compile("(?!)")  # nothing to look for is nowhere
    parts[-1] = _singular(parts[-1])
    plural = "(?:e?s)?" if term[-1:].islower() else "s?"
    end = r"(?![a-z0-9])" if term[-1:].isdigit() and "-" in term else r"(?![a-z])"
    return re.compile(rf"(?<![a-z0-9])(?:\d+x)?{_JOINT.join(parts)}{plural}{end}")


def _singular(term: str) -> str:
    """A term that is asked for in the plural may be mentioned in either: `TPUs` as `tpu`."""
    word = re.split(r"[\s\-_]", term)[-1]
    return term[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else term


def _papers_with_words(snapshot: Snapshot, term: str) -> list[int]:
    """Papers that have some word with the term's longest word in it."""
    pieces = sorted(re.split(r"[\s\-_]+", _singular(searchable(term))), key=len, reverse=True)
    start = next((word for word in words(pieces[0], keep_stopwords=True)[-1:]), pieces[0]) if pieces else ""
    joined = "".join(sorted(pieces, key=searchable(term).find))
    lexical = snapshot.text
    matching = [word for word in lexical.vocabulary() if start and (start in word or word.startswith(joined))]
    passages: list[int] | NDArray[np.int32] = (
        np.unique(np.concatenate([lexical.postings(word) for word in matching])) if matching else []
    )
    return sorted({int(snapshot.paper_of[passage]) for passage in passages})


def _without_generic(phrase: str) -> str:
    return " ".join(word for word in phrase.split() if word.casefold() not in _GENERIC)


def _spelt(phrase: str, acronym: str) -> str:
    """The last words of `phrase` whose initials are the acronym, or nothing: `singular value decomposition`, `SVD`."""
    parts = phrase.split()
    letters = acronym.casefold().rstrip("s")
    for start in range(len(parts)):
        initials = "".join(piece[0] for part in parts[start:] for piece in part.split("-") if piece).casefold()
        if initials == letters:
            return " ".join(parts[start:])
    return ""
