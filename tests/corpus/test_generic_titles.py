"""Titles that many files have are no reason to take the files for one paper."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from rag.corpus import merge, read
from rag.types import Paper


def titles(folder: Path) -> list[str]:
    return [paper.title for paper in merge(found for found in read([folder]) if isinstance(found, Paper))]


@pytest.mark.parametrize("title", ["Notes", "INTRODUCTION", "Read me!", "Untitled", "Untitled 3", "Chapter IV"])
def test_files_of_one_generic_title_are_papers_of_their_own(tmp_path: Path, title: str) -> None:
    for place in ("one/docs", "two/docs"):
        folder = tmp_path / "p" / place
        folder.mkdir(parents=True)
        (folder / "a.md").write_text(f"# {title}\n\nOf {place}.", encoding="utf8")
    (tmp_path / "p" / "b.txt").write_text(f"{title}\nOf frogs.", encoding="utf8")
    with ZipFile(tmp_path / "p" / "c.zip", "w") as archive:
        archive.writestr("a.md", f"# {title}\n\nOf newts.")
    where = ["p/b.txt", "p/c.zip/a.md", "one/docs/a.md", "two/docs/a.md"]
    found = titles(tmp_path / "p")
    assert [
        name.removeprefix(f"{title} (").removesuffix(")").removeprefix(f"{tmp_path.name}/") for name in found
    ] == where
    assert titles(tmp_path / "p" / "one") == [found[2]]  # however it is reached


def test_papers_of_one_file_under_a_generic_title_are_each_their_own(tmp_path: Path) -> None:
    rows = [("Editorial", "Of frogs."), ("Frogs", "They jump."), ("EDITORIAL", "Of newts."), ("Editorial", "Of frogs.")]
    (tmp_path / "a.csv").write_text("title,abstract\n" + "".join(f"{t},{text}\n" for t, text in rows), encoding="utf8")
    file = f"{tmp_path.parent.name}/{tmp_path.name}/a.csv"
    assert titles(tmp_path) == [f"Editorial ({file})", "Frogs", f"EDITORIAL ({file}, 2)"]


def test_papers_of_other_titles_stay_one(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Notes on Frogs\n\nThey jump.", encoding="utf8")
    (tmp_path / "b.bib").write_text("@book{a, title={Notes on {Frogs}}, abstract={They jump far.}}", encoding="utf8")
    assert titles(tmp_path) == ["Notes on Frogs"]
