"""Papers whose records say something."""

from __future__ import annotations

from pathlib import Path

from rag.assistant import Assistant
from rag.ingest import ingest
from rag.settings import load_settings


def shelf_of(text: str, folder: Path, name: str = "papers.bib") -> Assistant:
    """Who answers from the papers of one file, kept in `folder`."""
    (folder / name).write_text(text, encoding="utf-8")
    settings = load_settings(home=folder / "home", offline=True)
    ingest([folder / name], settings)
    return Assistant(settings)
