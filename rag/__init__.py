"""Footnote: questions over a collection of research papers, every sentence footnoted.

    from rag import ask
    answer = ask("Which FP8 training method compresses optimizer states?")

Names are resolved when first used, so that importing this package costs nothing.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.asking import aask, ask, stream
    from rag.assistant import Assistant
    from rag.errors import FootnoteError
    from rag.grounding.standalone import check
    from rag.settings import Settings, load_settings
    from rag.types import (
        Answer,
        Citation,
        Claim,
        Delta,
        Event,
        Paper,
        Passage,
        RankedPaper,
        RankedPassage,
        Restart,
        Source,
        Stage,
        Turn,
        Usage,
    )  # fmt: skip

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # read as ONNX Runtime loads, which else reports to its maker by itself

_HOMES = {
    "ask": "rag.asking",
    "aask": "rag.asking",
    "stream": "rag.asking",
    "check": "rag.grounding.standalone",
    "Assistant": "rag.assistant",
    "FootnoteError": "rag.errors",
    "Settings": "rag.settings",
    "load_settings": "rag.settings",
    "Answer": "rag.types",
    "Citation": "rag.types",
    "Claim": "rag.types",
    "Delta": "rag.types",
    "Event": "rag.types",
    "Restart": "rag.types",
    "Stage": "rag.types",
    "Usage": "rag.types",
    "Paper": "rag.types",
    "Passage": "rag.types",
    "RankedPaper": "rag.types",
    "RankedPassage": "rag.types",
    "Source": "rag.types",
    "Turn": "rag.types",
}
__all__ = [
    "Answer",
    "Assistant",
    "Citation",
    "Claim",
    "Delta",
    "Event",
    "FootnoteError",
    "Paper",
    "Passage",
    "RankedPaper",
    "RankedPassage",
    "Restart",
    "Settings",
    "Source",
    "Stage",
    "Turn",
    "Usage",
    "aask",
    "ask",
    "check",
    "load_settings",
    "stream",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'rag' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return __all__
