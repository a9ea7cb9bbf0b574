"""Listings of the papers that are most like another one ("papers similar to COAT")."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from rag.question import Plan
from rag.retrieval.retriever import Hits, Retriever
from rag.text.brackets import unbracketed
from rag.text.words import words
from rag.writing.draft import Draft
from rag.writing.extractive import entry

_SHOWN = 6  # papers, where no number is asked for
_READ = 400  # characters of the paper's text that others are compared with, beside its title
_TITLE_WORDS = 3  # search words from which a title may be meant by some of them
_OF_TITLE = 0.6  # share of its words that name it


def alike(retriever: Retriever, plan: Plan, allowed: NDArray[np.bool_] | None) -> Draft | None:
    """The papers nearest to the one that `plan.like` finds, nearest first, among `allowed` `(papers,)`; None where that
    is no paper of the index, but a topic."""
    found = retriever.hits(plan.like)
    spoken_of = plan.like not in plan.wording
    if not found.candidates:
        return None
    snapshot, paper = retriever.snapshot, retriever.snapshot.paper(found.candidates[0].paper)
    if not (spoken_of or _is_paper(found, paper.title)):
        return None
    others = np.ones(snapshot.paper_count, dtype=bool) if allowed is None else allowed.copy()
    others[found.candidates[0].paper] = False
    hits = retriever.hits(f"{paper.title}. {paper.text[:_READ]}", others, candidates=plan.most or _SHOWN)
    shown = (entry(snapshot, paper.title, hits.query, candidate) for candidate in hits.candidates)
    entries = tuple(one for one in shown if one is not None)
    if not entries:
        return None
    noun = "paper" if len(entries) == 1 else f"{len(entries)} papers"
    opening = f"The {noun} nearest to “{unbracketed(paper.title)}”, of {int(others.sum())} examined:"
    return Draft(entries, opening=opening, confidence=1.0, examined=int(others.sum()))


def _is_paper(found: Hits, title: str) -> bool:
    """Whether the best paper is meant by its name, or by most of its title."""
    own = set(words(title))
    of_title = len(own & set(found.query.words)) >= max(_TITLE_WORDS, _OF_TITLE * len(own))
    return found.feature(0, "named") >= 1 or of_title
