"""BibTeX and RIS, as reference managers write them."""

import time

import pytest

from rag.corpus.tex import without_tex
from tests.corpus.conftest import ReadFile, papers, skipped

BIB = r"""% my library
@string{conf = "Conference on Kites"}
@inproceedings{lee2024,
  title = {{BERT} and the {P}aradox of G{\"o}del at $\alpha$},
  author = {Lee, A. and G{\"o}del, B.},
  abstract = {Kites fly
     at 5\% more.},
  booktitle = conf, year = 2024, doi = {10.1/x}
}
@article{open, title = {Never closed, abstract = {x}
@article{kim2023, title = "Second", abstract = "Text two.", year = 2023}
@book{none, title = {No abstract here}}
@article{kim2023, title = {Same key}, abstract = {Text three.}, year = 2020, year = 2021}
"""
RIS = """TY  - JOUR
TI  - Scent Maps
AU  - Lee, A.
AU  - Kim, B.
AB  - Robots smell
      very well.
PY  - 2024/05//
DO  - 10.1/x
UR  - https://example.org/x
ER  -

TY  - JOUR
TI  - Cut off

TY  - JOUR
T1  - Kites
N2  - They fly.
ER  -
"""


def test_bibtex(read_file: ReadFile) -> None:
    found = read_file("library.bib", BIB)
    first, second, third = papers(found)
    assert first.title == r"BERT and the Paradox of Gödel at $\alpha$"
    assert first.text == "Kites fly at 5% more."
    assert first.metadata == {
        "year": "2024", "authors": "Lee, A.; Gödel, B.", "venue": "Conference on Kites", "doi": "10.1/x",
    }  # fmt: skip
    assert (second.title, third.title) == ("Second", "Same key")
    broken, lonely = skipped(found)
    assert broken.startswith("library.bib:10: not valid BibTeX: Unexpected block start: `@article`.")
    assert lonely.startswith("library.bib:12: no abstract for 'No abstract here'")


def test_ris(read_file: ReadFile) -> None:
    found = read_file("library.ris", RIS)
    first, second = papers(found)
    assert (first.title, first.text) == ("Scent Maps", "Robots smell very well.")
    assert first.metadata == {
        "year": "2024", "authors": "Lee, A.; Kim, B.", "doi": "10.1/x", "url": "https://example.org/x",
    }  # fmt: skip
    assert (second.title, second.text) == ("Kites", "They fly.")
    assert skipped(found) == ["library.ris:12: a record without its end: expected a line `ER  -` (export it again)"]


def test_they_are_told_by_content(read_file: ReadFile) -> None:
    assert len(papers(read_file("export.txt", BIB))) == 3
    assert len(papers(read_file("export2.txt", RIS))) == 2


def test_a_paper_that_quotes_bibtex_is_no_bibtex(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("paper.md", f"# Kites\n\nThey fly.\n\n```\n{BIB}\n```\n"))
    assert paper.title == "Kites"


def test_marked_up_titles_stay_apart(read_file: ReadFile) -> None:
    found = read_file(
        "a.bib",
        r"""@article{a, title={\emph{Learning} to rank}, abstract={One.}}
@article{b, title={\emph{Planning} to rank}, abstract={Two.}}
@article{c, title={H\textsubscript{2}O \& {\it E. coli} at 50\%}, abstract={Three.}}
""",
    )
    titles = ["Learning to rank", "Planning to rank", "H2O & E. coli at 50%"]
    assert [paper.title for paper in papers(found)] == titles


def test_a_key_that_comes_twice_keeps_no_delimiters(read_file: ReadFile) -> None:
    entry = '@article{k, title={%s}, abstract={Text {two} of it.}, doi={10.1/x}, url="http://x"}\n'
    first, second = papers(read_file("a.bib", entry % "One paper" + entry % "Other paper"))
    assert first.text == second.text == "Text two of it."
    assert (second.metadata["doi"], second.metadata["url"]) == ("10.1/x", "http://x")


def test_a_preamble_before_ris(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("a.txt", f"Provider: a house\nContent: text\n\n{RIS.partition('ER  -')[0]}ER  -\n"))
    assert paper.title == "Scent Maps"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (r"{BERT} gains 80.5{\%} on {SQ}u{AD}, {\textasciitilde}2 points", "BERT gains 80.5% on SQuAD, ~2 points"),
        (r"of $O(\sqrt{T})$ \& \textit{much} less", r"of $O(\sqrt{T})$ & much less"),
        (
            r"``Two'' by P{\'e}rez, Fig.~3, 1--2 --- by ~5\% {\textcopyright} 2017",
            "“Two” by Pérez, Fig. 3, 1–2 — by ~5% © 2017",
        ),
        (r"\${\textbackslash}alpha\_\{x\}\$ for \$5 {\textless}10", r"$\alpha_{x}$ for $5 <10"),
        (r"after \cite{lee_2020} and \foo{a}{b}", r"after \cite{lee_2020} and \foo{a}{b}"),
    ],
)
def test_an_abstract_reads_as_its_tex_does(read_file: ReadFile, written: str, meant: str) -> None:
    (paper,) = papers(read_file("a.bib", f"@article{{k, title={{Kites}}, abstract={{It is {written}.}}}}\n"))
    assert paper.text == f"It is {meant}."


def test_an_address_in_bibtex_keeps_its_tilde(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("a.bib", r"@misc{k, title={A}, abstract={B.}, url={http://x/~lee/a{\_}b}}"))
    assert paper.metadata["url"] == "http://x/~lee/a_b"


@pytest.mark.parametrize("hostile", [r"\(a", "``a", "{", r"\x{", "$a\\$"])
def test_tex_that_is_never_closed_takes_no_time(hostile: str) -> None:
    began = time.process_time()
    without_tex(hostile * 50_000)
    assert time.process_time() - began < 5
