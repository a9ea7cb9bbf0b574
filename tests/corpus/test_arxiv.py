"""The metadata snapshot of arXiv."""

import gzip
import json

from tests.corpus.conftest import ReadFile, papers, skipped

RECORD = {
    "id": "0704.0001",
    "submitter": "A. Lee",
    "authors": 'A. Lee, B. G\\"odel',
    "title": "Scent Maps for\n  Small Robots",
    "doi": None,
    "abstract": "  Robots smell at $\\alpha$ degrees,\nand find home.\n  They need 200times less.\n",
    "categories": "cs.RO cs.LG",
    "versions": [{"version": "v1", "created": "Mon, 2 Apr 2007 19:18:42 GMT"}],
    "update_date": "2011-01-05",
    "authors_parsed": [["Lee", "A.", ""]],
}


def test_line_breaks_that_wrap_are_folded(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("snapshot.json", json.dumps(RECORD) + "\n"))
    assert paper.title == "Scent Maps for Small Robots"
    assert paper.text == "Robots smell at $\\alpha$ degrees, and find home. They need 200times less."
    assert paper.metadata == {
        "id": "0704.0001",
        "url": "https://arxiv.org/abs/0704.0001",
        "authors": "A. Lee, B. Gödel",
        "year": "2007",
        "categories": "cs.RO cs.LG",
        "update_date": "2011-01-05",
    }


def test_a_broken_line_among_many(read_file: ReadFile) -> None:
    rows = [json.dumps(RECORD | {"title": f"Paper {n}"}) for n in range(200)]
    rows[150] = rows[150][:300]
    found = read_file("snapshot.json", "\n".join(rows))
    assert len(papers(found)) == 199
    assert skipped(found)[0].startswith("snapshot.json:151: not valid JSON")


def test_an_array_and_a_packed_file(read_file: ReadFile) -> None:
    array = json.dumps([RECORD, RECORD | {"title": "Kites"}], indent=1).encode()
    assert [paper.title for paper in papers(read_file("a.json", array))] == [
        "Scent Maps for Small Robots",
        "Kites",
    ]
    (first, _) = papers(read_file("a.json.gz", gzip.compress(array)))
    assert (first.sources[0].name, first.metadata["year"]) == ("a.json.gz", "2007")
