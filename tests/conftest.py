"""What all tests share."""

from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.embedding import load_minilm
from rag.ingest import ingest
from rag.settings import load_settings
from tests.invented import PAPERS, numbered, write_jsonl

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data beside the project that tests read and that is no part of it."""
    if not _SHARED.is_dir():
        pytest.skip("needs ../shared (the sample pages and data), which is not here")
    return _SHARED


@pytest.fixture(scope="session")
def models_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose encoder is built; its `models` folder is what other homes link to."""
    home = tmp_path_factory.mktemp("models-home")
    load_minilm(home / "models")
    return home


@pytest.fixture
def home(tmp_path: Path, models_home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home with a built encoder, the one that settings see, also in processes that a test starts."""
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "models").symlink_to(models_home / "models")
    monkeypatch.setenv("FOOTNOTE_HOME", str(folder))
    monkeypatch.chdir(tmp_path)
    return folder


@pytest.fixture(scope="session")
def pond(tmp_path_factory: pytest.TempPathFactory, models_home: Path) -> Assistant:
    """An assistant over the invented papers."""
    home = tmp_path_factory.mktemp("pond")
    (home / "models").symlink_to(models_home / "models")
    settings = load_settings(home=home)
    ingest([write_jsonl(home / "pond.jsonl", {**PAPERS, **numbered(35)})], settings)
    return Assistant(settings)
