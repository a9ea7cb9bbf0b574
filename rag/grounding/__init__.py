"""A draft in, checked claims with numbered citations out."""

from rag.grounding.footnotes import Footnoted, footnoted

__all__ = ["Footnoted", "footnoted"]
