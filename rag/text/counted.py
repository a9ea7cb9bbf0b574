"""A number with its noun."""

from __future__ import annotations


def counted(count: int, noun: str) -> str:
    """As in "1 paper", "2 entries"."""
    several = f"{noun[:-1]}ies" if noun.endswith("y") else f"{noun}s"
    return f"{count} {noun if count == 1 else several}"
