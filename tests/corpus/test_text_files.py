"""Plain text and Markdown: one paper a file."""

import pytest

from tests.corpus.conftest import ReadFile, papers, skipped


def test_plain_text(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("kites.txt", "\n\n  Kites in Wind\n\nThey fly.\n\tHigh \\eg at 200times.\n\n"))
    assert (paper.title, paper.text) == ("Kites in Wind", "They fly.\n\tHigh \\eg at 200times.")


def test_a_text_without_a_title_is_named_for_its_file(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("kites_in_wind.txt", "They fly high. " * 50))
    assert (paper.title, len(paper.text)) == ("kites in wind", 50 * 15 - 1)


def test_a_title_alone(read_file: ReadFile) -> None:
    assert skipped(read_file("kites.txt", "Kites\n"))[0].startswith("kites.txt:1: no abstract for 'Kites'")


@pytest.mark.parametrize(
    "text",
    [
        "# Kites in Wind\n\nThey **fly**.\n\n## More\n\nHigh.",
        "Kites in Wind\n=====\nThey **fly**.\n\n## More\n\nHigh.",
    ],
)
def test_markdown(read_file: ReadFile, text: str) -> None:
    (paper,) = papers(read_file("kites", text))
    assert (paper.title, paper.text) == ("Kites in Wind", "They **fly**.\n\n## More\n\nHigh.")


def test_front_matter(read_file: ReadFile) -> None:
    text = '---\ntitle: "Kites"\nauthors: A. Lee\ndate: 2024-01-02\n---\n\n# Kites\n\nThey fly.'
    (paper,) = papers(read_file("kites.md", text))
    assert (paper.title, paper.text, paper.metadata) == (
        "Kites",
        "They fly.",
        {"authors": "A. Lee", "year": "2024"},
    )


def test_text_before_the_heading_stays(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("kites.md", "A preface.\n\n# Kites\n\nThey fly."))
    assert (paper.title, paper.text) == ("Kites", "A preface.\n\nThey fly.")
