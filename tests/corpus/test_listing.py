"""Saved pages that list papers."""

from pathlib import Path

import pytest

from rag.corpus import merge, read
from tests.corpus.conftest import ReadFile, papers, skipped

PROSE = (
    "Small robots lose their way in large gardens because every hedge looks alike to a cheap camera. We give "
    "each robot a sense of smell, trained on 40 scents, and let it compare what it smells with a shared map. "
    "In three gardens the robots came home 92% of the time, against 61% with cameras alone. It lasts longer."
)
SHORTER = (
    "Kites carry sensors higher than drones. A study of 12 kites over two summers shows figures that "
    "agree with balloons to within 0.3 degrees, at a tenth of the price. All plans are free to copy."
)
OTHER = (
    "Clocks on bridges drift with the weather. By modelling the strain of each bridge we undo the drift and "
    "bring the error from 4 seconds a month down to 0.2 seconds, without touching one clock in the city."
)
ENTRIES = [
    ("Scent Maps: Guiding Small Robots Through Gardens by Smell", PROSE),
    ("Kites as Cheap Weather Stations for Remote Valleys", SHORTER),
    ("Correcting the Drift of Public Clocks on Bridges", OTHER),
]
FURNITURE = [
    "new",
    "Get trending papers in your email inbox!",
    "Subscribe",
    "byAK and the research community",
    "Feb 2",
]


def page(*blocks: str, between: str = "\n") -> str:
    return between.join(blocks)


def flat(entries: list[tuple[str, str]]) -> list[str]:
    return [line for entry in entries for line in entry]


def test_the_four_sample_pages_give_every_entry(shared: Path) -> None:
    found = list(read([shared / "corpus"]))
    assert skipped(found) == []
    assert len(found) == 456
    merged = merge(papers(found))
    assert len(merged) == 444
    assert sum(len(paper.sources) == 2 for paper in merged) == 12


def test_titles_and_abstracts_are_verbatim(shared: Path) -> None:
    for path in sorted((shared / "corpus").glob("*.txt")):
        lines = [line for line in path.read_text(encoding="utf-8").split("\n") if line]
        first = 5 if lines[0] == "new" else 2
        titles = [line.removeprefix("Subscribe") for line in lines[first::2]]
        found = papers(list(read([path])))
        assert [paper.title for paper in found] == titles
        assert [paper.text for paper in found] == lines[first + 1 :: 2]


def test_sources_are_named_from_the_parent_of_what_was_given(shared: Path) -> None:
    folder = papers(list(read([shared / "corpus"])))
    name = folder[0].sources[0].name
    assert name.startswith("corpus/000")
    assert folder[0].sources[0].path == str(shared / name)
    single = papers(list(read([shared / name])))
    assert single[0].sources[0].name == name.removeprefix("corpus/")


@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n"])
@pytest.mark.parametrize("place", [0, 2, 4, 6])
def test_furniture_may_stand_anywhere(read_file: ReadFile, between: str, place: int) -> None:
    lines = flat(ENTRIES)
    found = read_file("page.txt", page(*lines[:place], *FURNITURE, *lines[place:], between=between))
    assert [(paper.title, paper.text) for paper in papers(found)] == ENTRIES
    assert skipped(found) == []


@pytest.mark.parametrize("date", ["Mar 13", "December 31, 2025", "2 Jan 2026", "2026-01-02", "Yesterday", "3 days ago"])
def test_any_date_is_furniture(read_file: ReadFile, date: str) -> None:
    found = read_file("page.txt", page(*FURNITURE[:-1], date, *flat(ENTRIES)))
    assert [(paper.title, paper.text) for paper in papers(found)] == ENTRIES


@pytest.mark.parametrize(
    "title", ["scentBot: Guiding Small Robots Through Gardens", "2 Noses Beat One Camera Outdoors"]
)
def test_subscribe_glued_to_a_title(read_file: ReadFile, title: str) -> None:
    found = read_file("page.txt", page(*FURNITURE[1:2], f"Subscribe{title}", PROSE, *flat(ENTRIES[1:])))
    assert papers(found)[0].title == title


def test_a_title_may_begin_with_the_word(read_file: ReadFile) -> None:
    title = "Subscribers Leave Newsletters Early: A Field Study"
    found = read_file("page.txt", page(*FURNITURE, *flat(ENTRIES), title, OTHER))
    assert papers(found)[-1].title == title


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_a_missing_abstract_is_one_line_and_the_rest_is_read(read_file: ReadFile, at: int, between: str) -> None:
    lines = [line for line in flat(ENTRIES) if line != ENTRIES[at][1]]
    found = read_file("page.txt", page(*FURNITURE, *lines, between=between))
    assert [(p.title, p.text) for p in papers(found)] == [entry for i, entry in enumerate(ENTRIES) if i != at]
    (line,) = skipped(found)
    step = 1 if between == "\n" else 2
    assert line.startswith(f"page.txt:{1 + step * (5 + 2 * at)}: no abstract for '{ENTRIES[at][0][:20]}")


@pytest.mark.parametrize("cut", [" because", ". We give", " It lasts longer."])
def test_an_abstract_over_two_lines_is_one(read_file: ReadFile, cut: str) -> None:
    at = PROSE.index(cut) + (1 if cut.startswith(".") else 0)
    lines = [ENTRIES[0][0], PROSE[:at], PROSE[at:].strip(), *flat(ENTRIES[1:])]
    found = read_file("page.txt", page(*FURNITURE, *lines))
    assert [(paper.title, paper.text) for paper in papers(found)] == ENTRIES


def test_a_page_without_furniture_is_told_by_its_shape(read_file: ReadFile) -> None:
    found = read_file("page.txt", page(*flat(ENTRIES), between="\n\n"))
    assert [(paper.title, paper.text) for paper in papers(found)] == ENTRIES


def test_a_text_without_a_title_is_reported(read_file: ReadFile) -> None:
    found = read_file("page.txt", page(*FURNITURE, PROSE, *flat(ENTRIES[1:])))
    assert [(paper.title, paper.text) for paper in papers(found)] == ENTRIES[1:]
    assert skipped(found)[0].startswith("page.txt:6: a text without a title: 'Small robots")


def test_a_single_paper_with_sections_is_no_listing(read_file: ReadFile) -> None:
    sections = [
        "Scent Maps for Small Robots",
        "Abstract",
        PROSE,
        "1 Introduction",
        SHORTER,
        "Conclusion",
        OTHER,
    ]
    (paper,) = papers(read_file("paper.txt", page(*sections)))
    assert paper.title == sections[0]
    assert paper.text == "\n".join(sections[1:])


def test_markdown_with_long_paragraphs_is_no_listing(read_file: ReadFile) -> None:
    text = "\n\n".join(f"## {title}\n\n{abstract}" for title, abstract in ENTRIES)
    (paper,) = papers(read_file("paper.txt", text))
    assert paper.title == ENTRIES[0][0]


def test_a_page_saved_under_any_name(read_file: ReadFile) -> None:
    for name in ["page.md", "page", "page.csv.txt"]:
        assert len(papers(read_file(name, page(*FURNITURE, *flat(ENTRIES))))) == 3


def test_a_page_that_lists_nothing(read_file: ReadFile) -> None:
    found = read_file("page.txt", page(*FURNITURE))
    assert skipped(found) == ["page.txt: no paper in it (is it the right file?)"]
