"""Encodings, and files that are no text."""

import codecs
import json

import pytest

from tests.corpus.conftest import ReadFile, papers, skipped

TEXT = "Étude des modèles naïfs\n\nNous montrons que les modèles échouent « souvent » à Zürich."
ROWS = "".join(
    json.dumps({"title": title, "abstract": "Déjà vu."}, ensure_ascii=False) + "\n" for title in ["A", "É", "C"]
)
RUSSIAN = "Бумажные змеи\n\n" + "Мы показываем, что бумажные змеи летают выше птиц и измеряют погоду на вершинах. " * 5


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_a_text_in_each_encoding(read_file: ReadFile, encoding: str) -> None:
    (paper,) = papers(read_file("a.txt", TEXT.encode(encoding)))
    assert f"{paper.title}\n\n{paper.text}" == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_lines_in_each_encoding(read_file: ReadFile, encoding: str) -> None:
    found = read_file("a.jsonl", ROWS.encode(encoding))
    assert [paper.title for paper in papers(found)] == ["A", "É", "C"]
    assert papers(found)[0].text == "Déjà vu."


def test_the_other_utf_16(read_file: ReadFile) -> None:
    found = read_file("a.jsonl", codecs.BOM_UTF16_BE + ROWS.encode("utf-16-be"))
    assert len(papers(found)) == 3


def test_an_older_encoding(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("a.txt", RUSSIAN.encode("cp1251")))
    assert paper.title == "Бумажные змеи"


def test_a_damaged_byte_costs_one_line(read_file: ReadFile) -> None:
    found = read_file("a.jsonl", ROWS.encode().replace("É".encode(), b"\xff"))
    assert [paper.title for paper in papers(found)] == ["A", "C"]
    assert skipped(found) == ["a.jsonl:2: byte 0xff is not text in the file's encoding (save it as UTF-8)"]


def test_a_damaged_byte_in_an_array_costs_one_element(read_file: ReadFile) -> None:
    array = "[" + ROWS.strip().replace("\n", ",\n") + "]"
    found = read_file("a.json", array.encode().replace("É".encode(), b"\xff"))
    assert [paper.title for paper in papers(found)] == ["A", "C"]
    assert skipped(found) == ["a.json:2: byte 0xff is not text in the file's encoding (save it as UTF-8)"]


def test_a_damaged_byte_in_a_text(read_file: ReadFile) -> None:
    found = read_file("a.txt", TEXT.encode().replace(b"Z", b"\xff"))
    assert skipped(found) == ["a.txt:3: byte 0xff is not text in the file's encoding (save it as UTF-8)"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "an empty file"),
        (b" \n\t\n", "nothing in it but white space"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "a PNG image, which is not read"),
        (bytes(range(256)) * 50, "a binary file, which is not read"),
        (b"\x7fELF" + bytes(400), "a program, which is not read"),
        (bytes(257) + b"ustar" + bytes(250), "a tar archive, which is not read"),
        (b"<!DOCTYPE html><html><body>Hello</body></html>", "an HTML page, which is not read"),
        (b"% note\n\\documentclass{article}\n\\begin{document}", "LaTeX source, which is not read"),
    ],
)
def test_what_holds_no_papers(read_file: ReadFile, content: bytes, said: str) -> None:
    (report,) = skipped(read_file("thing", content))
    assert report.startswith(f"thing: {said} (")


@pytest.mark.parametrize("name", ["a.txt", "a.bib", "a.md", "a.ris"])
def test_a_file_over_the_limit_is_not_held(read_file: ReadFile, name: str) -> None:
    (report,) = skipped(read_file(name, "Kites\n\n" + "They fly. " * 500, max_file_bytes=1_000))
    assert report.startswith(f"{name}: larger than 0.001 MB")
