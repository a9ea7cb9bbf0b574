"""The writer without a model: it chooses sentences and never makes one.

A lookup is answered from the best paper, a comparison from both; each sentence is the paper's own, so its
evidence is itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from rag.linear_model import trained
from rag.retrieval.features import Candidate, all_about
from rag.retrieval.query import Query
from rag.snapshot import Snapshot
from rag.writing.answer_type import asked_types
from rag.writing.aspect import raised
from rag.writing.definition import defined_term, says_what
from rag.writing.draft import Draft, DraftSentence, Evidence
from rag.writing.referent import named_method, opens_with_anaphor
from rag.writing.selection import ENOUGH, choose
from rag.writing.sentence_features import NAMES, Sentence, tabulate

BUDGET = 620  # characters of an answer from one paper; the median stays below 600
_SIDE_BUDGET = 900  # and of each side of a comparison
_WHICH_PAPER = re.compile(
    r"\b(?:which|what|whose) (?:paper|work|study|article|publication)\b|\bname of the (?:\w+ )?paper\b", re.I
)
_DEFINING = (0.0, 0.9, 0.95, 0.96)  # likelihood of a sentence by how well it says what the term asked for is
_LINK_AT_END = re.compile(r"https?://\S+\s*$")
_FILLING = 0.02  # likelihood of a sentence that still says what a paper is about
_NO_MORE = "The paper says no more than what was told."
_BEFORE_LINK = 9  # words at most in a sentence that says no more than where something is


def lookup(
    snapshot: Snapshot, question: str, query: Query, best: Candidate, max_sentences: int, said: str = ""
) -> Draft:
    """The sentences of the best paper that answer the question, in the paper's order; with answers that were `said`
    before, what the paper says beyond them."""
    chosen = answering(snapshot, question, query, best, max_sentences, BUDGET, said)
    if said and not chosen:
        return Draft((), opening=_NO_MORE, abstained=True)
    written = _with_referents(snapshot, best, chosen)
    if written and _WHICH_PAPER.search(question):
        written[0] = replace(written[0], lead=f"{snapshot.title(best.paper)}: ")
    return Draft(tuple(written))


def comparison(
    snapshot: Snapshot, question: str, query: Query, candidates: Sequence[Candidate], max_sentences: int
) -> Draft:
    """Sentences of the candidates, paper after paper, each under its title."""
    sentences: list[DraftSentence] = []
    for candidate in candidates:
        chosen = answering(snapshot, question, query, candidate, max_sentences, _SIDE_BUDGET)
        written = _with_referents(snapshot, candidate, chosen)
        title = snapshot.title(candidate.paper)
        sentences += [replace(s, lead=f"{title}: ") if i == 0 else s for i, s in enumerate(written)]
    return Draft(tuple(sentences))


def _with_referents(
    snapshot: Snapshot, candidate: Candidate, chosen: Sequence[tuple[Sentence, float]]
) -> list[DraftSentence]:
    """The chosen sentences; one that opens with "it" and was torn from what it follows gets its referent."""
    name = named_method(snapshot.paper(candidate.paper))
    written: list[DraftSentence] = []
    reached = -1  # where the sentence before ended, if it was chosen as well
    for sentence, score in chosen:
        torn = not 0 <= sentence.start - reached <= 2 and name not in sentence.text
        written.append(quoted(sentence, score, referent=name if torn and opens_with_anaphor(sentence.text) else ""))
        reached = sentence.end
    return written


def answering(
    snapshot: Snapshot, question: str, query: Query, candidate: Candidate, limit: int, budget: int, said: str = ""
) -> list[tuple[Sentence, float]]:
    """At most `limit` sentences of a paper with the probability that each holds part of the answer. Of a paper that is
    asked about as a whole ("What is COAT?"), or for more than was `said`, as many as there is room for."""
    table = tabulate(snapshot, query, candidate, asked_types(question))
    if not table.sentences:
        return []
    likelihood = trained("sentences", NAMES).probability(table.features)
    paper = snapshot.paper(candidate.paper)
    likelihood = raised(question, paper, [sentence.text for sentence in table.sentences], likelihood)
    if term := defined_term(question):
        saying = [says_what(sentence.text, term, paper.text) for sentence in table.sentences]
        likelihood = np.maximum(likelihood, [_DEFINING[well] for well in saying]).astype(np.float32)
    enough = _FILLING if said or all_about(query, [snapshot.title(candidate.paper)]) else ENOUGH
    told = list(range(len(table.sentences)))
    if said:
        before = _letters(said)
        told = [place for place in told if _letters(table.sentences[place].text) not in before]
    if "link" not in asked_types(question):
        told = [place for place in told if not _only_link(table.sentences[place].text)] or told
    lengths = [len(table.sentences[place].text) for place in told]
    chosen = sorted(told[place] for place in choose(likelihood[told], lengths, limit, budget, enough))
    return [(table.sentences[place], float(likelihood[place])) for place in chosen]


def _letters(text: str) -> str:
    """The letters and figures of a text, without the footnotes' markers."""
    return re.sub(r"\[\d+\]|[\W_]+", "", text)


def _only_link(text: str) -> bool:
    """Whether a sentence only says where something is ("Code: https://…"), which answers little else."""
    link = _LINK_AT_END.search(text)
    return link is not None and len(text[: link.start()].split()) <= _BEFORE_LINK


def best_sentence(
    snapshot: Snapshot, question: str, query: Query, candidate: Candidate
) -> tuple[Sentence, float] | None:
    """The one sentence of a paper that most likely answers; None for a paper without text."""
    table = tabulate(snapshot, query, candidate, asked_types(question))
    if not table.sentences:
        return None
    likelihood = trained("sentences", NAMES).probability(table.features)
    position = int(np.argmax(likelihood))
    return table.sentences[position], float(likelihood[position])


def entry(snapshot: Snapshot, question: str, query: Query, candidate: Candidate) -> DraftSentence | None:
    """A paper as an entry of a list: its title, and the sentence that most likely answers."""
    found = best_sentence(snapshot, question, query, candidate)
    return quoted(*found, f"- {found[0].passage.title}: ") if found is not None else None


def quoted(sentence: Sentence, score: float, lead: str = "", referent: str = "") -> DraftSentence:
    """A sentence of a paper as a sentence of the answer."""
    evidence = Evidence(sentence.passage, sentence.start, sentence.end, score)
    return DraftSentence(" ".join(sentence.text.split()), (evidence,), lead, referent)
