"""JSON Lines and JSON arrays."""

import json

import pytest

from tests.corpus.conftest import ReadFile, papers, skipped

ONE = {"title": "Scent Maps", "abstract": "Robots smell.\nThey find home."}
TWO = {"paper_title": "Kites", "Summary": "They fly at $\\alpha$ degrees, 200times, sim1\\% \\eg high."}


def lines(*rows: object) -> str:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows) + "\n"


def test_fields_are_found_under_their_usual_names(read_file: ReadFile) -> None:
    first, second = papers(read_file("papers.jsonl", lines(ONE, TWO)))
    assert (first.title, first.text) == ("Scent Maps", "Robots smell.\nThey find home.")
    assert (second.title, second.text) == ("Kites", TWO["Summary"])


@pytest.mark.parametrize("name", ["abstract", "summary", "text", "body", "content", "digest", "Description"])
def test_each_name_of_a_text(read_file: ReadFile, name: str) -> None:
    (paper,) = papers(read_file("papers.jsonl", lines({"Title": "Kites", name: "They fly."})))
    assert paper.text == "They fly."


def test_metadata_are_strings(read_file: ReadFile) -> None:
    row = ONE | {
        "published": "2024-05-01",
        "authors": [{"name": "A. Lee"}, "B. Kim"],
        "doi": "10.1/x",
        "id": 7,
        "n": 1,
    }
    (paper,) = papers(read_file("papers.jsonl", lines(row)))
    assert paper.metadata == {"year": "2024", "authors": "A. Lee; B. Kim", "doi": "10.1/x", "id": "7"}


def test_what_cannot_be_stored_is_taken_out(read_file: ReadFile) -> None:
    row = '{"title": "A\\u0000 B\\n\\tC", "abstract": "  one\\ud800 two\\u0007\\r\\nthree\\u0000  "}\n'
    (paper,) = papers(read_file("papers.jsonl", row))
    assert (paper.title, paper.text) == ("A B C", "one two\nthree")


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ('{"title": "Cut', "not valid JSON: unterminated string"),
        ("not json", "not valid JSON: expected value, found 'not json' at column 1"),
        ('{"title": "A" "abstract": "B"}', "not valid JSON: expected ',' delimiter, found '\"abstract\""),
        ("[1, 2]", "expected a JSON object, found '[1, 2]'"),
        ("[" * 100_000, "not usable JSON"),
        (
            '{"abstract": "B", "year": 1}',
            "no title: expected a field title, paper_title, name, found abstract, year",
        ),
        ('{"title": "Lonely"}', "no abstract for 'Lonely'"),
        ('{"title": "   ", "abstract": "B"}', "no title"),
        ('{"title": "%s", "abstract": "B"}' % ("x" * 2000), "a title of 2,000 characters"),
    ],
)
def test_a_broken_line_is_one_report_and_the_rest_is_read(read_file: ReadFile, bad: str, said: str) -> None:
    found = read_file("papers.jsonl", lines(ONE, "", bad, TWO))
    assert [paper.title for paper in papers(found)] == ["Scent Maps", "Kites"]
    (report,) = skipped(found)
    assert report.startswith(f"papers.jsonl:3: {said}")
    assert report.endswith(")")
    assert "\n" not in report


def test_a_broken_first_line_does_not_hide_the_others(read_file: ReadFile) -> None:
    found = read_file("papers.json", lines('{"title": broken', TWO, ONE))
    assert [paper.title for paper in papers(found)] == ["Kites", "Scent Maps"]
    assert skipped(found)[0].startswith("papers.json:1: not valid JSON")


def test_a_line_that_is_too_long_is_not_held(read_file: ReadFile) -> None:
    long = json.dumps({"title": "Long", "abstract": "x" * 5_000})
    found = read_file("papers.jsonl", lines(ONE, long, TWO), max_file_bytes=2_000)
    assert [paper.title for paper in papers(found)] == ["Scent Maps", "Kites"]
    assert skipped(found)[0].startswith("papers.jsonl:2: a line of more than 2,000 characters")


def test_json_lines_are_streamed_past_the_size_limit(read_file: ReadFile) -> None:
    found = read_file("papers.jsonl", lines(*[ONE] * 100), max_file_bytes=1_000)
    assert len(papers(found)) == 100


@pytest.mark.parametrize("indent", [None, 2])
def test_an_array(read_file: ReadFile, indent: int | None) -> None:
    found = read_file(
        "papers.json", json.dumps([ONE, TWO, {"title": "Brackets ]}", "text": 'a "{" \\ b'}], indent=indent)
    )
    assert [paper.title for paper in papers(found)] == ["Scent Maps", "Kites", "Brackets ]}"]
    assert papers(found)[2].text == 'a "{" \\ b'
    assert skipped(found) == []


def test_a_long_array_is_streamed(read_file: ReadFile) -> None:
    rows = [{"title": f"Paper {n}", "abstract": 'say \\"so\\" ' * (n % 7 + 1)} for n in range(3_000)]
    found = read_file("papers.json", json.dumps(rows), max_file_bytes=10_000)
    assert [paper.title for paper in papers(found)] == [row["title"] for row in rows]


def test_a_broken_element_of_an_array(read_file: ReadFile) -> None:
    broken = '{"title": "B, "abstract": "b"}'
    text = f'[\n{{"title": "A", "abstract": "a"}},\n{broken},\n{{"title": "C", "abstract": "c"}}\n]'
    found = read_file("papers.json", text)
    assert [paper.title for paper in papers(found)] == ["A", "C"]
    assert skipped(found)[0].startswith("papers.json:3: not valid JSON")


def test_an_array_that_is_cut_off(read_file: ReadFile) -> None:
    found = read_file("papers.json", '[\n{"title": "A", "abstract": "a"},\n{"title": "B", "abs')
    assert [paper.title for paper in papers(found)] == ["A"]
    assert skipped(found) == ["papers.json:3: the JSON array is not closed (the file seems to be cut off)"]


def test_one_object_over_several_lines(read_file: ReadFile) -> None:
    assert [p.title for p in papers(read_file("a.json", json.dumps(ONE, indent=1)))] == ["Scent Maps"]
    assert len(papers(read_file("b.json", json.dumps({"papers": [ONE, TWO | ONE]}, indent=1)))) == 2


@pytest.mark.parametrize(
    "reply",
    [
        {"total": 2, "offset": 0, "data": [{"title": "Kites", "abstract": "They fly."}]},
        {"message": {"items": [{"title": ["Kites"], "abstract": "They fly."}, {"year": 2020}]}},
        {"title": "Kites", "abstract": "They fly.", "references": [{"title": "Older kites"}]},
        {"title": "Kites", "abstract_inverted_index": {"They": [0], "fly.": [1]}},
        {"title": "Kites", "abstractNote": "They fly."},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_what_interfaces_reply_with(read_file: ReadFile, reply: dict[str, object], indent: int | None) -> None:
    found = papers(read_file("reply.json", json.dumps(reply, indent=indent)))
    assert [(paper.title, paper.text) for paper in found] == [("Kites", "They fly.")]


def test_no_number_is_no_text(read_file: ReadFile) -> None:
    assert skipped(read_file("papers.jsonl", '{"title": "Kites", "abstract": NaN}\n'))


def test_authors_by_parts(read_file: ReadFile) -> None:
    row = ONE | {"author": [{"family": "Lee", "given": "Ann"}, {"last": "Kim", "first": "Bo"}]}
    (paper,) = papers(read_file("papers.jsonl", lines(row)))
    assert paper.metadata["authors"] == "Ann Lee; Bo Kim"
