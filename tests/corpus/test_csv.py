"""Tables in plain text."""

import pytest

from tests.corpus.conftest import ReadFile, papers, skipped


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter(read_file: ReadFile, delimiter: str) -> None:
    rows = [["ID", "Paper Title", "Year", "ABSTRACT"], ["1", "Kites", "2024", "They fly"]]
    (paper,) = papers(read_file("table.txt", "\n".join(delimiter.join(row) for row in rows)))
    assert (paper.title, paper.text, paper.metadata) == ("Kites", "They fly", {"id": "1", "year": "2024"})


def test_quoted_cells_may_hold_anything(read_file: ReadFile) -> None:
    text = 'title,abstract\r\n"Kites, and ""more""","They fly.\r\nHigh, too."\r\nScent,Smell\r\n'
    first, second = papers(read_file("table.csv", text))
    assert (first.title, first.text) == ('Kites, and "more"', "They fly.\nHigh, too.")
    assert second.title == "Scent"


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ('Open,"left open', "a quote is left open"),
        ("a,b,c", "expected 2 cells as in the header, found 3"),
        ("alone", "expected 2 cells as in the header, found 1"),
        ("Lonely,", "no abstract for 'Lonely'"),
        (",no title", "no title"),
    ],
)
def test_a_broken_row_is_one_report_and_the_rest_is_read(read_file: ReadFile, bad: str, said: str) -> None:
    found = read_file("table.csv", f'title,abstract\nKites,fly\n{bad}\nScent,"smell\nwell"\nClocks,drift\n')
    assert [paper.title for paper in papers(found)] == ["Kites", "Scent", "Clocks"]
    (report,) = skipped(found)
    assert report.startswith(f"table.csv:3: {said}")


def test_two_open_quotes_do_not_swallow_what_lies_between(read_file: ReadFile) -> None:
    found = read_file("table.csv", 'title,abstract\nA,"a\nB,b\nC,c\nD,d"x\nE,e\n')
    assert [paper.title for paper in papers(found)] == ["B", "C", "D", "E"]
    assert [report.split(": ")[0] for report in skipped(found)] == ["table.csv:2"]


def test_a_quote_mark_within_a_cell_stays(read_file: ReadFile) -> None:
    rows = "".join(f'Disk {i},Some are 5" wide.\n' for i in range(5))
    assert [paper.text for paper in papers(read_file("table.csv", f"title,abstract\n{rows}"))] == [
        'Some are 5" wide.'
    ] * 5


@pytest.mark.parametrize(
    "header", ["Title,Abstract Note", "Document Title,Abstract", "Article Title,Abstract", "titles,summaries", "TI,AB"]
)
def test_the_names_that_exports_give(read_file: ReadFile, header: str) -> None:
    (paper,) = papers(read_file("export.csv", f"{header}\nKites,They fly.\n"))
    assert (paper.title, paper.text) == ("Kites", "They fly.")


def test_bare_quotes_in_a_table_with_tabs(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("table.tsv", 'title\tabstract\nScreens\t"5 inches wide\n'))
    assert paper.text == '"5 inches wide'


def test_a_header_without_the_columns(read_file: ReadFile) -> None:
    (report,) = skipped(read_file("table.csv", "a,b\n1,2\n3,4\n"))
    assert report.startswith("table.csv:1: no title and abstract in the header: found 'a, b'")


def test_rows_are_streamed_past_the_size_limit(read_file: ReadFile) -> None:
    found = read_file("table.csv", "title,abstract\n" + "Kites,fly\n" * 500, max_file_bytes=1_000)
    assert len(papers(found)) == 500


@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_excels_word_on_the_delimiter_is_no_header(read_file: ReadFile, delimiter: str) -> None:
    (paper,) = papers(
        read_file("a.csv", f"\ufeffsep={delimiter}\r\ntitle{delimiter}abstract\r\nKites{delimiter}They fly.\r\n")
    )
    assert (paper.title, paper.text) == ("Kites", "They fly.")


def test_lines_before_the_header_are_passed_over(read_file: ReadFile) -> None:
    before = '"https://example.org/search?q=kites",2024/01/02\n# exported by hand\n\n'
    found = read_file("export.csv", f"{before}title,abstract\nKites,They fly.\nalone\n")
    assert [paper.title for paper in papers(found)] == ["Kites"]
    assert skipped(found)[0].startswith("export.csv:6: expected 2 cells")


def test_quotes_behind_backslashes(read_file: ReadFile) -> None:
    (paper,) = papers(
        read_file("spark.csv", r"title,abstract" "\n" r'"Kites, \"wide\" ones","They \"fly\", high."' "\n")
    )
    assert (paper.title, paper.text) == ('Kites, "wide" ones', 'They "fly", high.')


def test_blank_cells_behind_the_last_column(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("a.csv", "title,abstract\nKites,They fly.,,\n"))
    assert paper.text == "They fly."
