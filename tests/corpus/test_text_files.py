"""Plain text and Markdown: one paper a file."""

import textwrap

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


@pytest.mark.parametrize(
    ("front", "title"),
    [
        ("title: >-\n  Kites in\n  Wind", "Kites in Wind"),
        ("title: |\n  Kites in Wind", "Kites in Wind"),
        ("title: Kites [extended]", "Kites [extended]"),
        ('title: A study of "kites"', 'A study of "kites"'),
        ('title: "Kites: in Wind"  # ours', "Kites: in Wind"),
    ],
)
def test_titles_of_front_matter(read_file: ReadFile, front: str, title: str) -> None:
    (paper,) = papers(read_file("a.md", f"---\n{front}\nauthors:\n  - Ann Lee\n  - Bo Kim\n---\n\nThey fly.\n"))
    assert (paper.title, paper.text, paper.metadata["authors"]) == (title, "They fly.", "Ann Lee; Bo Kim")


def test_front_matter_may_hold_the_abstract(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("a.md", "---\ntitle: Kites\nabstract: They fly.\n---\n"))
    assert paper.text == "They fly."


def test_a_remark_in_code_is_no_heading(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("a.md", "```sh\n# install\n```\n\n# Kites\n\nThey fly.\n"))
    assert paper.title == "Kites"


@pytest.mark.parametrize("width", [60, 72, 80])
def test_a_wrapped_text_is_one_paper(read_file: ReadFile, width: int) -> None:
    body = " ".join(f"Kites of size {i} fly in winds that reach {i} knots, We measure their pull." for i in range(12))
    (paper,) = papers(read_file("a.txt", "Kites in Wind\n\n" + textwrap.fill(body, width) + "\n"))
    assert paper.title == "Kites in Wind"


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("<!DOCTYPE html><html>", "an HTML page"),
        ("<?xml version='1.0'?>", "not valid XML"),
        ("{\\rtf1", "an RTF document"),
    ],
)
def test_large_markup_is_refused_like_small(read_file: ReadFile, start: str, kind: str) -> None:
    (told,) = skipped(read_file("a.txt", start + "\n<p>Kites fly in the wind over the sea.</p>" * 3000))
    assert kind in told


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("train.py", "# Kites\n\nimport os\n"),
        ("conf.yaml", "a: 1\nb: 2\n"),
        ("paper.bbl", "\\begin{thebibliography}{1}\nLee\n"),
        ("paper.log", "This is pdfTeX\nentering extended mode\n"),
    ],
)
def test_what_lies_beside_papers_is_none(read_file: ReadFile, name: str, text: str) -> None:
    (told,) = skipped(read_file(name, text))
    assert "which is no paper" in told
    assert papers(read_file("a.txt", text))


def test_papers_in_a_file_of_any_name_are_read(read_file: ReadFile) -> None:
    assert papers(read_file("papers.log", '{"title": "Kites", "abstract": "They fly."}\n'))
