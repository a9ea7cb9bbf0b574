"""The bundled papers: complete, and no figure in them that their abstract does not have."""

import re
from pathlib import Path

from rag.corpus import bundled, catalogued, merge, read
from rag.text.keywords import keywords_in
from rag.text.title import title_key
from rag.types import Paper
from tests.corpus.conftest import papers

FEWEST, MOST = 450, 1_200  # characters of a digest
WORDS = {
    word: value
    for value, word in enumerate(
        "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen".split(), 3
    )
} | {"twenty": 20, "thirty": 30, "hundred": 100}
UNITS = {
    "percent": "%", "percentage": "%", "times": "x", "fold": "x", "thousand": "k", "million": "m",
    "billion": "b", "trillion": "t",
}  # fmt: skip
FIGURE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)(?:[\s-]*(%|x(?![a-z])|[kmbt]\b|[a-z]+))?")


def plain(text: str) -> str:
    r"""Text with its ways of writing a figure made one: `1,000`, `6times`, `\times 50`, `13~\% percent`."""
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text.lower())
    text = re.sub(r"[$\\{}]", "", re.sub(r"~|\bsim(?=\d)", " ", text))
    text = re.sub(r"(?<!\d)(?<!\d )times\s*(\d+(?:\.\d+)?)", r"\1x ", text)
    for word, value in WORDS.items():
        text = re.sub(rf"\b{word}\b", str(value), text)
    return re.sub(r"(?<=\d)\s*(?:x|times)\s*(?=\d)", "x ", text.replace("×", "x"))


def figures(text: str) -> set[tuple[float, str]]:
    """The figures of a text, each with `%`, `x`, `k`, `m`, `b`, `t` if it has one of these."""
    found = set()
    for number, unit in FIGURE.findall(plain(text)):
        short = UNITS.get(unit, unit)
        found.add((float(number), short if short in {"%", "x", "k", "m", "b", "t"} else ""))
    return found


def digits(text: str) -> set[float]:
    """Every number in a text, those within names too."""
    return {float(number) for number in re.findall(r"\d+(?:\.\d+)?", plain(text))}


def test_figures_are_found_however_they_are_written() -> None:
    assert figures("1,000 GPUs, 1.54 times, 6times, \\times 50, 13~\\% percent") == {
        (1000, ""), (1.54, "x"), (6, "x"), (50, "x"), (13, "%"),
    }  # fmt: skip
    assert figures("seven models of 8 billion, 62B and 0.3B; a 2x gain") == {
        (7, ""), (8, "b"), (62, "b"), (0.3, "b"), (2, "x"),
    }  # fmt: skip
    assert digits("LLaMA2-7B at 10^4") == {2, 7, 10, 4}


def test_there_are_444_papers() -> None:
    found = list(bundled())
    assert len(found) == 456
    merged = merge(found)
    assert len(merged) == 444
    for paper in merged:
        assert [source.name for source in paper.sources][:1] == ["bundled digests"]
        assert set(paper.metadata) == {"kind", "keywords"}
        assert paper.metadata["kind"] == "digest"
        assert FEWEST <= len(paper.text) <= MOST
        assert paper.text.isprintable()


def test_each_has_keywords_that_are_no_sentences() -> None:
    for paper in bundled():
        keywords = keywords_in(paper.metadata["keywords"])
        assert 20 <= len(keywords) <= 40, paper.title
        assert max(len(keyword.split()) for keyword in keywords) <= 10
        assert keywords_in("; ".join(keywords)) == keywords  # none twice


def test_the_keywords_of_a_known_paper_come_with_its_own() -> None:
    known = next(iter(bundled()))
    own = Paper("1", known.title.upper(), "A text.", (), {"keywords": "kites; CLIP"})
    unknown = Paper("2", "Kites", "A text.", ())
    found, other = catalogued([own, unknown])
    assert keywords_in(found.metadata["keywords"])[:2] == ["kites", "CLIP"]
    assert set(keywords_in(known.metadata["keywords"])) <= set(keywords_in(found.metadata["keywords"]))
    assert other == unknown


def by_title(shared: Path) -> dict[str, list[Paper]]:
    found: dict[str, list[Paper]] = {}
    for paper in papers(list(read([shared / "corpus"]))):
        found.setdefault(title_key(paper.title), []).append(paper)
    return found


def test_they_are_the_papers_of_the_sample_pages(shared: Path) -> None:
    assert {title_key(paper.title) for paper in bundled()} == set(by_title(shared))


def test_every_figure_of_a_digest_stands_in_its_abstract(shared: Path) -> None:
    originals = by_title(shared)
    wrong = {}
    for digest in bundled():
        texts = " ".join(f"{paper.title}. {paper.text}" for paper in originals[title_key(digest.title)])
        made_up = (figures(digest.text) - figures(texts)) | {
            (number, "anywhere") for number in digits(digest.text) - digits(texts)
        }
        unexplained = {(number, unit) for number, unit in made_up if unit or number not in digits(texts)}
        if unexplained:
            wrong[digest.title] = unexplained
    assert wrong == {}


def test_the_paper_itself_takes_the_place_of_its_digest(shared: Path) -> None:
    real = merge(papers(list(read([shared / "corpus"]))))
    both = merge([*bundled(), *real])
    assert sorted(both, key=lambda paper: paper.id) == sorted(real, key=lambda paper: paper.id)
