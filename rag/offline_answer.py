"""An answer without a language model: passages → how sure → a draft of chosen sentences → `Answer`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from rag.clock import Clock
from rag.grounding import footnoted
from rag.question import OF_ANY, Plan
from rag.reading import Reader
from rag.retrieval.features import all_about, gather
from rag.retrieval.pairing import Pair, best_pair
from rag.retrieval.retriever import Hits, Retriever
from rag.settings import Settings
from rag.snapshot import Snapshot
from rag.text.brackets import nearest_named, unbracketed
from rag.text.language import is_english
from rag.text.words import words
from rag.types import Answer, Delta, Event, Route, Stage
from rag.writing import answerability, rereading
from rag.writing.answer_type import asked_types
from rag.writing.definition import defined_term, introducing
from rag.writing.draft import Draft
from rag.writing.extractive import comparison, lookup
from rag.writing.listing.survey import listing
from rag.writing.missing_detail import missing_detail
from rag.writing.missing_name import having_names, having_the_rest, missing_names, stood_in_for
from rag.writing.sentence_features import SentenceTable, tabulate

ENGINE = "extractive"
_LEAST_COVERED = 0.35  # share of a question's words, by weight
_LIKELY = 0.3  # probability from which a paper answers a name that it lacks
_NAMES_TOLD = 3  # of those that a paper lacks
_OWN_WORDS = 2  # search words from which a follow-up must share one with the paper
_OF_DATA = frozenset(words("dataset datasets data benchmark benchmarks"))  # of these a paper must speak
# Search words that say what to do with a topic, and none of it.
_OF_REQUESTS = frozenset(
    words(
        "explain simpler terms sentence sentences summarize summarise example examples compare compares compared "
        "difference differ differs ok okay please detail details more tell short words plain better worse faster give "
        "link code show similar related one two first second third last only list name meant mean"
    )
)


class OfflineWriter:
    """Writes answers by choosing sentences from one open index."""

    def __init__(self, retriever: Retriever, settings: Settings, reader: Callable[[], Reader | None]) -> None:
        """`reader` gives the network that judges whether a text answers, None where there is none; it is asked for
        only where one is needed, since loading it takes time."""
        self._retriever = retriever
        self._settings = settings
        self._reader = reader

    def write(self, planned: Plan, allowed: NDArray[np.bool_] | None, clock: Clock) -> tuple[Draft, Route]:
        """The draft, and the kind of answer that it became. `allowed` `(papers,)` restricts to some papers."""
        retriever = self._retriever
        if planned.route in ("survey", "count"):
            with clock("survey"):
                return listing(retriever, planned, allowed), planned.route
        with clock("retrieve"):
            hits = retriever.hits(planned.query, allowed)
        with clock("write"):
            draft, route = self._answered(planned, hits)
        if draft.abstained and planned.otherwise:
            return self.write(replace(planned, query=planned.otherwise, otherwise=""), allowed, clock)
        return draft, route

    def _answered(self, planned: Plan, hits: Hits) -> tuple[Draft, Route]:
        """A comparison of two papers, sentences of one, or the nearest titles where none answers."""
        snapshot = self._retriever.snapshot
        if not hits.candidates:
            return Draft((), abstained=True), "lookup"
        nearest = hits.nearest(snapshot)
        introduced = introducing(snapshot, planned.wording, hits)
        if introduced is None:
            unsaid = f"No paper says what “{defined_term(planned.wording)}” is."
            return Draft((), opening=unsaid, abstained=True, nearest=nearest), "lookup"
        hits = introduced if planned.route == "compare" else having_names(snapshot, planned.wording, introduced)
        pair = best_pair(hits, planned.route == "compare")
        ranks = pair.ranks if pair is not None and pair.compared else (0,)
        ranks += having_the_rest(snapshot, planned.wording, hits, ranks)
        route: Route = "compare" if len(ranks) > 1 else "lookup"
        titles = [snapshot.title(hits.candidates[rank].paper) for rank in ranks]
        table = tabulate(snapshot, hits.query, hits.candidates[0], asked_types(planned.wording))
        confidence, least = self._confidence(planned, hits, table, pair)
        known = self._settings.abstain_below is None and all_about(hits.query, titles)  # what a paper is, it says
        refused = (confidence < least and not known) or _astray(snapshot, planned, hits, ranks)
        meant = not refused or any(hits.feature(rank, "named") >= 1 for rank in ranks)
        unsaid = _unsaid(snapshot, planned.wording, hits, ranks, confidence) if meant else ""
        if refused or unsaid:
            return Draft((), opening=unsaid, abstained=True, confidence=confidence, nearest=nearest), route
        limit, query = 1 if planned.brief else self._settings.max_sentences, hits.query
        candidates = [hits.candidates[rank] for rank in ranks]
        if planned.query != planned.wording and (own := self._retriever.prepare(planned.wording)).words:
            # what was said before finds the paper; chosen by it, the sentences would be those of the last answer
            query, candidates = own, gather(snapshot, [candidate.paper for candidate in candidates], own)[0]
        if len(candidates) > 1:
            draft = comparison(snapshot, planned.wording, query, candidates, limit)
            if absent := stood_in_for(planned.wording, [snapshot.paper(candidate.paper) for candidate in candidates]):
                draft = replace(draft, opening=f"No paper of the index is on “{absent}” itself; one speaks of it.")
        else:
            draft = lookup(snapshot, planned.wording, query, candidates[0], limit, planned.said)
        return replace(draft, confidence=confidence, nearest=nearest if draft.abstained else ()), route

    def _confidence(self, planned: Plan, hits: Hits, table: SentenceTable, pair: Pair | None) -> tuple[float, float]:
        """How likely the question is answered by what was found, and the least that is enough.

        The models were trained with late interaction; without it, the share of the question's words that the best
        paper has must do. The reader knows one paper at a time, and has no say in a comparison.
        """
        chosen = self._settings.abstain_below
        if not len(hits.query.pieces):
            return min(1.0, hits.feature(0, "covered")), _LEAST_COVERED if chosen is None else chosen
        likely, least = answerability.probability(planned.wording, hits, table, pair), answerability.threshold(hits)
        one = table.sentences and not (pair is not None and pair.compared)
        if one and likely >= rereading.HOPELESS and (reader := self._reader()) is not None:
            reading = rereading.reread(reader, planned.wording, table)
            likely, least = (
                rereading.answered(likely, reading, hits.keyworded),
                rereading.answered_threshold(hits.keyworded),
            )
            least *= 1.0 if is_english(planned.question) else rereading.GLOSSED
        return likely, least if chosen is None else chosen


def answered(planned: Plan, draft: Draft, clock: Clock, route: Route | None = None) -> Answer:
    """The answer that a draft becomes, its sentences tied to their spans; `route` where it is not the plan's."""
    with clock("ground"):
        found = footnoted(draft)
    return Answer(
        question=planned.question,
        text=_refusal(draft) if draft.abstained else found.text,
        citations=found.citations,
        claims=found.claims,
        abstained=draft.abstained,
        route=route or planned.route,
        papers=tuple(dict.fromkeys(citation.title for citation in found.citations)),
        engine=ENGINE,
        confidence=round(draft.confidence, 4),
        nearest=draft.nearest,
        examined=draft.examined,
        timings={**clock.seconds, "total": sum(clock.seconds.values())},
    )


def told(answer: Answer) -> Iterator[Event]:
    """An answer that is there at once, as the events of one that comes bit by bit."""
    yield Stage("write")
    for piece in _pieces(answer.text):
        yield Delta(piece)
    yield answer


def _astray(snapshot: Snapshot, planned: Plan, hits: Hits, ranks: Sequence[int]) -> bool:
    """Whether a follow-up was answered by its conversation's topic alone: no paper that answers has any of the
    question's own words, though there are several."""
    own = set(words(planned.wording)) - _OF_REQUESTS - (OF_ANY - _OF_DATA)
    if planned.query == planned.wording or len(own) < _OWN_WORDS or not is_english(planned.wording):
        return False
    papers = [snapshot.paper(hits.candidates[rank].paper) for rank in ranks]
    return not any(own & set(words(f"{paper.title} {paper.text}")) for paper in papers)


def _unsaid(snapshot: Snapshot, question: str, hits: Hits, ranks: Sequence[int], confidence: float) -> str:
    """What the question asks for and no text of the papers that would answer has a trace of, as a sentence; empty where
    there is nothing such. A name may stand there in other words where the one paper answers rather than not."""
    nearest = "The nearest paper does" if len(ranks) == 1 else "The nearest papers do"
    papers = [snapshot.paper(hits.candidates[rank].paper) for rank in ranks]
    named = papers if len(ranks) == 1 else [snapshot.paper(candidate.paper) for candidate in hits.candidates]
    lacking = missing_names(question, named) if len(ranks) > 1 or confidence < _LIKELY else ()
    if lacking:
        return f"{nearest} not mention {' or '.join(f'“{name}”' for name in lacking[:_NAMES_TOLD])}."
    if detail := missing_detail(question, "\n".join(f"{paper.title}\n{paper.text}" for paper in papers)):
        return f"{nearest} not give {detail}."
    return ""


def _pieces(text: str) -> Iterator[str]:
    """A text cut after each white space that follows a marker or a full stop."""
    start = 0
    for position, char in enumerate(text):
        if char.isspace() and position and text[position - 1] in ".]:!?":
            yield text[start : position + 1]
            start = position + 1
    if start < len(text):
        yield text[start:]


def _refusal(draft: Draft) -> str:
    said = unbracketed(draft.opening) or "The papers do not answer this."
    return f"{said}{nearest_named(draft.nearest)}"
