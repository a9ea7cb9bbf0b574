"""PDF, with files made on the spot."""

import io
from functools import partial

import pypdf
import pytest

from rag.corpus.document import Document
from rag.corpus.found import Fault
from rag.corpus.pdf import read
from tests.corpus.conftest import ReadFile, papers, skipped
from tests.corpus.pdf_pages import Line, pdf

TITLE = "Compact Adapters for Speech"
HEAD = [Line("arXiv:2401.00001v1 [cs.CL] 1 Jan 2024", 9), Line(TITLE, 20), Line("Ann Lee, Bob Kim", 12)]
ABSTRACT = [
    Line("Abstract", 12),
    Line("We study adapters and their infor-"),
    Line("mation. They need 2% of weights."),
]
REST = [Line("1 Introduction", 12), Line("Speech is hard.")]


@pytest.mark.parametrize("given", [TITLE, "", "main.dvi", "Microsoft Word - draft 3"])
def test_title_and_abstract(read_file: ReadFile, given: str) -> None:
    (paper,) = papers(read_file("paper.pdf", pdf([*HEAD, *ABSTRACT, *REST], title=given)))
    assert (paper.title, paper.text) == (
        TITLE,
        "We study adapters and their information. They need 2% of weights.",
    )


def test_the_whole_text_where_no_abstract_is_marked(read_file: ReadFile) -> None:
    (paper,) = papers(read_file("paper.pdf", pdf([*HEAD, *ABSTRACT[1:]], [Line("On the second page.")])))
    assert paper.title == TITLE
    assert "2% of weights" in paper.text
    assert paper.text.endswith("On the second page.")


def test_a_scan(read_file: ReadFile) -> None:
    (report,) = skipped(read_file("scan.pdf", pdf([])))
    assert report == "scan.pdf: a PDF without text: a scan? (run text recognition (OCR) on it first)"


def encrypted(password: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf([*HEAD, *ABSTRACT, *REST])))
    writer.encrypt(password, owner_password="owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_an_encrypted_file(read_file: ReadFile) -> None:
    assert skipped(read_file("a.pdf", encrypted("secret"))) == ["a.pdf: an encrypted PDF (save it without a password)"]
    assert papers(read_file("b.pdf", encrypted("")))[0].title == TITLE


@pytest.mark.parametrize("content", [b"%PDF-1.4\nhello", pdf([*HEAD])[:400], b"%PDF-1.7\n" + b"\x00\xff[" * 5_000])
def test_a_damaged_file(read_file: ReadFile, content: bytes) -> None:
    assert skipped(read_file("a.pdf", content)) == ["a.pdf: a damaged PDF (fetch it again, or give its text)"]


def test_a_file_over_the_limit_is_not_parsed(read_file: ReadFile) -> None:
    (report,) = skipped(read_file("a.pdf", pdf([*HEAD, *ABSTRACT]), max_file_bytes=500))
    assert report.startswith("a.pdf: larger than 0.0005 MB")


def test_a_file_that_takes_too_long() -> None:
    content = pdf([*HEAD, *ABSTRACT])
    document = Document("a.pdf", "/a.pdf", content, 100_000, partial(io.BytesIO, content))
    with pytest.raises(Fault) as caught:
        list(read(document, seconds=0.001))  # less than it takes to begin
    assert caught.value.message == "a PDF that cannot be read within 0.001 s"
