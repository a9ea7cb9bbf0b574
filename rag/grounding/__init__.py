"""A draft or a reply in, checked claims with numbered citations out."""

from typing import TYPE_CHECKING, Any

from rag.grounding.footnotes import Footnoted, footnoted

if TYPE_CHECKING:
    from rag.grounding.standalone import check

__all__ = ["Footnoted", "check", "footnoted"]


def __getattr__(name: str) -> Any:
    """`check`, loaded when first used."""
    if name != "check":
        raise AttributeError(f"module 'rag.grounding' has no attribute {name!r}")
    from rag.grounding.standalone import check as standalone

    return standalone
