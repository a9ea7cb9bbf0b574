"""Every knob, as a validated value with its unit and default. Values only: nothing is built here.

A value comes, first found first, from: an argument in code, the environment (`FOOTNOTE_K=6`), a `.env`
file in the working folder, a `footnote.toml` in the working folder, the default below. An empty one counts as unset.

A working folder may hold other people's files. Where only a file of it names the place that a key would be sent to,
none but a key that stands in the same file is sent there.
"""

from __future__ import annotations

import logging
import os
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingsError
from rag.location import Server, location_of, may_be_told

_log = logging.getLogger(__name__)
_DEFAULT_MODEL = "gpt-4.1-mini"  # with nothing but OPENAI_API_KEY
# Variables that begin as settings do and are none: the command's, the tests', and what Kubernetes sets for a service.
_NO_SETTINGS = re.compile(r"footnote_(?:debug|fuzz|peer_python|shots|(?:service|port)(?:_.*)?)")
_KEYS = {"llm_base_url": "llm_api_key", "store": "store_token"}  # what names a place, and the key that is sent there


class Settings(BaseSettings):
    """The settings of one assistant. Immutable; `load_settings` reports a bad value as one line."""

    model_config = SettingsConfigDict(
        env_prefix="FOOTNOTE_",
        env_file=".env",
        env_file_encoding="utf-8-sig",  # as Windows writes it, too
        env_ignore_empty=True,
        toml_file="footnote.toml",
        frozen=True,
        extra="ignore",
        allow_inf_nan=False,
    )

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("footnote", appauthor=False)),
        description="the one folder that everything written goes to: index, models, caches",
    )
    store: str = Field(
        "",
        description="where the Chroma collection lives: a folder, http(s)://HOST:PORT of a Chroma server, "
        "cloud://TENANT/DATABASE; empty: the folder `index` in home",
    )
    store_token: SecretStr | None = Field(None, description="key for the Chroma server or Chroma Cloud")
    embedder: str = Field("builtin", description="`builtin` or the name of a LlamaIndex embedding")
    k: int = Field(6, ge=1, le=100, description="papers that a question is answered from")
    candidates: int = Field(20, ge=5, le=1000, description="papers that reranking looks at")
    max_sentences: int = Field(4, ge=1, le=20, description="sentences in an offline answer about one paper")
    abstain_below: float | None = Field(
        None,
        ge=0,
        le=1,
        description="probability of being answerable under which it abstains; unset: as trained",
    )
    llm: str = Field("", description="the language model that writes answers; empty: none, or OpenAI's with its key")
    llm_base_url: str = Field("", description="address of an OpenAI-compatible endpoint; empty: OpenAI's own")
    llm_api_key: SecretStr | None = Field(None, description="key for the endpoint; unset: OPENAI_API_KEY")
    llm_timeout_s: float = Field(60, gt=0, le=3600, description="seconds that one answer may wait for the model")
    llm_retries: int = Field(2, ge=0, le=10, description="further attempts after a fault that may pass")
    llm_max_tokens: int = Field(1200, ge=50, le=32_000, description="tokens that the model may write in one reply")
    llm_price_in: float | None = Field(None, ge=0, description="price of a million tokens read, in your currency")
    llm_price_out: float | None = Field(None, ge=0, description="price of a million tokens written")
    offline: bool = Field(False, description="whether to answer without a language model even if one is configured")
    evidence_tokens: int = Field(5000, ge=200, le=200_000, description="tokens of passages that the model is shown")
    survey_cap: int = Field(120, ge=1, le=10_000, description="papers that the model judges for one listing")
    verify: Literal["local", "llm", "off"] = Field("local", description="who checks the sentences of a model")
    unsupported: Literal["mark", "drop", "abstain"] = Field(
        "mark", description="what becomes of a sentence that its passages do not support"
    )
    prompts: Path | None = Field(None, description="folder of prompts that replace the built-in ones of the same name")
    cache: bool = Field(True, description="whether replies of the model are kept and used again")
    threads: int = Field(0, ge=0, le=256, description="CPU threads for encoding; 0: as many as there are cores")
    ray: str = Field("", description="address of a Ray cluster that encodes papers; empty: this machine does")
    max_file_mb: int = Field(100, ge=1, description="megabytes above which a file that cannot be streamed is skipped")
    lock_timeout_s: float = Field(600, ge=0, description="seconds an ingest waits for another one to finish")

    @field_validator("home", "prompts")
    @classmethod
    def _whole_path(cls, path: Path | None) -> Path | None:
        """With `~` for the user's folder, wherever the value came from."""
        if path is None:
            return None
        if "\0" in str(path):
            raise ValueError("no path has a NUL in it")
        try:
            path = path.expanduser()
        except RuntimeError:
            raise ValueError("there is no such user") from None
        if path.exists() and not path.is_dir():
            raise ValueError("it is a file, not a folder")
        return path

    @field_validator("prompts")
    @classmethod
    def _prompts_are_there(cls, folder: Path | None) -> Path | None:
        if folder is not None and not folder.exists():
            raise ValueError("there is no such folder")
        return folder

    @field_validator("store")
    @classmethod
    def _store_is_a_place(cls, store: str) -> str:
        location_of(store, Path())
        return store

    @field_validator("llm_base_url")
    @classmethod
    def _base_url_is_an_address(cls, address: str) -> str:
        address = address.strip()
        if address and not _is_http(address):
            raise ValueError("it is no address as http://HOST:PORT/v1 or https://HOST/v1")
        return address

    @field_validator("llm_api_key", "store_token")
    @classmethod
    def _key_fits_a_header(cls, key: SecretStr | None) -> SecretStr | None:
        if key is None:
            return None
        return SecretStr(_fit_for_a_header(key.get_secret_value()))

    @property
    def sends_no_key(self) -> bool:
        """Whether the model is asked without a key, because only a file of the working folder names its address."""
        return self.llm_api_key is not None and not self.llm_api_key.get_secret_value()

    @property
    def index_folder(self) -> Path:
        """The folder of the index; with a server, of what is derived from it here."""
        place = self.store_location
        return place if isinstance(place, Path) else self.home / "remote" / place.folder_name

    @property
    def store_location(self) -> Path | Server:
        """Where the passages are kept."""
        return location_of(self.store, self.home / "index")

    @property
    def models_folder(self) -> Path:
        """The folder that built encoder graphs are cached in."""
        return self.home / "models"

    @property
    def chat_model(self) -> str:
        """The name of the language model that answers are written by; empty for none.

        A key for OpenAI chooses OpenAI's model: none at an address that the key is not sent to.
        """
        if self.offline:
            return ""
        if self.llm or self.sends_no_key:
            return self.llm
        return _DEFAULT_MODEL if os.environ.get("OPENAI_API_KEY", "").strip() else ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The order of precedence named at the top of this module."""
        for source in (env_settings, dotenv_settings):
            if isinstance(source, EnvSettingsSource):
                _warn_of_strangers(source.env_vars)
        toml = _Toml(settings_cls)
        chosen, files = (init_settings(), env_settings()), (_with_openai_key(dotenv_settings), toml())
        keys = _key_for_openai(chosen, files) | _keys_of_files(chosen, files)
        return InitSettingsSource(settings_cls, keys), init_settings, env_settings, dotenv_settings, toml


class _Toml(TomlConfigSettingsSource):
    """`footnote.toml`, in which there is nothing but settings."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        if Path("footnote.toml").is_dir():
            raise SettingsError("footnote.toml cannot be read: it is a folder", "mend it, or take it away")
        super().__init__(settings_cls)

    def _read_file(self, file_path: Any) -> dict[str, Any]:
        try:
            found = tomllib.loads(Path(file_path).read_text(encoding="utf-8-sig"))
        except (OSError, ValueError) as error:
            raise SettingsError(f"{file_path} cannot be read: {error}", "mend it, or take it away") from None
        if unknown := next((name for name in found if name not in Settings.model_fields), None):
            raise _unknown(unknown, f" in {file_path}")
        return {name: value for name, value in found.items() if value != ""}


def _keys_of_files(chosen: Sequence[Mapping[str, Any]], files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The key, perhaps an empty one, for each place that only one of `files` names: the one that stands beside it.

    A folder that somebody else filled must not lead the keys of the environment to an address of theirs.
    """
    kept: dict[str, Any] = {}
    for place, key in _KEYS.items():
        file = next((file for file in files if place in file), None)
        if file is None or any(place in source for source in chosen) or may_be_told(str(file[place])):
            continue
        kept[key] = file.get(key, "")
    return kept


def _key_for_openai(chosen: Sequence[Mapping[str, Any]], files: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The key in `.env`, the first of `files`, where nothing else gives one and OpenAI or this machine is asked."""
    dotenv, toml = files
    if os.environ.get("OPENAI_API_KEY", "").strip() or any(source.get("llm_api_key") for source in (*chosen, toml)):
        return {}
    named = (str(source["llm_base_url"]) for source in (*chosen, *files) if source.get("llm_base_url"))
    address = next(named, os.environ.get("OPENAI_BASE_URL", ""))
    key = dotenv.get("llm_api_key")
    return {"llm_api_key": key} if key and (not address or may_be_told(address)) else {}


def _with_openai_key(dotenv: PydanticBaseSettingsSource) -> dict[str, Any]:
    """What `.env` sets, OPENAI_API_KEY for the model's key where it has no other.

    Raises:
        SettingsError: where it builds a place or a key of other variables: the environment's keys would go with them.
    """
    from dotenv import dotenv_values

    found = dotenv()
    private = {f"footnote_{name}" for pair in _KEYS.items() for name in pair}
    plain = dotenv_values(".env", interpolate=False, encoding="utf-8-sig") if Path(".env").is_file() else {}
    for name, value in plain.items():
        if name.lower() in private and "${" in (value or ""):
            raise SettingsError(f"{name} in .env names another variable", "write its value out")
    key = dotenv.env_vars.get("openai_api_key") if isinstance(dotenv, EnvSettingsSource) else None
    return {"llm_api_key": key, **found} if key else found


def load_settings(**overrides: Any) -> Settings:
    """The settings in force, `overrides` first.

    Raises:
        SettingsError: naming the first knob whose value cannot be used, and what it takes, or that there is not, or the
            file that cannot be read.
    """
    if unknown := next((name for name in overrides if name not in Settings.model_fields), None):
        raise _unknown(unknown)
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        value = "" if _is_secret(name) else f" is {first.get('input')!r}"
        told = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"FOOTNOTE_{name.upper()}{value}: {told}", _purpose(name)) from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f".env cannot be read: {error}", "mend it, or take it away") from None


def changed(settings: Settings, **overrides: Any) -> Settings:
    """The same settings with single values replaced, checked as any.

    Raises:
        SettingsError: naming the first knob whose value cannot be used, and what it takes.
    """
    return load_settings(**{**dict(settings), **overrides})


def openai_key() -> str:
    """OPENAI_API_KEY of the environment; empty where it is unset.

    Raises:
        SettingsError: for one that no request can carry.
    """
    try:
        return _fit_for_a_header(os.environ.get("OPENAI_API_KEY", ""))
    except ValueError as error:
        raise SettingsError(f"OPENAI_API_KEY: {error}", "set it again, to the key alone") from None


def _fit_for_a_header(key: str) -> str:
    """A key without the white space around it, which a file or a shell puts there."""
    key = key.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ValueError("a key is printable ASCII without blanks")
    return key


def _is_http(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises where it is none
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s\x00-\x20\\]", address)


def _unknown(name: str, place: str = "") -> SettingsError:
    near = _near(name)
    hint = f"do you mean {near}?" if near else "see the README's table of settings"
    return SettingsError(f"there is no setting {name!r}{place}", hint)


def _near(name: str) -> str:
    """The setting that a name was probably meant for; empty where none is like it."""
    return next(iter(get_close_matches(name.lower().removeprefix("footnote_"), Settings.model_fields, n=1)), "")


def _warn_of_strangers(variables: Iterable[str]) -> None:
    """Tell of variables that look like settings and are none: misspelt ones would do nothing, unnoticed."""
    for variable in variables:
        name = variable.lower()
        known = name.removeprefix("footnote_") in Settings.model_fields or _NO_SETTINGS.fullmatch(name)
        if name.startswith("footnote_") and not known:
            _warn_once(name)


@cache
def _warn_once(name: str) -> None:
    near = _near(name)
    hint = f": do you mean FOOTNOTE_{near.upper()}?" if near else ""
    _log.warning("%s is no setting and does nothing%s", name.upper(), hint)


def _is_secret(name: str) -> bool:
    knob = Settings.model_fields.get(name)
    return knob is None or "Secret" in str(knob.annotation) or name == "llm_base_url"  # with a password, perhaps


def _purpose(name: str) -> str:
    knob = Settings.model_fields.get(name)
    return f"it sets: {knob.description}" if knob and knob.description else "see the README's table of settings"
