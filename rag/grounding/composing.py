"""A model's reply in, as tokens; footnoted text out at once, then claims with verdicts.

Citations are made while the reply streams: at a marker, the sentence so far chooses the span of the cited paper
that says it. A marker whose number was never shown is dropped there and then.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from rag.blas import one_thread
from rag.embedding import TokenVectors
from rag.grounding.absence import says_absence, without_absence
from rag.grounding.asides import attributes, is_talk, joins, lists_sources, statement_of
from rag.grounding.checker import Checked, checked
from rag.grounding.content import stems
from rag.grounding.premise import denies_premise, in_order, only_denies, without_asked, without_remark
from rag.grounding.sides import sides
from rag.grounding.signals import best_sentences, coverage
from rag.grounding.source import Source, SourceSentence
from rag.grounding.spans import spans
from rag.types import Citation, Claim
from rag.writing.markers import Cites, End, Text, Token

SourceOf = Callable[[tuple[int, ...]], Source]
EncodeText = Callable[[str], TokenVectors]
UNSUPPORTED = " (unsupported)"
_NOWHERE = "it cites a passage that there is not"
_DENIES = "it denies what the question takes for granted"
_REPLIES = "it says yes or no to the question"
_ABSENT = "it says what the papers do not say"
_FEWEST_WORDS = 3  # below which words behind a marker belong to the claim before it


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence as it is shown, markers in place and white space behind it, and its claims."""

    text: str
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    """A whole reply: its sentences in order and what their markers stand for."""

    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]

    @property
    def text(self) -> str:
        """The text with its markers."""
        return "".join(sentence.text for sentence in self.sentences).strip()

    @property
    def claims(self) -> tuple[Claim, ...]:
        """All claims, in order."""
        return tuple(claim for sentence in self.sentences for claim in sentence.claims)

    @property
    def faults(self) -> tuple[Claim, ...]:
        """The claims that were found unsupported."""
        return tuple(claim for claim in self.claims if claim.verdict == "unsupported")


@dataclass(slots=True)
class _Part:
    """A run of words up to its markers."""

    text: str
    numbers: tuple[int, ...] = ()
    cited: tuple[int, ...] = ()
    unknown: bool = False


class Composer:
    """Takes a reply's tokens in order. `source_of` gives what paper numbers stand for, `numbers` those shown;
    `question` is what it replies to, whose premise it may deny; `strict` finds a claim unsupported for a marker whose
    number was not shown, where a model's reply would lose the marker alone, and keeps a list of sources. Behind a
    marker that opens its sentence ("According to [2], …") text is given out once it has ended, its span known."""

    def __init__(
        self,
        numbers: Sequence[int],
        source_of: SourceOf,
        encode: EncodeText,
        *,
        check: bool = True,
        question: str = "",
        strict: bool = False,
    ) -> None:
        self._strict = strict
        self._question = question
        self._numbers = frozenset(numbers)
        self._source_of = source_of
        self._encode = encode
        self._check = check
        self._citations: dict[tuple[str, int, int], Citation] = {}
        self._sentences: list[Sentence] = []
        self._shown = ""  # of the sentence so far, as it was given out
        self._words = ""  # since the last marker
        self._parts: list[_Part] = []
        self._ahead: list[tuple[int, tuple[int, ...]]] = []  # markers before what they cite: place in `_shown`, numbers
        self._held = -1  # from where on what is shown is not given out yet; -1: nothing is held

    def take(self, token: Token) -> str:
        """The text to show for a token."""
        if isinstance(token, Text):
            given = self._given()
            self._shown += token.text
            self._words += token.text
            if "\n" in token.text and not self._words.strip():
                self._ahead, self._held = [], -1  # a marker on a line of its own is nobody's
            return self._shown[given:] if self._held < 0 else ""
        with one_thread():
            return self._cite(token.numbers) if isinstance(token, Cites) else self._end(token)

    def finish(self) -> Composed:
        """Everything taken; a sentence that has not ended is left out, since it may lack its half."""
        composed = Composed(tuple(self._sentences), tuple(self._citations.values()))
        return composed if self._strict else _without_sources(composed)

    def _given(self) -> int:
        """How much of the sentence so far was given out."""
        return len(self._shown) if self._held < 0 else self._held

    def _cite(self, numbers: Sequence[int]) -> str:
        if not self._parts and (joins if self._ahead else attributes)(self._words):
            self._held = self._given()
            self._ahead.append((len(self._shown), tuple(numbers)))
            self._words = ""
            return ""
        if self._words.strip():
            self._parts.append(_Part(self._words))
            self._words = ""
        given = self._given()
        part = self._parts[-1]
        ahead = [(place, self._fresh(part, early)) for place, early in self._ahead]
        fresh = self._fresh(part, numbers)
        for place, marks in reversed(ahead):
            self._mark(place, marks)
        self._mark(len(self._shown), fresh)
        self._ahead, self._held = [], -1
        return self._shown[given:]

    def _fresh(self, part: _Part, numbers: Sequence[int]) -> tuple[int, ...]:
        """The citations that paper numbers add to a part; the part notes them."""
        known = tuple(number for number in numbers if number in self._numbers)
        part.unknown |= len(known) < len(numbers)
        new = tuple(number for number in known if number not in part.numbers)
        fresh = tuple(mark for mark in self._marks(statement_of(part.text), new) if mark not in part.cited)
        part.numbers += new
        part.cited += fresh
        return fresh

    def _mark(self, place: int, cited: Sequence[int]) -> None:
        """Put the markers of citations at a place of the sentence."""
        if not cited:
            return
        before, behind = self._shown[:place], self._shown[place:]
        space = "" if not before.strip() or before.endswith(("]", " ", "(", "*", ">")) else " "
        gap = " " if behind[:1].isalnum() else ""
        self._shown = before + space + "".join(f"[{n}]" for n in cited) + gap + behind

    def _marks(self, statement: str, numbers: Sequence[int]) -> tuple[int, ...]:
        """The citation numbers of the spans that say most of a statement, at most two a paper."""
        marks: list[int] = []
        for number in numbers:
            source = self._source_of((number,))
            cited = spans(best_sentences(statement, source), statement)
            marks += [self._number(span, statement) for span in cited]
        return tuple(dict.fromkeys(marks))

    def _number(self, span: tuple[SourceSentence, int, int], statement: str) -> int:
        sentence, start, end = span
        passage = sentence.passage
        key = (passage.paper_id, start, end)
        if key not in self._citations:
            quote = passage.text[start - passage.start : end - passage.start]
            self._citations[key] = Citation(
                n=len(self._citations) + 1,
                title=passage.title,
                passage=passage.text,
                start=start,
                end=end,
                score=round(min(1.0, coverage(statement, quote)), 4),
                sources=passage.sources,
                quote=quote,
                passage_start=passage.start,
                paper_id=passage.paper_id,
            )
        return self._citations[key].n

    def _end(self, token: End) -> str:
        if self._words.strip():
            self._close_words()
        given = self._given()
        if self._ahead and self._parts:
            self._cite(())
        claims: list[Claim] = []
        asks = token.text.startswith(("?", "？"))  # a question repeated claims nothing
        for part in (part for part in self._parts if part.numbers or not asks):
            claim, attached = self._claim(part)
            self._mark(len(self._shown), attached)
            if claim is not None:
                claims.append(claim)
        self._shown += token.text
        shown = self._shown[given:]
        if self._shown.strip():
            self._sentences.append(Sentence(self._shown, tuple(claims)))
        elif self._sentences:
            last = self._sentences[-1]
            self._sentences[-1] = replace(last, text=last.text + self._shown)
        self._shown, self._words, self._parts, self._ahead, self._held = "", "", [], [], -1
        return shown

    def _close_words(self) -> None:
        """Words behind the last marker are a claim of their own, or belong to the one before."""
        if self._parts and len(stems(self._words)) < _FEWEST_WORDS:
            self._parts[-1].text += self._words
        else:
            self._parts.append(_Part(self._words))
        self._words = ""

    def _claim(self, part: _Part) -> tuple[Claim | None, tuple[int, ...]]:
        """The claim that a part makes, if any, and the citations that it lacked and got."""
        statement = statement_of(part.text)
        if part.unknown and self._strict:
            return Claim(statement, part.cited, "unsupported", 0.0, _NOWHERE), ()
        if not part.numbers and _claims_nothing(statement):
            return None, ()
        told, unchecked = self._told(part, statement)
        if unchecked:
            return Claim(statement, part.cited, "unchecked", 0.5, unchecked), ()
        if not part.numbers:
            return self._uncited(part, statement, told)
        return _claim(statement, part.cited, self._found(told, part.numbers)), ()

    def _told(self, part: _Part, statement: str) -> tuple[str, str]:
        """What of a statement is to be checked, or why nothing of it is."""
        if not self._check:
            return "", "sentences are not checked"
        told = without_remark(statement)
        if not told:
            return "", _REPLIES
        rest = without_absence(told)
        if part.numbers:
            return rest, "" if rest else _ABSENT
        return ("", _ABSENT) if rest != told and says_absence(told) else (told, "")

    def _found(self, told: str, numbers: tuple[int, ...]) -> Checked:
        """The verdict on what a statement says of the papers, where it denies the question's premise too."""
        source = self._source_of(numbers)
        told = in_order(told)
        found = checked(told, source, self._encode(told))
        if found.verdict != "unsupported":
            return found
        if len(numbers) > 1 and (apart := self._apart(told, numbers)) is not None:
            return apart
        denies = only_denies(found) and denies_premise(told, self._question)
        if not denies and (rest := without_asked(told, self._question)):
            denies = checked(rest, source, self._encode(rest)).verdict == "supported"
        return replace(found, verdict="unchecked", score=0.5, reason=_DENIES) if denies else found

    def _apart(self, told: str, numbers: tuple[int, ...]) -> Checked | None:
        """The weakest side of a comparison where each is supported by one of the papers cited, else None."""
        weakest: Checked | None = None
        for side in sides(told):
            encoded = self._encode(side)
            tried = [checked(side, self._source_of((number,)), encoded) for number in numbers]
            best = max(tried, key=lambda one: (one.verdict == "supported", one.score))
            if best.verdict != "supported":
                return None
            weakest = best if weakest is None or best.score < weakest.score else weakest
        return weakest

    def _uncited(self, part: _Part, statement: str, told: str) -> tuple[Claim, tuple[int, ...]]:
        """A statement without a usable marker: one paper may support what it has `told` all the same."""
        encoded = self._encode(told)
        best: tuple[float, int, Checked] | None = None
        for number in sorted(self._numbers):
            found = checked(told, self._source_of((number,)), encoded)
            if found.verdict == "supported" and (best is None or found.score > best[0]):
                best = (found.score, number, found)
        if best is not None:
            cited = self._marks(statement, (best[1],))
            return _claim(statement, cited, best[2]), cited
        if says_absence(told):
            return Claim(statement, (), "unchecked", 0.5, _ABSENT), ()
        reason = _NOWHERE if part.unknown else "it cites no passage"
        return Claim(statement, (), "unsupported", 0.0, reason), ()


def marked(composed: Composed) -> Composed:
    """The same with a mark behind each sentence that has an unsupported claim."""
    return replace(composed, sentences=tuple(_with_mark(sentence) for sentence in composed.sentences))


def without_faults(composed: Composed) -> Composed:
    """The sentences that have no unsupported claim, citations numbered anew."""
    kept = [s for s in composed.sentences if all(claim.verdict != "unsupported" for claim in s.claims)]
    return _only(composed, kept)


def _without_sources(composed: Composed) -> Composed:
    """The same up to a list of sources behind the answer."""
    places = [i for i, sentence in enumerate(composed.sentences) if i and lists_sources(sentence.text)]
    return _only(composed, composed.sentences[: places[0]]) if places else composed


def _only(composed: Composed, kept: Sequence[Sentence]) -> Composed:
    """These of its sentences, with the citations that they have, numbered anew."""
    used = dict.fromkeys(n for sentence in kept for claim in sentence.claims for n in claim.citations)
    numbers = {old: new for new, old in enumerate(used, start=1)}
    citations = [replace(c, n=numbers[c.n]) for c in composed.citations if c.n in numbers]
    return Composed(
        tuple(_renumbered(sentence, numbers) for sentence in kept), tuple(sorted(citations, key=lambda c: c.n))
    )


def _with_mark(sentence: Sentence) -> Sentence:
    if all(claim.verdict != "unsupported" for claim in sentence.claims):
        return sentence
    match = re.search(r"[.!?。！？]?[\"'”’)»*_]*\s*$", sentence.text)
    place = match.start() if match else len(sentence.text)
    return replace(sentence, text=sentence.text[:place] + UNSUPPORTED + sentence.text[place:])


def _renumbered(sentence: Sentence, numbers: dict[int, int]) -> Sentence:
    def renumber(match: re.Match[str]) -> str:
        return f"[{numbers[int(match.group(1))]}]" if int(match.group(1)) in numbers else match.group()

    claims = tuple(replace(c, citations=tuple(numbers[n] for n in c.citations)) for c in sentence.claims)
    return Sentence(re.sub(r"\[(\d{1,6})\]", renumber, sentence.text), claims)


def _claim(statement: str, cited: tuple[int, ...], found: Checked) -> Claim:
    return Claim(statement, cited, found.verdict, round(found.score, 4), found.reason)


def _claims_nothing(statement: str) -> bool:
    """Whether a statement without a marker is no claim: a heading, a word or two, words to the reader."""
    if says_absence(statement):
        return False
    return len(stems(statement)) < 2 or statement.endswith(":") or is_talk(statement)
