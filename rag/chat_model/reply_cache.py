"""Replies of a model, kept in one SQLite file: the same request, the same reply, at no cost."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

_log = logging.getLogger(__name__)
_TABLE = "CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL) WITHOUT ROWID"
_T = TypeVar("_T")


class ReplyCache:
    """Safe between threads and processes. A cache that cannot be used costs a warning and is done without."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._usable = True

    def get(self, key: str) -> str | None:
        """The reply kept under `key`, if any."""
        found = self._with(lambda db: db.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone())
        return str(found[0]) if found else None

    def put(self, key: str, reply: str) -> None:
        """Keep a reply."""
        self._with(lambda db: db.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, reply)))

    def _with(self, work: Callable[[sqlite3.Connection], _T]) -> _T | None:
        if not self._usable:
            return None
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=5)) as database, database:
                database.execute(_TABLE)
                return work(database)
        except (sqlite3.Error, OSError) as error:
            self._usable = False
            _log.warning("the cache of replies %s cannot be used: %s", self._path.name, error)
            return None
