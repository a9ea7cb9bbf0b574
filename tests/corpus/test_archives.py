"""Archives: what they hold is read in place, and what would harm is left shut."""

import gzip
import io
import json
import stat
import zipfile

import pytest

from tests.corpus.conftest import ReadFile, papers, skipped

ROW = json.dumps({"title": "Kites", "abstract": "They fly."}) + "\n"
OTHER = json.dumps({"title": "Clocks", "abstract": "They drift."}) + "\n"


def packed(*members: tuple[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def test_a_packed_file(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("papers.jsonl.gz", gzip.compress(ROW.encode())))
    assert paper.sources[0].name == "papers.jsonl.gz"


def test_a_packed_file_is_told_by_content(read_file: ReadFile) -> None:
    assert len(papers(read_file("papers", gzip.compress(ROW.encode())))) == 1


def test_members_come_by_name_and_hidden_ones_not_at_all(read_file: ReadFile) -> None:
    content = packed(
        ("b.jsonl", ROW), ("a/inner.csv", "title,abstract\nScent,smell\n"), ("__MACOSX/._b", "x"), (".c", "x")
    )
    found = read_file("papers.zip", content)
    assert [paper.sources[0].name for paper in papers(found)] == [
        "papers.zip/a/inner.csv",
        "papers.zip/b.jsonl",
    ]
    assert papers(found)[0].sources[0].path.endswith("/papers.zip")
    assert skipped(found) == []


def test_line_numbers_within_a_member(read_file: ReadFile) -> None:
    (report,) = skipped(read_file("papers.zip", packed(("in.jsonl", ROW + "broken\n"))))
    assert report.startswith("papers.zip/in.jsonl:2: not valid JSON")


@pytest.mark.parametrize("name", ["../evil.jsonl", "a/../../evil.jsonl", "/etc/evil.jsonl", "..\\evil.jsonl"])
def test_a_member_that_leads_out(read_file: ReadFile, name: str) -> None:
    found = read_file("papers.zip", packed((name, ROW), ("z.jsonl", OTHER)))
    assert [paper.title for paper in papers(found)] == ["Clocks"]
    (report,) = skipped(found)
    assert report.startswith("papers.zip/")
    assert "its path leads out of the archive" in report


def test_a_bomb_among_members(read_file: ReadFile) -> None:
    found = read_file("papers.zip", packed(("a.txt", b"\x20" * 30_000_000), ("z.jsonl", OTHER)))
    assert [paper.title for paper in papers(found)] == ["Clocks"]
    assert skipped(found) == [
        "papers.zip/a.txt: unpacks to more than 200 times its size (unpack it first if you trust it)"
    ]


def test_a_packed_bomb(read_file: ReadFile) -> None:
    (report,) = skipped(read_file("a.jsonl.gz", gzip.compress(ROW.encode() + b"\n" * 30_000_000)))
    assert "unpacks to more than 200 times its size" in report


def test_a_member_over_the_limit(read_file: ReadFile) -> None:
    found = read_file(
        "papers.zip", packed(("a.txt", "Kites\n" + "fly " * 1_000), ("z.jsonl", OTHER)), max_file_bytes=999
    )
    assert [paper.title for paper in papers(found)] == ["Clocks"]
    assert skipped(found)[0].startswith("papers.zip/a.txt: larger than")


def test_an_archive_within_an_archive(read_file: ReadFile) -> None:
    (report,) = skipped(read_file("outer.zip", packed(("inner.zip", packed(("a.jsonl", ROW))))))
    assert report == "outer.zip/inner.zip: an archive within an archive (unpack the outer one first)"


def test_a_protected_member(read_file: ReadFile) -> None:
    content = bytearray(packed(("a.jsonl", ROW), ("b.jsonl", OTHER)))
    content[content.index(b"PK\x01\x02") + 8] |= 1  # the first member's flag in the directory
    found = read_file("papers.zip", bytes(content))
    assert [paper.title for paper in papers(found)] == ["Clocks"]
    assert skipped(found) == ["papers.zip/a.jsonl: protected by a password (unpack it first)"]


@pytest.mark.parametrize("content", [b"PK\x03\x04 no archive", packed(("a.jsonl", ROW))[:-30], b"\x1f\x8bjunk"])
def test_a_damaged_archive(read_file: ReadFile, content: bytes) -> None:
    assert skipped(read_file("a.zip", content)) == ["a.zip: a damaged archive (fetch or pack it again)"]


def test_what_comes_before_the_damage_is_read(read_file: ReadFile) -> None:
    rows = "".join(json.dumps({"title": f"Paper {n}", "abstract": str(n**40)}) + "\n" for n in range(4_000))
    content = gzip.compress(rows.encode())
    found = read_file("papers.jsonl.gz", content[: len(content) // 2])
    assert 1_000 < len(papers(found)) < 3_000
    assert skipped(found) == ["papers.jsonl.gz: a damaged archive (fetch or pack it again)"]


def test_a_damaged_member_does_not_hide_the_next(read_file: ReadFile) -> None:
    content = bytearray(packed(("a.jsonl", ROW * 50), ("b.jsonl", OTHER)))
    content[40:50] = b"\xff" * 10
    found = read_file("papers.zip", bytes(content))
    assert [paper.title for paper in papers(found)] == ["Clocks"]
    assert skipped(found) == ["papers.zip/a.jsonl: a damaged archive (fetch or pack it again)"]


def test_an_office_document_is_no_archive_of_papers(read_file: ReadFile) -> None:
    (report,) = skipped(read_file("paper.docx", packed(("[Content_Types].xml", "<x/>"), ("word/document.xml", "<x/>"))))
    assert report == "paper.docx: an Office document (save it as PDF or as plain text)"


def test_a_link_in_an_archive_is_only_its_text(read_file: ReadFile) -> None:
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(link, "/etc/passwd")
    assert skipped(read_file("a.zip", out.getvalue()))[0].startswith("a.zip/link.txt:1: no abstract for '/etc/passwd'")
