"""An answer by a language model: evidence → reply → checked sentences → at most one repair.

Text is given out as it comes. Where the finished answer differs from what was shown (a repair, a mark on an
unsupported sentence), a `Restart` withdraws that.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

from prompts import Prompt, load
from rag.chat_model import Call, ChatModel
from rag.embedding import Embedder, TokenVectors
from rag.errors import ModelError, ModelReplyError
from rag.grounding.absence import says_absence, without_absence
from rag.grounding.composing import Composed, Composer, marked, without_faults
from rag.grounding.encoders import encoded, stored
from rag.grounding.model_check import checked_by
from rag.grounding.source import Source, source_of
from rag.question import Plan
from rag.retrieval.retriever import Hits
from rag.settings import Settings
from rag.snapshot import Snapshot
from rag.text.brackets import NEAREST, nearest_named
from rag.text.sentences import sentences
from rag.types import Citation, Claim, Delta, Event, Restart
from rag.writing.evidence import Shown, evidence
from rag.writing.llm import AROUND_REFUSAL, NOT_ANSWERED, Reply, asked, asked_again, prompt_for, replied
from rag.writing.markers import Token

_log = logging.getLogger(__name__)
MORE_ROOM = 4  # times FOOTNOTE_LLM_MAX_TOKENS, where a model thought until that was used up
_LONGEST_REFUSAL = 400  # characters
_LABEL = re.compile(rf"{NOT_ANSWERED}:\s*")  # where a model puts it before what is missing, behind an answer
_MADE_AHEAD = 4  # papers whose sentences are taken apart before the reply is there
_NOTHING = "The papers do not answer this."


@dataclass(frozen=True, slots=True)
class Written:
    """What a model's answer came to, before it becomes an `Answer`."""

    text: str
    citations: tuple[Citation, ...] = ()
    claims: tuple[Claim, ...] = ()
    abstained: bool = False
    nearest: tuple[str, ...] = ()
    note: str = ""
    examined: int = 0
    grounding_s: float = 0.0

    @property
    def confidence(self) -> float:
        """The mean score of the claims; 0 without any."""
        scores = [claim.score for claim in self.claims]
        return sum(scores) / len(scores) if scores else 0.0


class ModelWriter:
    """Writes answers over one index with one model."""

    def __init__(self, model: ChatModel, settings: Settings, snapshot: Snapshot, encoder: Embedder) -> None:
        self._model = model
        self._settings = settings
        self._snapshot = snapshot
        self._encoder = encoder

    def write(self, plan: Plan, searched: Sequence[Hits], call: Call) -> Generator[Event, None, Written]:
        """The answer to a planned question from what its searches found.

        Raises:
            ModelError: when the model gave no usable reply, twice where it broke off.
        """
        settings = self._settings
        papers = settings.k * (2 if len(searched) > 1 else 1)
        shown = evidence(self._snapshot, searched, papers, settings.evidence_tokens)
        if not shown:
            yield Delta(_NOTHING)
            return Written(_NOTHING, abstained=True)
        prompt = prompt_for(plan.route, settings.prompts)
        call.use(prompt)
        sources = _Sources(shown, self._snapshot, self._encoder)
        sources.begin()
        reply, composed, holder = yield from self._first(prompt, plan.question, shown, sources, call)
        seconds = holder.seconds
        if reply.refusal is not None:
            written = self._refused(reply.refusal, shown)
        elif not composed.text:
            raise ModelReplyError(f"{self._model.name} wrote no whole sentence", "raise FOOTNOTE_LLM_MAX_TOKENS")
        else:
            composed = self._checked(composed, call)
            composed, refusal, more = self._repaired(plan.question, reply, composed, shown, sources, call)
            seconds += more
            if refusal is not None:
                written = self._refused(refusal, shown)
            else:
                written = self._by_policy(composed, shown, cut=reply.cut)
        if written.text != holder.given:
            if holder.given:
                yield Restart()
            yield Delta(written.text)
        return replace(written, grounding_s=seconds)

    def _first(
        self, prompt: Prompt, question: str, shown: Sequence[Shown], sources: _Sources, call: Call
    ) -> Generator[Event, None, tuple[Reply, Composed, _Holder]]:
        """The model's first reply, shown as it comes; asked for once more where it breaks off, and with more room where
        that ends before its first sentence does."""
        messages = asked(prompt, question, shown)
        composer, holder = self._composer(sources, question), _Holder()

        def again(room: int = 0) -> Generator[Event, None, Reply]:
            nonlocal composer, holder
            if holder.given:
                yield Restart()
            composer, holder = self._composer(sources, question), _Holder()
            return (yield from _shown(replied(self._model, messages, call, room), composer, holder))

        try:
            reply = yield from _shown(replied(self._model, messages, call), composer, holder)
        except ModelReplyError as error:
            if call.cancelled or not call.remaining:
                raise
            _log.warning("%s: asking once more", error.message)
            reply = yield from again()
        if reply.cut and reply.refusal is None and not composer.finish().text:  # a thought took all the room
            _log.warning("%s used up its room before it said anything: asking once more", self._model.name)
            reply = yield from again(MORE_ROOM * self._settings.llm_max_tokens)
        return reply, composer.finish(), holder

    def _composer(self, sources: _Sources, question: str) -> Composer:
        check = self._settings.verify != "off"
        return Composer(sources.numbers, sources.of, sources.encode, check=check, question=question)

    def _checked(self, composed: Composed, call: Call) -> Composed:
        """The same, looked over by the model too, where the settings ask for it."""
        if self._settings.verify != "llm":
            return composed
        return checked_by(self._model, load("claim_check", self._settings.prompts), composed, call)

    def _repaired(
        self,
        question: str,
        reply: Reply,
        composed: Composed,
        shown: Sequence[Shown],
        sources: _Sources,
        call: Call,
    ) -> tuple[Composed, str | None, float]:
        """The answer after one request to mend what is unsupported, and the seconds of checking it; the first answer
        where that made it no better. Where nothing of the first was supported and the model takes it back: what is
        missing, as it says."""
        if not composed.faults or self._settings.verify == "off":
            return composed, None, 0.0
        prompt = load("repair", self._settings.prompts)
        call.use(prompt)
        messages = asked_again(prompt, question, shown, reply.text, composed.faults)
        composer, holder = self._composer(sources, question), _Holder()
        try:
            again = _drained(_shown(replied(self._model, messages, call), composer, holder))
        except ModelError as error:
            _log.warning("no repair: %s", error.message)
            return composed, None, holder.seconds
        if again.refusal is not None or again.cut:
            alone = len(composed.faults) == len(composed.claims)
            return composed, again.refusal if alone else None, holder.seconds
        mended = self._checked(composer.finish(), call)
        better = mended.claims and len(mended.faults) < len(composed.faults)
        return mended if better else composed, None, holder.seconds

    def _by_policy(self, composed: Composed, shown: Sequence[Shown], *, cut: bool) -> Written:
        """What becomes of sentences that nothing supports is the settings' choice."""
        policy = self._settings.unsupported
        if composed.faults and policy == "abstain":
            return self._refused("A sentence of the answer is not supported by the papers.", shown)
        composed = without_faults(composed) if policy == "drop" else marked(composed)
        if not composed.text or (policy == "drop" and not composed.claims):
            return self._refused("", shown)
        text = _LABEL.sub("", composed.text)
        claims = composed.claims
        if claims and all(_only_absent(claim) for claim in claims):
            told = tuple(replace(claim, citations=()) for claim in claims)
            return Written(_without_markers(text), claims=told, abstained=True, nearest=_titles(shown))
        note = "the model ran out of room; the last sentence was left out" if cut else ""
        return Written(text, composed.citations, claims, note=note)

    def _refused(self, said: str, shown: Sequence[Shown]) -> Written:
        nearest = _titles(shown)
        text = _first_sentence(" ".join(_without_markers(said).split())) or _NOTHING
        text = text if text.endswith((".", "!", "?", "。")) else f"{text}."
        return Written(f"{text}{nearest_named(nearest)}", abstained=True, nearest=nearest)


@dataclass(slots=True)
class _Holder:
    """Holds text back until it is no beginning of a refusal, and white space until text follows it; `given` is what was
    shown."""

    held: str = ""
    given: str = ""
    refusing: bool = False
    seconds: float = 0.0  # spent on citing and checking

    def let(self, text: str) -> str:
        """What may be shown now."""
        if self.refusing:
            return ""
        self.held += text
        if not self.given and self._may_refuse():
            return ""
        shown = self.held.rstrip() if self.given else self.held.strip()
        self.held = self.held[len(self.held.rstrip()) :]
        self.given += shown
        return shown

    def _may_refuse(self) -> bool:
        """Whether what is held is a refusal, or the beginning of one."""
        said = self.held.strip().lstrip(AROUND_REFUSAL).casefold()
        start = NOT_ANSWERED.casefold()
        self.refusing = said.startswith(start)
        return start.startswith(said[: len(start)])

    def rest(self) -> str:
        """What is still held when the reply has ended."""
        if self.refusing or self.given or not self.held.strip():
            return ""
        self.given = self.held.strip()
        return self.given


class _Sources:
    """What the numbers shown stand for, as the checks see it; each made once."""

    def __init__(self, shown: Sequence[Shown], snapshot: Snapshot, encoder: Embedder) -> None:
        self._shown = {one.number: one for one in shown}
        positions = {p.id: at for one in shown for p, at in zip(one.passages, one.positions, strict=True)}
        self._pieces = stored(snapshot, positions, encoder)
        self._encoder = encoder
        self._made: dict[tuple[int, ...], Source] = {}
        self._begun: dict[tuple[int, ...], Future[Source]] = {}

    @property
    def numbers(self) -> list[int]:
        return list(self._shown)

    def begin(self) -> None:
        """Make those that will most likely be cited while the model is waited for."""
        pool = ThreadPoolExecutor(1)
        self._begun = {(number,): pool.submit(self._new, (number,)) for number in self.numbers[:_MADE_AHEAD]}
        pool.shutdown(wait=False)

    def of(self, numbers: tuple[int, ...]) -> Source:
        if numbers not in self._made:
            begun = self._begun.get(numbers)
            self._made[numbers] = begun.result() if begun is not None else self._new(numbers)
        return self._made[numbers]

    def _new(self, numbers: tuple[int, ...]) -> Source:
        return source_of([passage for number in numbers for passage in self._shown[number].passages], self._pieces)

    def encode(self, statement: str) -> TokenVectors:
        return encoded(statement, self._encoder)


def _shown(tokens: Generator[Token, None, Reply], composer: Composer, holder: _Holder) -> Generator[Event, None, Reply]:
    """Tokens through the composer, and what may be shown of them on."""
    while True:
        try:
            token = next(tokens)
        except StopIteration as end:
            reply: Reply = end.value
            break
        started = time.perf_counter()
        text = holder.let(composer.take(token))
        holder.seconds += time.perf_counter() - started
        if text:
            yield Delta(text)
    if text := holder.rest():
        yield Delta(text)
    return reply


def _drained(events: Generator[Event, None, Reply]) -> Reply:
    """The value of a generator whose events nobody waits for."""
    while True:
        try:
            next(events)
        except StopIteration as end:
            reply: Reply = end.value
            return reply


def _only_absent(claim: Claim) -> bool:
    """Whether a claim says no more than what the papers leave open."""
    return says_absence(claim.text) and (not claim.citations or not without_absence(claim.text))


def _titles(shown: Sequence[Shown]) -> tuple[str, ...]:
    return tuple(one.title for one in shown[:NEAREST])


def _first_sentence(text: str) -> str:
    """What is missing takes one sentence; more would be an answer that nothing has checked."""
    found = sentences(text)
    return text[: min(found[0].end, _LONGEST_REFUSAL)] if found else ""


def _without_markers(text: str) -> str:
    return re.sub(r"\s*\[\d+\]", "", text)
