"""Listings and counts judged by a language model: every paper that could qualify, in parallel batches.

Candidates come from the whole index, by the request's terms and by the learned topic model with a generous
threshold; the model then judges each by its own text, and must quote the sentence that shows it. A quote that is
not the paper's is replaced by the paper's most similar sentence, or the paper is judged without the model.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from prompts import Prompt, load
from rag.chat_model import Call, ChatModel, Message, papers_in, parsed, schema_of_papers
from rag.errors import ModelError
from rag.grounding.footnotes import footnoted
from rag.model_answer import MORE_ROOM, Written
from rag.question import Plan
from rag.retrieval.features import Candidate
from rag.retrieval.query import Query
from rag.retrieval.retriever import Retriever
from rag.settings import Settings
from rag.snapshot import Snapshot
from rag.text.brackets import NEAREST, nearest_named
from rag.types import Delta, Event, Passage, Stage
from rag.writing.draft import Draft, DraftSentence, Evidence
from rag.writing.extractive import entry
from rag.writing.listing.survey import topic_probability
from rag.writing.listing.terms import asked_terms, mentioning

_log = logging.getLogger(__name__)
_BATCH = 8  # papers in one request
_AT_ONCE = 8  # requests under way
_GENEROUS = 0.005  # probability of being about the subject from which a paper is judged
_LEAST = 48  # papers judged even where none seems likely
_SURE = 0.5  # probability from which a paper that could not be judged is listed
_SAME_QUOTE = 88.0  # similarity of a quote to a sentence, of 100
_SCHEMA = schema_of_papers(qualifies={"type": "boolean"}, quote={"type": "string"})


@dataclass(frozen=True, slots=True)
class _Judged:
    """One batch with what the model said: paper number to quote, for those that qualify; None where it failed."""

    batch: tuple[int, ...]
    quotes: Mapping[int, str] | None


class ModelSurvey:
    """Answers "which papers …" and "how many …" over one index with one model."""

    def __init__(self, model: ChatModel, settings: Settings, retriever: Retriever) -> None:
        self._model = model
        self._settings = settings
        self._retriever = retriever
        self._snapshot = retriever.snapshot

    def write(self, plan: Plan, allowed: NDArray[np.bool_] | None, call: Call) -> Generator[Event, None, Written]:
        """The listing, with its progress as `Stage` events.

        Raises:
            ModelError: when no batch at all got a usable reply.
        """
        prompt = load("survey_judge", self._settings.prompts)
        call.use(prompt)
        query, candidates, likely = self._candidates(plan, allowed)
        kept = candidates[: self._settings.survey_cap]
        batches = [tuple(range(i, min(i + _BATCH, len(kept)))) for i in range(0, len(kept), _BATCH)]
        judged = yield from self._judge(prompt, plan, kept, batches, call)
        entries = self._entries(plan, query, kept, likely, judged)
        left = len(candidates) - len(kept)
        unjudged = sum(len(one.batch) for one in judged if one.quotes is None)
        draft = _draft(plan, entries, len(kept), self._examined(allowed), left)
        found = footnoted(draft)
        nearest = tuple(self._snapshot.title(c.paper) for c in kept[:NEAREST]) if not entries else ()
        text = found.text if entries else f"{draft.opening}{nearest_named(nearest)}"
        yield Delta(text)
        return Written(
            text,
            found.citations,
            found.claims,
            abstained=not entries and plan.route == "survey",
            nearest=nearest,
            note=_note(left, unjudged),
            examined=len(kept),
        )

    def _candidates(
        self, plan: Plan, allowed: NDArray[np.bool_] | None
    ) -> tuple[Query, list[Candidate], dict[int, float]]:
        """Every paper that could qualify, likeliest first: those with a term, and those likely on the subject."""
        terms = asked_terms(plan.wording)
        has_term = mentioning(self._snapshot, terms) if terms else np.zeros(self._snapshot.paper_count, dtype=bool)
        subject = plan.subject or plan.query
        hits = self._retriever.hits(subject, allowed, candidates=self._snapshot.paper_count)
        likely = topic_probability(self._snapshot, hits, subject)
        order = np.argsort(-(likely + has_term[[c.paper for c in hits.candidates]]), kind="stable")
        chosen = [
            int(rank)
            for place, rank in enumerate(order)
            if place < _LEAST or likely[rank] >= _GENEROUS or has_term[hits.candidates[rank].paper]
        ]
        candidates = [hits.candidates[rank] for rank in chosen]
        return hits.query, candidates, {hits.candidates[rank].paper: float(likely[rank]) for rank in chosen}

    def _judge(
        self, prompt: Prompt, plan: Plan, kept: Sequence[Candidate], batches: Sequence[tuple[int, ...]], call: Call
    ) -> Generator[Event, None, list[_Judged]]:
        """All batches judged, in order; a `Stage` each time one is done."""
        yield Stage("survey", 0, len(kept))
        done: list[_Judged] = []
        fault: ModelError | None = None
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="footnote-survey") as pool:
            waiting: dict[Future[_Judged], tuple[int, ...]] = {
                pool.submit(self._one, prompt, plan.question, [kept[i] for i in batch], batch, call): batch
                for batch in batches
            }
            try:
                while waiting:
                    finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in finished:
                        batch = waiting.pop(future)
                        try:
                            done.append(future.result())
                        except ModelError as error:
                            fault = error
                            _log.warning("%d papers are judged without the model: %s", len(batch), error.message)
                            done.append(_Judged(batch, None))
                        yield Stage("survey", sum(len(one.batch) for one in done), len(kept))
            except BaseException:  # nobody waits any more: what is under way must not be waited for, or paid for
                call.cancel()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        if fault is not None and all(one.quotes is None for one in done):
            raise fault
        return sorted(done, key=lambda one: one.batch)

    def _one(
        self, prompt: Prompt, question: str, papers: Sequence[Candidate], batch: tuple[int, ...], call: Call
    ) -> _Judged:
        """One batch; asked for once more where the reply is no JSON, with more room where it was cut."""
        messages, room = self._messages(prompt, question, papers), 0
        for schema in (_SCHEMA, None):
            reply = self._model.complete(messages, call, max_tokens=room, schema=schema)
            room = MORE_ROOM * self._settings.llm_max_tokens if reply.cut else 0
            quotes = _quotes(parsed(reply.text, rows="papers"), len(papers))
            if quotes is not None:
                return _Judged(batch, {batch[number - 1]: quote for number, quote in quotes.items()})
        return _Judged(batch, None)

    def _messages(self, prompt: Prompt, question: str, papers: Sequence[Candidate]) -> list[Message]:
        shown = [self._snapshot.paper(candidate.paper) for candidate in papers]
        listed = [{"number": i, "title": p.title, "text": p.text} for i, p in enumerate(shown, start=1)]
        return prompt.render(papers=listed, question=question)

    def _entries(
        self,
        plan: Plan,
        query: Query,
        kept: Sequence[Candidate],
        likely: Mapping[int, float],
        judged: Sequence[_Judged],
    ) -> list[DraftSentence]:
        """An entry for each paper that qualifies, with the sentence that shows it."""
        entries: list[DraftSentence] = []
        for one in judged:
            for place in one.batch:
                candidate = kept[place]
                if one.quotes is not None and place in one.quotes:
                    told = self._quoted(candidate, one.quotes[place])
                elif one.quotes is None and likely[candidate.paper] >= _SURE:
                    told = None
                else:
                    continue
                told = told or entry(self._snapshot, plan.wording, query, candidate)
                if told is not None:
                    entries.append(told)
        return entries

    def _quoted(self, candidate: Candidate, quote: str) -> DraftSentence | None:
        """The paper's sentence that a quote was taken from, if there is one."""
        sentences = list(_sentences(self._snapshot, candidate))
        texts = [" ".join(text.split()) for _, _, _, text in sentences]
        found = process.extractOne(" ".join(quote.split()), texts, scorer=fuzz.partial_ratio, score_cutoff=_SAME_QUOTE)
        if not quote.strip() or found is None:
            return None
        passage, start, end, text = sentences[found[2]]
        return DraftSentence(" ".join(text.split()), (Evidence(passage, start, end, 1.0),), lead=f"- {passage.title}: ")

    def _examined(self, allowed: NDArray[np.bool_] | None) -> int:
        return int(allowed.sum()) if allowed is not None else self._snapshot.paper_count


def _sentences(snapshot: Snapshot, candidate: Candidate) -> Generator[tuple[Passage, int, int, str], None, None]:
    for position in candidate.passages:
        passage = snapshot.passage(position)
        for start, end in snapshot.sentence_spans(position):
            yield passage, passage.start + start, passage.start + end, passage.text[start:end]


def _quotes(found: Mapping[str, Any] | None, papers: int) -> dict[int, str] | None:
    """Paper number to quote for those that qualify; None where the reply has not the expected form."""
    rows = papers_in(found, papers)
    if rows is None:
        return None
    return {number: str(row.get("quote") or "") for number, row in rows if _yes(row.get("qualifies"))}


def _yes(said: object) -> bool:
    return said is True or str(said).strip().casefold() in ("true", "yes")


def _draft(plan: Plan, entries: Sequence[DraftSentence], judged: int, examined: int, left: int) -> Draft:
    noun = "paper qualifies" if len(entries) == 1 else "papers qualify"
    count = "No paper qualifies" if not entries else f"{len(entries)} {noun}"
    where = f"of {judged} judged one by one ({examined} in the index)"
    beyond = f"; {left} less likely ones were not judged" if left else ""
    return Draft(tuple(entries), opening=f"{count}, {where}{beyond}{':' if entries else '.'}", examined=judged)


def _note(left: int, unjudged: int) -> str:
    notes = []
    if left:
        notes.append(f"{left} papers beyond the cap were not judged: raise FOOTNOTE_SURVEY_CAP")
    if unjudged:
        notes.append(f"{unjudged} papers were judged without the model, which gave no usable reply on them")
    return "; ".join(notes)
