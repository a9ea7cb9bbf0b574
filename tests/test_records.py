"""Filters asked of all records at once, against the same asked of paper after paper."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rag.index import Index
from rag.ingest import ingest
from rag.inventory import take_inventory
from rag.records import Records
from rag.selection import Selection
from rag.settings import load_settings
from rag.snapshot import sealed
from rag.text.people import names_in
from rag.types import Paper, Source
from tests.invented import PAPERS, write_jsonl

TITLES = (
    "Frogs: A Survey",
    "FROGS",
    "Straße der Frösche",
    "straffer [3] Frösche",
    "İstanbul",
    "",
    "a\nb",
    "蛙 and ﬁsh",
)
AUTHORS = (
    "Ana Frog; Bo Li",
    "Li, Bo and Frog, A.",
    "Ana Frog, Bo Li, Jean-Luc Frog",
    "Émile d'Étang",
    "",
    "Wen-Li Toad",
)
VENUES = ("NeurIPS", "Proc. of Frog-Conf 2020", "", "Frog Conf.", "Journal of Ponds")
YEARS = ("2019", "", "in print", "0", "9999", "12345", "2020", "２０２１")
SOURCES = ("a.jsonl", "Böse/B.bib", "a.JSONL", "c/straße.csv")


def papers(count: int) -> list[Paper]:
    """Papers with odd records, alike each time."""
    dice = random.Random(3)
    found = []
    for number in range(count):
        sources = tuple(Source(name, f"/{name}") for name in dice.sample(SOURCES, dice.randint(1, 3)))
        metadata = {"authors": dice.choice(AUTHORS), "venue": dice.choice(VENUES), "year": dice.choice(YEARS)}
        said = {name: value for name, value in metadata.items() if value or dice.random() < 0.5}
        found.append(Paper(f"p{number}", dice.choice(TITLES), "Frogs jump.", sources, said))
    return found


@pytest.fixture(params=["made", "saved"])
def records(request: pytest.FixtureRequest, tmp_path: Path) -> Records:
    """The records of the papers, as they are made and as they are read from a folder."""
    made = Records.of(papers(200))
    if request.param == "made":
        return made
    made.save(tmp_path / "records")
    return Records.load(tmp_path / "records")


@pytest.mark.parametrize(
    "selection",
    [
        Selection.of(papers=["frog"]),
        Selection.of(papers=["STRASSE", "ﬁ"]),
        Selection.of(papers=["i̇s", "."]),
        Selection.of(papers=["\ud800"]),
        Selection.of(sources=["A.jsonl", "STRASSE"]),
        Selection.of(since=2019),
        Selection.of(since=-5, until=2019),
        Selection.of(until=10**30),
        Selection.of(since=10**30),
        Selection.of(papers=["fr"], sources=["b.bib"], since=1, until=2020),
        Selection(),
    ],
)
def test_a_selection_is_asked_of_all_at_once(records: Records, selection: Selection) -> None:
    assert records.selected(selection).tolist() == [selection(paper) for paper in papers(200)]


@pytest.mark.parametrize("word", ["li", "frog", "luc", "d'etang", "fro", "", "toad"])
def test_a_word_of_a_name_stands_alone(records: Records, word: str) -> None:
    def has(name: str) -> bool:
        folded = name.casefold().replace("é", "e")
        return not word or word in folded.replace("-", " ").replace(".", " ").replace(",", " ").split()

    expected = [any(map(has, names_in(paper.metadata.get("authors", "")))) for paper in papers(200)]
    assert records["author"].having(word=word).tolist() == expected


@pytest.mark.parametrize("start", ["Frogs", "straß", "蛙", "frogs: a survey and", "z"])
def test_titles_that_begin_alike(records: Records, start: str) -> None:
    expected = [paper.title.casefold().startswith(start.casefold()) for paper in papers(200)]
    assert records["title"].having(start=start.casefold()).tolist() == expected


def test_a_value_is_tested_as_it_was_written(records: Records) -> None:
    found = records["title"].having(lambda title: title.isupper(), part="frogs")
    assert found.tolist() == [paper.title == "FROGS" for paper in papers(200)]
    assert records["venue"].known.tolist() == [bool(paper.metadata.get("venue")) for paper in papers(200)]


def forget_records(folder: Path) -> None:
    """Make a snapshot one that an older version wrote."""
    shutil.rmtree(folder / "records")
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf8"))
    for kind in ("files", "checksums"):
        manifest[kind] = {name: told for name, told in manifest[kind].items() if not name.startswith("records/")}
    (folder / "manifest.json").write_text(json.dumps(sealed(manifest)), encoding="utf8")


def longer_than_usual(paper: Paper) -> bool:
    """A condition that only a paper's text can tell."""
    return len(paper.text) > 300


@pytest.mark.parametrize("condition", [longer_than_usual, Selection.of(papers=["frog"], sources=["a.j"])])
def test_an_index_answers_alike_with_and_without_them(
    home: Path, tmp_path: Path, condition: Callable[[Paper], bool]
) -> None:
    settings = load_settings(home=home, offline=True)
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
    snapshot = Index.of(settings).snapshot()
    assert (snapshot.folder / "records").is_dir()
    expected = [condition(paper) for paper in snapshot.papers()]
    assert len(set(expected)) == 2
    assert snapshot.where(condition).tolist() == expected
    forget_records(snapshot.folder)
    older = Index.of(settings).snapshot()
    assert older.where(condition).tolist() == expected
    assert older.records is None
    assert older.years.tolist() == snapshot.years.tolist()


def test_an_inventory_is_the_same_with_and_without_them(home: Path, tmp_path: Path) -> None:
    settings = load_settings(home=home, offline=True)
    some = dict(list(PAPERS.items())[:4])
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS), write_jsonl(tmp_path / "b.jsonl", some)], settings)
    found = take_inventory(settings)
    assert found.in_several == 4
    assert list(found.sources.values()) == [len(PAPERS), 4]
    forget_records(Index.of(settings).snapshot().folder)
    older = take_inventory(settings)
    assert (older.in_several, older.sources) == (found.in_several, found.sources)
