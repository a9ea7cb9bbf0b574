"""Hostile files beside sound ones: each costs a line or a few, the rest is read, nothing is written elsewhere."""

from __future__ import annotations

import gzip
import io
import json
import os
import resource
import stat
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from rag.corpus import Skipped, read
from rag.corpus.document import Document
from rag.corpus.found import Fault
from rag.corpus.pdf import read as read_pdf
from rag.index import Index
from rag.settings import load_settings
from rag.types import Paper
from tests.invented import PAPERS, write_jsonl

ROW = json.dumps({"title": "Kites", "abstract": "They fly."}) + "\n"


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    entry = zipfile.ZipInfo(name)
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry, target.encode()


def pdf_of(stream: bytes, filters: bytes = b"/FlateDecode", kids: bytes = b"3 0 R") -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [%s] /Count 1 >>" % kids,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R >>",
        b"<< /Length %d /Filter [%s] >>\nstream\n%s\nendstream" % (len(stream), filters, stream),
    ]
    body = b"\n".join(b"%d 0 obj %s endobj" % (number, content) for number, content in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"\ntrailer << /Root 1 0 R >>\n%%EOF"


def bomb(layers: int, size: int) -> bytes:
    data = b"\x00" * size
    for _ in range(layers):
        data = zlib.compress(data, 9)
    return data


FILES: dict[str, Callable[[], bytes]] = {
    "bomb.zip": lambda: zipped(("a.txt", b" " * 200_000_000)),
    "many.zip": lambda: zipped(*((f"{n}.txt", b"") for n in range(20_000))),
    "nested.zip": lambda: zipped(("inner.zip", zipped(("a.jsonl", ROW.encode())))),
    "out.zip": lambda: zipped(("../../escaped.jsonl", ROW.encode()), ("/tmp/escaped.jsonl", ROW.encode())),
    "drive.zip": lambda: zipped(("C:\\escaped.jsonl", ROW.encode()), ("..\\escaped.jsonl", ROW.encode())),
    "link.zip": lambda: zipped(link("passwd.txt", "/etc/passwd")),
    "same.zip": lambda: zipped(("a.jsonl", ROW.encode()))[:-22] * 3,
    "bomb.jsonl.gz": lambda: gzip.compress(b" " * 200_000_000),
    "twice.gz": lambda: gzip.compress(gzip.compress(ROW.encode())),
    "cut.gz": lambda: gzip.compress(os.urandom(5_000))[:-9],
    "deep.json": lambda: b"[" * 200_000,
    "deep.jsonl": lambda: b'{"title":' * 100_000 + b"\n",
    "number.jsonl": lambda: b'{"title": 1e999999, "abstract": ' + b"9" * 100_000 + b"}\n",
    "huge-line.jsonl": lambda: b'{"title": "x", "abstract": "' + b"y" * 30_000_000 + b"\n",
    "title.jsonl": lambda: json.dumps({"title": "T" * 10_000, "abstract": "x"}).encode(),
    "field.csv": lambda: b'title,abstract\n"' + b"x" * 20_000_000,
    "columns.csv": lambda: b"title,abstract" + b",x" * 500_000 + b"\n" + b"," * 500_000 + b"\n",
    "braces.bib": lambda: b"@article{x, title=" + b"{" * 200_000,
    "strings.bib": lambda: b"".join(b"@string{s%d = s%d # s%d}\n" % (n, n, n) for n in range(9)) + b"@misc{a,title=s9}",
    "endless.ris": lambda: b"TY  - JOUR\n" * 100_000,
    "nothing.md": lambda: b"---\n" * 50_000,
    "yaml.md": lambda: b"---\na: &a [x,x]\nb: &b [*a,*a]\ntitle: !!python/object/apply:os.system [id]\n---\n",
    "page.html": lambda: b"<html><script>alert(1)</script></html>",
    "program": lambda: b"\x7fELF" + os.urandom(4_000),
    "picture.png": lambda: b"\x89PNG\r\n\x1a\n" + os.urandom(4_000),
    "wide.txt": lambda: ("\ufeff" + ROW).encode("utf-32"),
    "bomb.pdf": lambda: pdf_of(bomb(2, 500_000_000), b"/FlateDecode /FlateDecode"),
    "circle.pdf": lambda: pdf_of(b"", kids=b"2 0 R 2 0 R 2 0 R"),
    "pages.pdf": lambda: pdf_of(b"", kids=b"3 0 R " * 200_000),
    "self.pdf": lambda: b"%PDF-1.4\nxref\n0 1\ntrailer << /Prev 9 /Root 1 0 R >>\nstartxref\n9\n%%EOF",
    "cut.pdf": lambda: b"%PDF-1.7\n" + os.urandom(2_000),
}  # fmt: skip


def test_the_sound_papers_among_hostile_files(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    for name, content in FILES.items():
        (folder / name).write_bytes(content())
    write_jsonl(folder / "sound.jsonl", PAPERS)
    (folder / "loop").symlink_to(folder)
    (folder / "zero.txt").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.txt")
    before = sorted(path for path in tmp_path.rglob("*") if home not in path.parents)

    command = [sys.executable, "-m", "rag.cli", "ingest", str(folder)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=400, check=False)
    assert ended.returncode == 1, ended.stderr[-2_000:]  # something was skipped
    assert "Traceback" not in ended.stderr
    told = ended.stdout + ended.stderr
    untold = [name for name in FILES if name not in told]
    read_ones = {s.name for p in Index(load_settings(home=home).index_folder).snapshot().papers() for s in p.sources}
    assert not [name for name in untold if not any(name in source for source in read_ones)], told[-2_000:]
    titles = {paper.title for paper in Index(load_settings(home=home).index_folder).snapshot().papers()}
    assert set(PAPERS) <= titles
    assert not any("root:" in title or "passwd" in title for title in titles)
    assert sorted(path for path in tmp_path.rglob("*") if home not in path.parents) == before
    assert not Path("/tmp/escaped.jsonl").exists()
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss < 3_000_000  # kilobytes, of the largest


@pytest.mark.parametrize("name", FILES)
def test_each_is_told_in_one_line(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[name]())
    found = list(read([path]))
    assert found
    for item in found[:50]:
        assert isinstance(item, Paper | Skipped)
        if isinstance(item, Skipped):
            assert "\n" not in str(item)
            assert len(str(item)) < 600
            assert name in str(item)


@pytest.mark.slow
def test_a_pdf_without_end() -> None:
    """Sixty million operators in 60 kB: the deadline holds."""
    stream = bomb(1, 0) and zlib.compress(b"BT (a) Tj ET\n" * 5_000_000, 9)
    content = pdf_of(stream)
    with pytest.raises(Fault):
        list(read_pdf(Document("a.pdf", "/a.pdf", content, 10**9, partial(io.BytesIO, content)), seconds=5))


@pytest.mark.slow
def test_an_abstract_of_five_megabytes_is_kept_whole(home: Path, tmp_path: Path) -> None:
    from rag.cli import main

    text = " ".join(f"Sentence {n} tells of pond number {n} and of its many singing frogs." for n in range(75_000))
    assert main(["ingest", str(write_jsonl(tmp_path / "a.jsonl", {"The Long One": text}))]) == 0
    (paper,) = Index(load_settings(home=home).index_folder).snapshot().papers()
    assert paper.text == text
