"""Keywords in the index: what they change, what they leave alone, and that they are never cited."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from rag.assistant import Assistant
from rag.embedding import load_embedder
from rag.index import Index
from rag.ingest import ingest
from rag.keywords import Keywords
from rag.settings import Settings, load_settings
from rag.types import Paper
from tests.invented import PAPERS, numbered

CALM = [
    "emergency braking", "vehicle safety", "collision avoidance", "self-driving cars", "stopping distance",
    "reaction time", "road traffic", "driver assistance",
]  # fmt: skip
SWEET = ["baking bread", "sourdough", "oven heat", "kneading", "flour", "yeast", "crust", "recipes at home"]
TEXTS = {
    "Pelican: Early Stops": "Pelican looks at 12 frames and decides within 40 ms. It halves the misses on PondBench.",
    "Plover: Late Starts": "Plover looks at 14 frames and decides within 90 ms. It halves the alarms on PondBench.",
}


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings(home=home)


def paper(number: int, keywords: str) -> Paper:
    return Paper(str(number), f"Paper {number}", "A text.", (), {"keywords": keywords} if keywords else {})


def write(path: Path, keywords: dict[str, list[str]]) -> Path:
    rows = [
        {"title": t, "text": x, "keywords": keywords.get(t, [])} for t, x in {**PAPERS, **TEXTS, **numbered(35)}.items()
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")
    return path


def test_each_phrase_is_encoded_once_and_only_where_it_is_new(tmp_path: Path) -> None:
    asked: list[str] = []

    def encode(phrases: object) -> np.ndarray:
        asked.extend(phrases)  # type: ignore[arg-type]
        return np.asarray([[len(phrase), 1.0] for phrase in phrases], dtype=np.float32)  # type: ignore[attr-defined]

    first = Keywords.of([paper(1, "kites; wind"), paper(2, ""), paper(3, "wind")], encode)
    assert first is not None
    first.save(tmp_path / "keywords")
    kept = Keywords.load(tmp_path / "keywords")
    second = Keywords.of([paper(1, "wind; gulls"), paper(3, "kites")], encode, kept)
    assert second is not None
    assert sorted(asked) == ["gulls", "kites", "wind"]
    assert kept.counts([0, 1, 2]).tolist() == [2, 0, 1]
    for made, expected in ((kept, ["kites", "wind", "wind"]), (second, ["wind", "gulls", "kites"])):
        codes = made.entries(range(len(made.bounds) - 1))
        assert [made.phrases[code]["phrase"] for code in codes] == expected
        assert made.vectors[codes][:, 0].tolist() == [len(phrase) for phrase in expected]
    assert Keywords.of([paper(2, "")], encode, kept) is None


def test_a_paper_is_listed_for_what_only_its_keywords_say(settings: Settings, tmp_path: Path) -> None:
    question = "Which papers are about collision avoidance in traffic?"
    ingest([write(tmp_path / "a.jsonl", {})], settings)
    before = Assistant(settings).ask(question)
    ingest([write(tmp_path / "a.jsonl", {"Pelican: Early Stops": CALM})], settings)
    after = Assistant(settings).ask(question)
    assert "Pelican: Early Stops" not in [citation.title for citation in before.citations]
    assert after.citations[0].title == "Pelican: Early Stops"
    assert after.citations[0].quote in TEXTS["Pelican: Early Stops"]  # the text is cited, not the keyword


def test_keywords_lead_to_the_paper(settings: Settings, tmp_path: Path) -> None:
    asked = "How fast does the driver assistance decide to stop a vehicle?"
    for one, other in (TEXTS, [*TEXTS][::-1]):
        ingest([write(tmp_path / "a.jsonl", {one: CALM, other: SWEET})], settings)
        assert Assistant(settings).retriever.search(asked, 1)[0].title == one


def test_a_few_keywords_change_no_score(settings: Settings, tmp_path: Path) -> None:
    asked = "How fast does the driver assistance decide?"
    ingest([write(tmp_path / "a.jsonl", {})], settings)
    before = [(r.title, r.score) for r in Assistant(settings).retriever.search(asked, 5)]
    ingest([write(tmp_path / "a.jsonl", {"Plover: Late Starts": CALM[:3]})], settings)
    after = [(r.title, r.score) for r in Assistant(settings).retriever.search(asked, 5)]
    assert after == before


def test_changed_keywords_are_an_update_that_encodes_no_passage(settings: Settings, tmp_path: Path) -> None:
    ingest([write(tmp_path / "a.jsonl", {})], settings)
    report = ingest([write(tmp_path / "a.jsonl", {"Plover: Late Starts": CALM})], settings)
    assert (report.updated, report.encoded) == (1, 0)
    snapshot = Index(settings.index_folder).snapshot()
    assert snapshot.keywords is not None
    embedder = load_embedder(settings.embedder, settings.models_folder, settings.threads)
    phrases = [row["phrase"] for row in snapshot.keywords.phrases]
    assert phrases == sorted(CALM)
    assert np.allclose(snapshot.keywords.vectors, embedder.encode(phrases), atol=1e-3)


def test_a_paper_that_is_named_is_not_overtaken_by_a_subject(settings: Settings, tmp_path: Path) -> None:
    ingest([write(tmp_path / "a.jsonl", {"Pelican: Early Stops": SWEET, "Plover: Late Starts": CALM})], settings)
    asked = "What stopping distance of a vehicle in road traffic does Pelican give?"
    assert Assistant(settings).retriever.search(asked, 1)[0].title == "Pelican: Early Stops"
