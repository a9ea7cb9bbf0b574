"""Walking: which files are read, in which order, and what is said about those that cannot be."""

import os
from pathlib import Path

import pytest

from rag.corpus import Skipped, merge, read
from tests.corpus.conftest import papers, skipped


def write(path: Path, title: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{title}\n\nIts text.\n", encoding="utf-8")
    return path


def test_folders_are_read_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ["b.txt", "a/z.txt", "a/b/c.txt", "c.txt", ".hidden.txt", ".git/x.txt", "a/.y"]:
        write(tmp_path / "papers" / name, f"Title of {name}")
    found = papers(list(read([tmp_path / "papers"])))
    names = [paper.sources[0].name for paper in found]
    assert names == ["papers/a/b/c.txt", "papers/a/z.txt", "papers/b.txt", "papers/c.txt"]
    assert found[0].sources[0].path == str(tmp_path / "papers/a/b/c.txt")


def test_paths_come_in_the_order_given_and_files_once(tmp_path: Path) -> None:
    one, two = write(tmp_path / "p/1.txt", "One"), write(tmp_path / "p/2.txt", "Two")
    assert [p.title for p in papers(list(read([two, tmp_path / "p", str(one)])))] == ["Two", "One"]


def test_a_single_path_is_a_list_of_one(tmp_path: Path) -> None:
    assert len(list(read(str(write(tmp_path / "1.txt", "One"))))) == 1  # type: ignore[arg-type, unused-ignore]


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "p/1.txt", "One")
    monkeypatch.chdir(tmp_path / "p")
    (paper,) = papers(list(read(["."])))
    assert (paper.sources[0].name, paper.sources[0].path) == ("p/1.txt", str(tmp_path / "p/1.txt"))


def test_a_path_below_the_users_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "p/1.txt", "One")
    monkeypatch.setenv("HOME", str(tmp_path))
    (paper,) = papers(list(read(["~/p"])))
    assert (paper.sources[0].name, paper.sources[0].path) == ("p/1.txt", str(tmp_path / "p/1.txt"))


def test_a_missing_path(tmp_path: Path) -> None:
    path = write(tmp_path / "1.txt", "One")
    missing, paper = read([tmp_path / "none.txt", path])
    assert str(missing) == f"{tmp_path / 'none.txt'}: no such file or folder (check the path)"
    assert not isinstance(paper, Skipped)


@pytest.mark.skipif(os.name != "posix", reason="needs links and pipes")
def test_links_pipes_and_circles(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    write(folder / "a/1.txt", "One")
    (folder / "a/up").symlink_to(folder)
    (folder / "again").symlink_to(folder / "a")
    (folder / "broken").symlink_to(folder / "nowhere")
    (folder / "self").symlink_to(folder / "self")
    os.mkfifo(folder / "pipe")
    found = list(read([folder]))
    assert [paper.title for paper in papers(found)] == ["One"]
    up, broken, pipe, loop = skipped(found)
    assert up == "p/a/up: a link to a folder above it, so it has no end (remove the link)"
    assert broken == "p/broken: no such file or folder (check the path)"
    assert pipe == "p/pipe: not a regular file (give files and folders)"
    assert loop.startswith("p/self: cannot be read: ")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write(tmp_path / "1.txt", "One")
    path.chmod(0)
    assert skipped(list(read([path]))) == ["1.txt: you may not read it (check its permissions)"]


@pytest.mark.skipif(os.name != "posix", reason="names of bytes")
def test_names_that_are_no_text(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/bad\xff.txt")).write_text("One\n\nText.")
    write(tmp_path / "line\nbreak.txt", "Two")
    bad, paper = read([tmp_path])
    assert str(bad) == f"{tmp_path.name}/bad\\udcff.txt: its name is not text (rename it)"
    assert not isinstance(paper, Skipped)
    assert paper.sources[0].name == f"{tmp_path.name}/line break.txt"


def test_a_deep_folder(tmp_path: Path) -> None:
    write(tmp_path.joinpath("p", *["d"] * 400, "1.txt"), "One")
    assert len(papers(list(read([tmp_path / "p"])))) == 1


def test_reading_twice_gives_the_same(tmp_path: Path) -> None:
    for name in ["x", "y", "z"]:
        write(tmp_path / name, f"Title {name}")
    assert merge(papers(list(read([tmp_path])))) == merge(papers(list(read([tmp_path]))))
