"""What a visitor chose: the engine, how much it reads, and how it is checked. No key is among it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

from rag.assistant import Assistant
from rag.settings import Settings

SENTENCES, MODEL = "sentences of the papers", "language model"


@dataclass(frozen=True, slots=True)
class Choices:
    """Settings of one browser; the values are those of `rag.settings`."""

    engine: Literal["language model", "sentences of the papers"] = "language model"
    k: int = 6
    max_sentences: int = 4
    verify: Literal["local", "llm", "off"] = "local"
    unsupported: Literal["mark", "drop", "abstain"] = "mark"

    @classmethod
    def of(cls, assistant: Assistant) -> Choices:
        """The choices that the assistant's own settings make."""
        own = assistant.settings
        return cls("language model", own.k, own.max_sentences, own.verify, own.unsupported)

    def taken(self, row: object) -> Choices:
        """These with what a browser kept of its own; what cannot be is left as it was."""
        kept = dict(row) if isinstance(row, Mapping) else {}
        made = self
        for field in fields(self):
            if _possible(field.name, kept.get(field.name)):
                made = replace(made, **{field.name: kept[field.name]})
        return made

    def to_dict(self) -> dict[str, Any]:
        """The choices as a browser keeps them."""
        return asdict(self)

    def settings(self) -> dict[str, Any]:
        """The settings that they override."""
        return {
            "offline": self.engine == SENTENCES,
            "k": self.k,
            "max_sentences": self.max_sentences,
            "verify": self.verify,
            "unsupported": self.unsupported,
        }


def bounds(name: str) -> tuple[int, int]:
    """The least and the most that a setting takes which is a number."""
    limits = Settings.model_fields[name].metadata
    least = next(limit.ge for limit in limits if hasattr(limit, "ge"))
    return least, next(limit.le for limit in limits if hasattr(limit, "le"))


_POSSIBLE: dict[str, Sequence[Any]] = {
    "engine": (MODEL, SENTENCES),
    **{name: range(bounds(name)[0], bounds(name)[1] + 1) for name in ("k", "max_sentences")},
    **{name: get_args(Settings.model_fields[name].annotation) for name in ("verify", "unsupported")},
}


def _possible(name: str, value: object) -> bool:
    return any(value == allowed and type(value) is type(allowed) for allowed in _POSSIBLE[name])
