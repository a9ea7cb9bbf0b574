"""One built encoder for all tests of this room."""

from pathlib import Path

import pytest

from rag.embedding import MiniLM, load_minilm


@pytest.fixture(scope="session")
def models_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the built graph."""
    folder = tmp_path_factory.mktemp("models")
    load_minilm(folder)
    return folder


@pytest.fixture(scope="session")
def minilm(models_folder: Path) -> MiniLM:
    """The built-in embedder, on two threads."""
    return load_minilm(models_folder, threads=2)
