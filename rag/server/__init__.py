"""Footnote over HTTP: an app factory, its wire formats, keys and counters.

The app is made when it is asked for: without FastAPI the commands still say what to install.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rag.server.app import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'rag.server' has no attribute {name!r}")
    from rag.server.app import create_app

    return create_app
