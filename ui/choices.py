"""What a visitor chose: the engine, how much it reads, and how it is checked. No key is among it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from rag.assistant import Assistant

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


POSSIBLE: dict[str, tuple[Any, ...]] = {
    "engine": (MODEL, SENTENCES),
    "k": tuple(range(1, 31)),
    "max_sentences": tuple(range(1, 13)),
    "verify": ("local", "llm", "off"),
    "unsupported": ("mark", "drop", "abstain"),
}


def _possible(name: str, value: object) -> bool:
    return any(value == allowed and type(value) is type(allowed) for allowed in POSSIBLE[name])
