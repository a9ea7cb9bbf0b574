"""The indexes that training looks at: the bundled digests, and the real pages where they are at hand."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from eval.schema import Question
from rag.embedding import Embedder, load_embedder
from rag.index import Index
from rag.ingest import ingest, ingest_bundled
from rag.linear_model import LinearModel
from rag.question import Plan, plan
from rag.retrieval.features import NAMES
from rag.retrieval.retriever import Hits, Retriever
from rag.settings import Settings, load_settings
from rag.snapshot import Snapshot
from rag.types import Turn

_UNTRAINED = LinearModel(np.ones(len(NAMES), dtype=np.float32))


def view_parser(prog: str, description: str | None, *, pages_required: bool = False) -> argparse.ArgumentParser:
    """A parser of what `open_views` takes: `--home` and `--pages`."""
    parser = argparse.ArgumentParser(prog=prog, description=description)
    told = "folder of the real listing pages, a second view of the papers"
    parser.add_argument("--pages", type=Path, required=pages_required, help=told)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "footnote-training")
    return parser


@dataclass(frozen=True)
class View:
    """One index of the papers that the questions are about."""

    name: str
    snapshot: Snapshot
    embedder: Embedder

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each title stands."""
        return {self.snapshot.title(i): i for i in range(self.snapshot.paper_count)}

    @cached_property
    def search(self) -> Retriever:
        """The retriever that ships."""
        return Retriever(self.snapshot, self.embedder)

    @cached_property
    def without_keywords(self) -> View:
        """The same papers, as if their records had no keywords."""
        bare = Snapshot(self.snapshot.folder)
        bare.keywords = None
        return View(f"{self.name} without keywords", bare, self.embedder)

    def retriever(self, ranker: LinearModel | None = None) -> Retriever:
        """A retriever with this ranker, or an untrained one."""
        return Retriever(self.snapshot, self.embedder, ranker=ranker or _UNTRAINED)

    def known(self, question: Question) -> bool:
        """Whether all the papers that a question names are in the index."""
        named = [*question.gold, *([question.about] if question.about else [])]
        return all(title in self.positions for title in named)


@dataclass(frozen=True, slots=True)
class Searched:
    """A question of a view with what retrieval found."""

    view: View
    question: Question
    plan: Plan
    hits: Hits
    answerable: bool = True

    @property
    def papers(self) -> list[int]:
        """The positions of the candidates."""
        return [candidate.paper for candidate in self.hits.candidates]


def open_views(home: Path, pages: Path | None) -> list[View]:
    """The views, ingested below `home` where that was not done before."""
    settings = load_settings(home=home / "digests")
    ingest_bundled(settings)
    views = [_view("digests", settings)]
    if pages is not None:
        settings = load_settings(home=home / "pages")
        ingest([pages], settings)
        views.append(_view("pages", settings))
    return views


def _view(name: str, settings: Settings) -> View:
    embedder = load_embedder(settings.embedder, settings.models_folder, settings.threads)
    return View(name, Index.of(settings).snapshot(), embedder)


def planned(question: Question) -> Plan:
    """The rule-based plan of a question with its history."""
    return plan(question.question, [_turn(turn) for turn in question.history])


def search(views: Sequence[View], questions: Sequence[Question], ranker: LinearModel | None = None) -> list[Searched]:
    """Every question searched in every view that has its papers."""
    found: list[Searched] = []
    for view in views:
        retriever = view.retriever(ranker)
        for question in questions:
            if view.known(question):
                made = planned(question)
                found.append(Searched(view, question, made, retriever.hits(made.query), question.answerable))
    return found


def search_without_gold(
    views: Sequence[View], questions: Sequence[Question], ranker: LinearModel | None = None
) -> list[Searched]:
    """Every question of one paper, searched in an index that lacks the paper: it cannot be answered then."""
    found: list[Searched] = []
    for view in views:
        retriever = view.retriever(ranker)
        for question in questions:
            if question.single and view.known(question):
                allowed = np.ones(view.snapshot.paper_count, dtype=bool)
                allowed[view.positions[question.gold[0]]] = False
                made = planned(question)
                found.append(Searched(view, question, made, retriever.hits(made.query, allowed), answerable=False))
    return found


def _turn(turn: dict[str, str]) -> Turn:
    return Turn("user" if turn["role"] == "user" else "assistant", turn["content"])
