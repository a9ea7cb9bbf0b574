"""Every knob, as a validated value with its unit and default. Values only: nothing is built here.

A value comes, first found first, from: an argument in code, the environment (`FOOTNOTE_K=6`), a `.env`
file in the working folder, a `footnote.toml` in the working folder, the default below.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rag.errors import SettingsError


class Settings(BaseSettings):
    """The settings of one assistant. Immutable; `load_settings` reports a bad value as one line."""

    model_config = SettingsConfigDict(
        env_prefix="FOOTNOTE_", env_file=".env", toml_file="footnote.toml", frozen=True, extra="ignore"
    )

    home: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("footnote", appauthor=False)),
        description="the one folder that everything written goes to: index, models, caches",
    )
    store: str = Field("", description="where the Chroma collection lives; empty: the folder `index` in home")
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
    threads: int = Field(0, ge=0, le=256, description="CPU threads for encoding; 0: as many as there are cores")
    max_file_mb: int = Field(100, ge=1, description="megabytes above which a file that cannot be streamed is skipped")
    lock_timeout_s: float = Field(600, ge=0, description="seconds an ingest waits for another one to finish")

    @property
    def index_folder(self) -> Path:
        """The folder of the local index."""
        return Path(self.store).expanduser() if self.store else self.home / "index"

    @property
    def models_folder(self) -> Path:
        """The folder that built encoder graphs are cached in."""
        return self.home / "models"

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
        return init_settings, env_settings, dotenv_settings, TomlConfigSettingsSource(settings_cls)


def load_settings(**overrides: Any) -> Settings:
    """The settings in force, `overrides` first.

    Raises:
        SettingsError: naming the first knob whose value cannot be used, and what it takes.
    """
    try:
        return Settings(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "settings"
        raise SettingsError(
            f"FOOTNOTE_{name.upper()} is {first.get('input')!r}: {first['msg']}", f"{_purpose(name)}"
        ) from None


def _purpose(name: str) -> str:
    knob = Settings.model_fields.get(name)
    return f"it sets: {knob.description}" if knob and knob.description else "see the README's table of settings"
