"""What all tests share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from rag.assistant import Assistant
from rag.embedding import load_minilm
from rag.ingest import ingest
from rag.reading import load_reader
from rag.settings import load_settings as settings_of
from tests.invented import PAPERS, numbered, write_jsonl

KEY = "sk-planted-4b1d9c"
"""The model's key in every test that has one: nothing that a test logs or leaves behind may hold it."""

settings.register_profile("long", max_examples=20_000, deadline=None)
if os.environ.get("FOOTNOTE_FUZZ"):
    settings.load_profile(os.environ["FOOTNOTE_FUZZ"])  # `FOOTNOTE_FUZZ=long sh scripts/test tests/corpus`

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data beside the project that tests read and that is no part of it."""
    if not _SHARED.is_dir():
        pytest.skip("needs ../shared (the sample pages and data), which is not here")
    return _SHARED


@pytest.fixture(scope="session")
def models_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose encoder and reader are built; its `models` folder is what other homes link to."""
    home = tmp_path_factory.mktemp("models-home")
    load_minilm(home / "models")
    load_reader(home / "models")
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
    chosen = settings_of(home=home)
    ingest([write_jsonl(home / "pond.jsonl", {**PAPERS, **numbered(35)})], chosen)
    return Assistant(chosen)


@pytest.fixture(autouse=True)
def no_key_in_logs(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No log line of any test, however detailed, holds the key."""
    yield
    assert KEY not in caplog.text


@pytest.fixture(scope="session", autouse=True)
def no_key_on_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No file that any test left behind holds the key."""
    yield
    held = [path for path in tmp_path_factory.getbasetemp().rglob("*") if path.is_file() and _holds_key(path)]
    assert held == []


def _holds_key(path: Path) -> bool:
    try:
        return KEY.encode() in path.read_bytes()
    except OSError:
        return False
