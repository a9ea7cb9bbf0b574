"""Where settings come from, and what is said of those that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from rag.errors import SettingsError
from rag.settings import load_settings
from tests.conftest import KEY


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_first_place_that_has_it_wins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "footnote.toml").write_text("k = 3\ncandidates = 30\nthreads = 1\nmax_sentences = 2\n", encoding="utf8")
    (folder / ".env").write_text("FOOTNOTE_CANDIDATES=40\nFOOTNOTE_THREADS=2\nFOOTNOTE_MAX_SENTENCES=3\n", "utf8")
    monkeypatch.setenv("FOOTNOTE_THREADS", "3")
    monkeypatch.setenv("FOOTNOTE_MAX_SENTENCES", "4")
    found = load_settings(max_sentences=5)
    assert (found.k, found.candidates, found.threads, found.max_sentences) == (3, 40, 3, 5)


@pytest.mark.parametrize(
    ("text", "told", "hint"),
    [
        (b"k = = 3\n", r"footnote\.toml cannot be read: .*line 1", "mend"),
        (b"k = '\xff'\n", r"footnote\.toml cannot be read", "mend"),
        (b"candidate = 50\n", r"no setting 'candidate' in footnote\.toml", "do you mean candidates?"),
        (b"FOOTNOTE_CANDIDATES = 50\n", r"no setting 'FOOTNOTE_CANDIDATES' in", "do you mean candidates?"),
        (b"[colours]\nsky = 'blue'\n", r"no setting 'colours'", "README"),
        (b"k = 5000\n", "FOOTNOTE_K is 5000: .*less than or equal to 100", "papers"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(folder: Path, text: bytes, told: str, hint: str) -> None:
    (folder / "footnote.toml").write_bytes(text)
    with pytest.raises(SettingsError, match=told) as caught:
        load_settings()
    assert hint in caught.value.hint


def test_an_env_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / ".env").write_bytes(b"FOOTNOTE_K=\xff\xfe\n")
    with pytest.raises(SettingsError, match=r"\.env cannot be read"):
        load_settings()


@pytest.mark.parametrize("name", ["llm_api_key", "store_token"])
def test_a_key_of_the_wrong_type_is_not_repeated(folder: Path, name: str) -> None:
    (folder / "footnote.toml").write_text(f'{name} = ["sk-of-a-file"]\n', encoding="utf8")
    with pytest.raises(SettingsError, match=f"FOOTNOTE_{name.upper()}: ") as caught:
        load_settings()
    assert "sk-of-a-file" not in str(caught.value)


def test_a_variable_that_is_no_setting_is_told_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("FOOTNOTE_CANDIDATE", KEY)
    monkeypatch.setenv("FOOTNOTE_SHOTS", "folder")
    monkeypatch.setenv("FOOTNOTE_PORT_80_TCP", "tcp://10.0.0.1:80")  # what Kubernetes sets beside a service
    (folder / ".env").write_text("FOOTNOTE_POND=7\nPOND=8\n", encoding="utf8")
    assert load_settings() == load_settings()
    told = [record.getMessage() for record in caplog.records if record.name == "rag.settings"]
    assert told == [
        "FOOTNOTE_CANDIDATE is no setting and does nothing: do you mean FOOTNOTE_CANDIDATES?",
        "FOOTNOTE_POND is no setting and does nothing",
    ]


def test_an_argument_that_is_no_setting_is_refused() -> None:
    with pytest.raises(SettingsError, match="no setting 'candidate'") as caught:
        load_settings(candidate=50)
    assert "candidates" in caught.value.hint
