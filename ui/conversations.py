"""Conversations in one SQLite file: each owner sees their own, across reloads and restarts."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_TABLE = """CREATE TABLE IF NOT EXISTS conversations (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, title TEXT NOT NULL, changed REAL NOT NULL, turns TEXT NOT NULL)"""
_LONGEST_TITLE = 80
Turns = Sequence[tuple[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Conversation:
    """One conversation: `turns` are (question, the dictionary of its `Answer`), oldest first."""

    id: str
    title: str
    changed: float
    turns: tuple[tuple[str, dict[str, Any]], ...]


class Conversations:
    """The conversations in one file. Safe between threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def save(self, owner: str, turns: Turns, key: str = "", seen: Turns = ()) -> str:
        """Keep a conversation under `key`, or under a new one; gives the key.

        What is kept under a key is replaced where it is the beginning of `turns`, or of `seen`: the turns that the
        writer knows to be kept, and may have cut. Where it is not, another page went on meanwhile: that stays, and so
        does what is somebody else's; these turns get a key of their own, or none where there are no turns.
        """
        title = " ".join(turns[0][0].split())[:_LONGEST_TITLE] if turns else "New conversation"
        with self._open() as database:
            database.execute("BEGIN IMMEDIATE")  # nobody writes between the look and the change
            found = database.execute("SELECT owner, turns FROM conversations WHERE id = ?", (key,)).fetchone()
            if found is not None and not (found[0] == owner and _begins(json.loads(found[1]), turns, seen)):
                key = ""
                if not turns:
                    return key
            key = key or uuid.uuid4().hex
            database.execute(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?) ON CONFLICT(id) DO UPDATE SET "
                "changed = excluded.changed, turns = excluded.turns",
                (key, owner, title, time.time(), json.dumps(turns, ensure_ascii=False)),
            )
        return key

    def load(self, owner: str, key: str) -> Conversation | None:
        """The conversation of this key, if it is this owner's."""
        found = self._rows("SELECT * FROM conversations WHERE owner = ? AND id = ?", (owner, key))
        return found[0] if found else None

    def search(self, owner: str, words: str = "", limit: int = 100) -> list[Conversation]:
        """An owner's conversations that have `words` in title, questions or answers, newest first."""
        wanted = words.casefold().strip()
        query = "SELECT * FROM conversations WHERE owner = ? ORDER BY changed DESC LIMIT ?"
        found = self._rows(query, (owner, -1 if wanted else limit))
        return [entry for entry in found if wanted in _said(entry)][:limit]

    def rename(self, owner: str, key: str, title: str) -> None:
        """Give a conversation another title."""
        with self._open() as database:
            database.execute(
                "UPDATE conversations SET title = ? WHERE owner = ? AND id = ?", (title[:_LONGEST_TITLE], owner, key)
            )

    def delete(self, owner: str, key: str) -> None:
        """Forget a conversation."""
        with self._open() as database:
            database.execute("DELETE FROM conversations WHERE owner = ? AND id = ?", (owner, key))

    def _rows(self, query: str, values: tuple[object, ...]) -> list[Conversation]:
        with self._open() as database:
            rows = database.execute(query, values).fetchall()
        return [Conversation(r[0], r[2], r[3], tuple((q, a) for q, a in json.loads(r[4]))) for r in rows]

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            database = sqlite3.connect(self._path, timeout=10)
            try:
                with database:
                    database.execute(_TABLE)
                    yield database
            finally:
                database.close()


def _begins(kept: list[Any], *whole: Turns) -> bool:
    """Whether one of the conversations begins with what is kept, compared as it is kept."""
    return any(kept == json.loads(json.dumps(turns[: len(kept)])) for turns in whole)


def _said(conversation: Conversation) -> str:
    answers = (str(answer.get("text", "")) for _, answer in conversation.turns)
    return "\n".join([conversation.title, *(question for question, _ in conversation.turns), *answers]).casefold()
