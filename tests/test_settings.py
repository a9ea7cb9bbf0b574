"""Where settings come from, and what is said of those that are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr

from rag.assistant import Assistant
from rag.embedding import load_embedder
from rag.errors import SettingsError
from rag.settings import changed, load_settings, openai_key
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


def test_a_folder_of_prompts_that_is_not_there_is_told(folder: Path) -> None:
    assert load_settings(prompts=folder).prompts == folder
    with pytest.raises(SettingsError, match=r"FOOTNOTE_PROMPTS is .*prompt-s'.*: there is no such folder"):
        load_settings(prompts=folder / "prompt-s")


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


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("home", "~nobody-of-this-name/x", "no such user"),
        ("home", "footnote.toml", "is a file"),
        ("prompts", "footnote.toml", "is a file"),
        ("store", "http://[", "no address"),
        ("store", "~nobody-of-this-name/x", "no folder"),
        ("llm_base_url", "nonsense", "no address"),
        ("llm_base_url", "ftp://x", "no address"),
        ("llm_base_url", "http://[", "no address"),
        ("llm_base_url", "http://x:99999/v1", "no address"),
        ("llm_base_url", f"ftp://user:{KEY}@x", "no address"),
        ("llm_api_key", f"{KEY} twice", "without blanks"),
        ("llm_api_key", f"{KEY}é", "ASCII"),
        ("lock_timeout_s", "inf", "finite"),
        ("lock_timeout_s", "nan", "finite"),
        ("llm_price_in", "inf", "finite"),
    ],
)
def test_a_value_that_cannot_be_used_is_told_at_once(folder: Path, name: str, value: str, told: str) -> None:
    (folder / "footnote.toml").write_text(f'{name} = "{value}"\n', encoding="utf8")
    with pytest.raises(SettingsError, match=told) as caught:
        load_settings()
    assert caught.value.message.startswith(f"FOOTNOTE_{name.upper()}")
    assert KEY not in str(caught.value)
    (folder / "footnote.toml").unlink()  # no test leaves the key on disk


def test_a_tilde_is_the_users_folder_wherever_it_stands(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(folder))
    (folder / "footnote.toml").write_text('home = "~/here"\nprompts = "~/said"\n', encoding="utf8")
    (folder / "said").mkdir()
    assert (load_settings().home, load_settings().prompts) == (folder / "here", folder / "said")
    assert load_settings(home="~/there").home == folder / "there"


def test_an_empty_value_counts_as_unset(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    default = load_settings().home
    monkeypatch.setenv("FOOTNOTE_HOME", "")
    monkeypatch.setenv("FOOTNOTE_K", "")
    assert (load_settings().home, load_settings().k) == (default, 6)
    (folder / "footnote.toml").write_text('home = ""\n', encoding="utf8")
    assert load_settings().home == default


@pytest.mark.parametrize(("file", "text"), [(".env", "FOOTNOTE_K=3\r\n"), ("footnote.toml", "k = 3\r\n")])
def test_a_file_that_begins_with_a_byte_order_mark(folder: Path, file: str, text: str) -> None:
    (folder / file).write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert load_settings().k == 3


def test_a_folder_called_as_the_file_is_told(folder: Path) -> None:
    (folder / "footnote.toml").mkdir()
    with pytest.raises(SettingsError, match=r"footnote\.toml cannot be read: it is a folder"):
        load_settings()


def test_an_openai_key_that_no_request_can_carry_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f"{KEY}\nsecond line")
    for needs_it in (Assistant, lambda: load_embedder("openai:text-embedding-3-small", load_settings().models_folder)):
        with pytest.raises(SettingsError, match=r"OPENAI_API_KEY: .*without blanks") as caught:
            needs_it()
        assert KEY not in str(caught.value)
    assert Assistant(offline=True).model is None
    monkeypatch.setenv("OPENAI_API_KEY", f" {KEY}\r\n")  # as a file on Windows has it
    assert openai_key() == KEY


ELSEWHERE = "http://models.example/v1"


@pytest.mark.parametrize(
    ("file", "text", "sent"),
    [
        (".env", f"FOOTNOTE_LLM_BASE_URL={ELSEWHERE}", ""),
        (".env", f"FOOTNOTE_LLM_BASE_URL={ELSEWHERE}\nFOOTNOTE_LLM_API_KEY=beside", "beside"),
        (".env", f"FOOTNOTE_LLM_BASE_URL={ELSEWHERE}\nOPENAI_API_KEY=beside", "beside"),
        (".env", "FOOTNOTE_LLM_BASE_URL=http://127.0.0.1@models.example/v1", ""),
        (".env", "FOOTNOTE_LLM_BASE_URL=http://api.openai.com/v1", ""),  # in the clear
        (".env", "FOOTNOTE_LLM_BASE_URL=https://api.openai.com/v1", KEY),
        (".env", "FOOTNOTE_LLM_BASE_URL=http://localhost:11434/v1", KEY),
        (".env", "FOOTNOTE_LLM_BASE_URL=http://[::1]:11434/v1", KEY),
        ("footnote.toml", f'llm_base_url = "{ELSEWHERE}"', ""),
        ("footnote.toml", f'llm_base_url = "{ELSEWHERE}"\nllm_api_key = "beside"', "beside"),
    ],
)
def test_the_environments_key_is_not_for_an_address_of_a_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch, file: str, text: str, sent: str
) -> None:
    (folder / file).write_text(text, encoding="utf8")
    monkeypatch.setenv("FOOTNOTE_LLM_API_KEY", KEY)
    found = changed(load_settings(), k=3)
    assert found.llm_api_key is not None
    assert found.llm_api_key.get_secret_value() == sent
    assert found.sends_no_key is not bool(sent)


@pytest.mark.parametrize(
    ("text", "environment", "sent"),
    [
        ("FOOTNOTE_LLM=gpt-4.1", {}, "beside"),
        ("FOOTNOTE_LLM=gpt-4.1\nFOOTNOTE_LLM_BASE_URL=https://api.openai.com/v1", {}, "beside"),
        ("FOOTNOTE_LLM=gpt-4.1\nFOOTNOTE_LLM_API_KEY=own", {}, "own"),
        ("FOOTNOTE_LLM=gpt-4.1", {"OPENAI_API_KEY": KEY}, None),  # that of the environment
        ("FOOTNOTE_LLM=gpt-4.1", {"FOOTNOTE_LLM_API_KEY": KEY}, KEY),
        ("FOOTNOTE_LLM=gpt-4.1", {"FOOTNOTE_LLM_BASE_URL": ELSEWHERE}, None),
        ("FOOTNOTE_LLM=gpt-4.1", {"OPENAI_BASE_URL": ELSEWHERE}, None),
    ],
)
def test_openais_key_may_stand_in_dotenv(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, environment: dict[str, str], sent: str | None
) -> None:
    (folder / ".env").write_text(f"OPENAI_API_KEY=beside\n{text}\n", encoding="utf8")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = load_settings().llm_api_key
    assert (found and found.get_secret_value()) == sent


def test_a_key_in_dotenv_alone_configures_no_model(folder: Path) -> None:
    (folder / ".env").write_text("OPENAI_API_KEY=beside\n", encoding="utf8")
    assert load_settings().chat_model == ""


def test_a_key_goes_where_the_environment_or_code_says(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / ".env").write_text(
        f"FOOTNOTE_LLM_BASE_URL={ELSEWHERE}\nFOOTNOTE_STORE=http://models.example\n", encoding="utf8"
    )
    monkeypatch.setenv("FOOTNOTE_STORE_TOKEN", KEY)
    assert load_settings().store_token == load_settings().llm_api_key == SecretStr("")
    assert load_settings(llm_base_url="https://mine.example/v1").llm_api_key is None
    monkeypatch.setenv("FOOTNOTE_LLM_BASE_URL", "https://mine.example/v1")
    monkeypatch.setenv("FOOTNOTE_STORE", "https://mine.example")
    assert load_settings().llm_api_key is None
    assert load_settings().store_token == SecretStr(KEY)


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("", "gpt-4.1-mini"),
        ("FOOTNOTE_LLM_BASE_URL=https://api.openai.com/v1", "gpt-4.1-mini"),
        (f"FOOTNOTE_LLM_BASE_URL={ELSEWHERE}", ""),
        (f"FOOTNOTE_LLM_BASE_URL={ELSEWHERE}\nFOOTNOTE_LLM=qwen3", "qwen3"),
        (f"FOOTNOTE_LLM_BASE_URL={ELSEWHERE}\nFOOTNOTE_LLM_API_KEY=beside", "gpt-4.1-mini"),
    ],
)
def test_a_key_for_openai_has_no_other_address_asked(
    folder: Path, monkeypatch: pytest.MonkeyPatch, text: str, model: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (folder / ".env").write_text(text, encoding="utf8")
    assert load_settings().chat_model == model


@pytest.mark.parametrize("name", ["FOOTNOTE_LLM_BASE_URL", "FOOTNOTE_LLM_API_KEY", "footnote_store"])
def test_a_file_builds_no_address_of_the_environments_keys(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (folder / ".env").write_text(f"{name}=http://models.example/${{OPENAI_API_KEY}}\n", encoding="utf8")
    with pytest.raises(SettingsError, match="names another variable") as caught:
        load_settings()
    assert KEY not in str(caught.value)
