"""API keys: shown once, kept as salted hashes, each with its own rate."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import SettingsError, UsageError

_PREFIX = "fn-"
_ROUNDS = 50_000
_WINDOW_S = 60.0
_WAIT_S = 10.0  # for another process that changes the file


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: its name, salt, hash, and requests allowed a minute."""

    name: str
    salt: str
    hash: str
    per_minute: int


class Keys:
    """The keys in one file, readable by its owner alone. Safe between threads and processes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, Key] = {}  # by the hash of a key that was accepted, so that it is derived once
        self._calls: dict[str, list[float]] = {}

    def all(self) -> list[Key]:
        """The keys there are.

        Raises:
            SettingsError: when the file cannot be read.
        """
        try:
            rows = json.loads(self._path.read_text(encoding="utf8"))
            if not isinstance(rows, list):
                raise TypeError("it holds no list")
            return [Key(**row) for row in rows]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError) as error:
            raise SettingsError(f"the keys in {self._path} cannot be read: {error}", "move the file away") from None

    def wanted(self) -> bool:
        """Whether requests must have a key: they must as soon as there is a file of keys.

        Raises:
            SettingsError: when the file cannot be read, or names no key.
        """
        if self.all():
            return True
        if self._path.exists():
            raise SettingsError(
                f"{self._path} names no key", "make one with `footnote keys add NAME`, or remove the file to want none"
            )
        return False

    def add(self, name: str, per_minute: int = 60) -> str:
        """A new key, in clear: it is not kept so, and cannot be shown again.

        Raises:
            UsageError: when the name is taken, or none.
            SettingsError: when the file cannot be read, or another process does not let go of it.
        """
        if not name.isprintable() or not name.strip():
            raise UsageError(f"a key cannot be called {name!r}", "give the name of who will use it")
        clear, salt = _PREFIX + secrets.token_urlsafe(32), secrets.token_hex(16)
        made = Key(name, salt, _derived(clear, salt), per_minute)
        with self._alone():
            keys = self.all()
            if any(key.name == name for key in keys):
                raise UsageError(f"there is a key called {name!r}", "remove it first, or take another name")
            self._save([*keys, made])
        return clear

    def remove(self, name: str) -> None:
        """Take a key's right away.

        Raises:
            UsageError: when there is none of that name.
            SettingsError: when the file cannot be read, or another process does not let go of it.
        """
        with self._alone():
            keys = self.all()
            kept = [key for key in keys if key.name != name]
            if len(kept) == len(keys):
                raise UsageError(f"there is no key called {name!r}", "`footnote keys` lists them")
            self._save(kept)

    def owner(self, clear: str) -> Key | None:
        """The key that was given in clear, if it is one."""
        mark = hashlib.sha256(clear.encode()).hexdigest()
        keys = self.all()
        known = self._known.get(mark)
        if known is not None:
            return known if known in keys else None
        for key in keys:
            if hmac.compare_digest(_derived(clear, key.salt), key.hash):
                self._known[mark] = key
                return key
        return None

    def seconds_to_wait(self, key: Key) -> float:
        """0 where the key may make one more request now (which is counted), else seconds until it may."""
        now = time.monotonic()
        with self._lock:
            calls = [at for at in self._calls.get(key.name, []) if now - at < _WINDOW_S]
            if len(calls) >= key.per_minute:
                self._calls[key.name] = calls
                return _WINDOW_S - (now - calls[0])
            self._calls[key.name] = [*calls, now]
            return 0.0

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """While nobody else changes the file."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(self._path.with_suffix(".lock"), timeout=_WAIT_S):
                yield
        except Timeout:
            raise SettingsError(f"another process is changing {self._path}", "wait for it, and try again") from None

    def _save(self, keys: list[Key]) -> None:
        rows = [{"name": k.name, "salt": k.salt, "hash": k.hash, "per_minute": k.per_minute} for k in keys]
        opened, name = tempfile.mkstemp(".part", "keys.", self._path.parent)  # which its owner alone may read
        unfinished = Path(name)
        try:
            with os.fdopen(opened, "w", encoding="utf8") as file:
                json.dump(rows, file)
            os.replace(unfinished, self._path)
        finally:
            unfinished.unlink(missing_ok=True)


def _derived(clear: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", clear.encode(), bytes.fromhex(salt), _ROUNDS).hex()
