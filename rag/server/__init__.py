"""Footnote over HTTP: an app factory, its wire formats, keys and counters."""

from rag.server.app import create_app

__all__ = ["create_app"]
