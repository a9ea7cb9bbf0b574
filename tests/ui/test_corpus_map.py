"""The map: near dots read alike, labels are words of their cluster, and it is kept until the index changes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from rag.assistant import Assistant
from rag.ingest import ingest
from rag.settings import load_settings
from tests.invented import write_jsonl
from ui.corpus_map import CorpusMap, Dot, draw_map, k_means, load_map
from ui.map_view import map_svg, members
from ui.tsne import tsne

FROGS = {f"Frog study {n}": f"Green frogs leap over wet pond lilies number {n} in rainy spring." for n in range(12)}
BANKS = {f"Bank report {n}": f"Central banks raise interest rates when inflation rises, case {n}." for n in range(12)}


@pytest.fixture
def assistant(home: Path) -> Assistant:
    ingest([write_jsonl(home / "two.jsonl", {**FROGS, **BANKS})], load_settings())
    return Assistant(load_settings(offline=True))


def test_papers_that_read_alike_stand_together(assistant: Assistant) -> None:
    drawn = draw_map(assistant.snapshot)
    assert len(drawn.dots) == 24
    places = {dot.title: np.array([dot.x, dot.y]) for dot in drawn.dots}
    frogs, banks = (np.stack([places[title] for title in group]) for group in (FROGS, BANKS))
    apart = np.linalg.norm(frogs.mean(axis=0) - banks.mean(axis=0))
    assert apart > max(np.linalg.norm(group - group.mean(axis=0), axis=1).mean() for group in (frogs, banks))
    clusters = {dot.title: dot.cluster for dot in drawn.dots}
    assert not {clusters[title] for title in FROGS} & {clusters[title] for title in BANKS}
    assert all(label for label in drawn.labels)
    assert draw_map(assistant.snapshot) == drawn


def test_it_is_drawn_again_where_the_index_changed(assistant: Assistant, home: Path) -> None:
    first = load_map(assistant.snapshot, home)
    assert load_map(assistant.snapshot, home) == first
    (home / "map.json").write_text("{broken", "utf8")
    assert load_map(assistant.snapshot, home) == first
    ingest([write_jsonl(home / "more.jsonl", {"A <b>newt</b>": "Newts swim."})], load_settings())
    again = load_map(assistant.snapshot, home)
    assert len(again.dots) == 25
    picture = map_svg(again)
    assert "<b>" not in picture
    assert sum(len(members(again, number)) for number in range(len(again.labels))) == 25


def test_larger_corpora_are_sampled(assistant: Assistant) -> None:
    assert len(draw_map(assistant.snapshot, most=10).dots) == 8


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5])
def test_few_papers(count: int) -> None:
    vectors = np.eye(8, dtype=np.float32)[:count]
    assert len(k_means(vectors, 3)) == count
    if count > 2:
        assert np.isfinite(tsne(vectors)).all()


def test_long_labels_do_not_lie_on_one_another() -> None:
    names = ("parameter-efficient fine-tuning · low-rank", "reinforcement learning · embodied agents")
    dots = tuple(Dot(str(n), f"Paper {n}", 0.35 + 0.2 * n, 0.5, n) for n in range(2))
    found = re.findall(r'<text x="(\d+)" y="(\d+)">', map_svg(CorpusMap("r", dots, names)))
    (left, above), (right, below) = ((int(x), int(y)) for x, y in found)
    assert abs(right - left) < 350  # so near that on one line they would meet
    assert abs(above - below) >= 20
