"""Whatever a file holds, reading it gives papers and reports, and raises nothing."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rag.corpus import Skipped, merge, read
from rag.types import Paper
from tests.corpus.conftest import papers

NAMES = st.sampled_from("a a.txt a.jsonl a.json a.csv a.tsv a.bib a.ris a.nbib a.xml a.md a.zip a.jsonl.gz".split())
ROW = '{"title": "Kites", "abstract": "They fly.", "update_date": "2020", "versions": []}\n'
SAMPLES = [
    ROW * 3,
    f"[{ROW},\n{ROW}]",
    json.dumps({"papers": [json.loads(ROW)]}, indent=1),
    'title,abstract\nKites,"They\nfly"\nClocks,drift\n',
    "@article{a, title={Kites}, abstract={They fly}}\n@misc{b, title={Clocks}}\n",
    "TY  - JOUR\nTI  - Kites\nAB  - They fly.\nER  - \n" * 2,
    "PMID- 1\nTI  - Kites\nAB  - They\n      fly.\nAU  - Lee A\n\nPMID- 2\nTI  - Clocks\nAB  - They drift.\n",
    "<feed xmlns='a'><entry><id>b</id><title>Kites</title><summary>They &lt; fly</summary></entry></feed>",
    "---\ntitle: Kites\n---\n# Kites\n\nThey fly.\n",
    "new\nSubscribe\nbyAK and the research community\nMar 3\nKites in the Wind\nThey fly high above all.\n",
]
RELAXED = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)


def zipped(content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.jsonl", content)
        archive.writestr("b.txt", content)
    return out.getvalue()


def check(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    found = list(read([folder / name], max_file_bytes=100_000))
    assert found, "neither a paper nor a report"
    for item in found:
        assert isinstance(item, Paper | Skipped)
        assert "\n" not in str(item)
        if isinstance(item, Paper):
            assert item.title == " ".join(item.title.split()) != ""
            assert item.text == item.text.strip() != ""
            (item.title + item.text + "".join(item.metadata.values())).encode("utf-8")
    assert len(merge(papers(found))) <= len(papers(found))


@RELAXED
@given(name=NAMES, content=st.binary(max_size=2_000).filter(lambda content: b"%PDF-" not in content))
def test_any_bytes(tmp_path: Path, name: str, content: bytes) -> None:
    check(tmp_path, name, content)


@RELAXED
@given(name=NAMES, content=st.text(max_size=2_000))
def test_any_text(tmp_path: Path, name: str, content: str) -> None:
    check(tmp_path, name, content.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("pack", [bytes, gzip.compress, zipped])
@RELAXED
@given(data=st.data(), name=NAMES, sample=st.sampled_from(SAMPLES))
def test_sound_files_with_damage(
    tmp_path: Path, pack: Callable[[bytes], bytes], data: st.DataObject, name: str, sample: str
) -> None:
    content = bytearray(pack(sample.encode()))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(content)))
        cut = data.draw(st.integers(0, 8))
        content[at : at + cut] = data.draw(st.binary(max_size=8))
    check(tmp_path, name, bytes(content))


def test_importing_the_room_does_not_import_the_parsers() -> None:
    import subprocess
    import sys

    heavy = "{'pypdf', 'bibtexparser', 'rispy', 'charset_normalizer', 'pydantic', 'importlib.resources'}"
    code = f"import sys, rag.corpus; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
