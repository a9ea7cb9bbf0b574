"""The index folder: the Chroma store, the snapshots derived from it, the state file and the write lock.

chroma/            the store (see `rag.store`)
snapshots/<rev>/   what readers open (see `rag.snapshot`)
tokens/            token vectors on their way into a snapshot (see `rag.token_cache`)
state.json         schema, embedder, the revision that readers open, whether a write is under way
write.lock         held by the one process that may write

With a Chroma server in place of `chroma/` the folder is a copy of what is published there (see `rag.publication`) and
can be thrown away.

After a change of embedder the first three lie in a folder of their own, which `state.json` names: it is built whole
beside the old ones, and named only then.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path

from rag.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, IndexMissingError, StoreError
from rag.location import Server
from rag.publication import Publication
from rag.settings import Settings
from rag.snapshot import Snapshot
from rag.store import Store

SCHEMA = 1
_EVERY_S = 3.0  # seconds between two looks at what a server has published
_FOLLOWED: dict[Path, float] = {}
_FOLLOWING = threading.Lock()
_log = logging.getLogger(__name__)
_ROOM = "free space, or set FOOTNOTE_HOME to a folder that may be written"


@dataclass(frozen=True, slots=True)
class State:
    """What an index folder says of itself. `revision` is empty until an ingest has finished; `place` is the folder
    in it that holds store and snapshots, empty for itself."""

    schema: int = SCHEMA
    embedder: str = ""
    dimensions: int = 0
    revision: str = ""
    writing: bool = False
    place: str = ""


@cache
def _publication(server: Server, token: str) -> Publication:
    """One a server, so that its connections are used again."""
    return Publication(server, token)


class Index:
    """One index folder, whether or not anything is in it yet; with `server`, what is derived here from a server."""

    def __init__(self, folder: Path, server: Server | None = None, token: str = "") -> None:
        self.folder = folder
        self._server, self._token = server, token
        self._published = _publication(server, token) if server is not None else None

    @classmethod
    def of(cls, settings: Settings) -> Index:
        """The index that the settings name; with a server, the newest that was published there."""
        place = settings.store_location
        if isinstance(place, Path):
            return cls(place)
        token = settings.store_token.get_secret_value() if settings.store_token else ""
        index = cls(settings.index_folder, place, token)
        index._follow()
        return index

    @property
    def is_remote(self) -> bool:
        """Whether the passages are on a server."""
        return self._server is not None

    def open_store(self) -> Store:
        """The store, to write to."""
        return Store(self._server or self.chroma, self._token)

    def _follow(self) -> None:
        """Fetch what was published last, unless that is here. A server out of reach is no reason not to answer from
        what is here; it is asked again some seconds later."""
        now = time.monotonic()
        with _FOLLOWING:
            if now - _FOLLOWED.get(self.folder, -_EVERY_S) < _EVERY_S:
                return
            assert self._published is not None
            own = self.state()
            try:
                state = self._published.current()
                if state and state["revision"] != own.revision:
                    self._adopt_published(State(**state))
            except StoreError as error:
                if not own.revision:
                    raise
                _log.warning("%s; answering from what is here", error.message)
            _FOLLOWED[self.folder] = time.monotonic()

    def _adopt_published(self, state: State) -> None:
        assert self._published is not None
        self.snapshots.mkdir(parents=True, exist_ok=True)
        if state.schema != SCHEMA:
            raise IndexMismatchError(
                f"the published index has layout {state.schema}, this Footnote reads {SCHEMA}", "use the same version"
            )
        if not state.revision:
            self.forget(state, share=False)
            return
        self.adopt(self._published.fetch(state.revision, self.snapshots), replace(state, place=""), share=False)

    @property
    def chroma(self) -> Path:
        """The folder of the Chroma store."""
        return self.folder / self.state().place / "chroma"

    @property
    def snapshots(self) -> Path:
        """The folder of the snapshots."""
        return self.folder / self.state().place / "snapshots"

    @property
    def tokens(self) -> Path:
        """The folder of token vectors on their way into a snapshot."""
        return self.folder / self.state().place / "tokens"

    def state(self) -> State:
        """What the state file says; a blank state where there is none.

        Raises:
            IndexDamagedError: when it cannot be read.
            IndexMismatchError: when a newer or older Footnote wrote it.
        """
        path = self.folder / "state.json"
        try:
            state = State(**json.loads(path.read_text(encoding="utf8")))
        except FileNotFoundError:
            return State()
        except (OSError, ValueError, TypeError) as error:
            raise IndexDamagedError(
                f"{path} cannot be read: {error}", "move the folder away and ingest again"
            ) from None
        if state.schema != SCHEMA:
            raise IndexMismatchError(
                f"the index in {self.folder} has layout {state.schema}, this Footnote writes {SCHEMA}",
                "ingest into another FOOTNOTE_HOME, or move the folder away",
            )
        return state

    def snapshot(self, *, search: bool = False) -> Snapshot:
        """The snapshot that the last finished ingest left; `search` opens all of it, else its rows.

        It stays readable whatever is ingested later. One that an ingest replaces while it is being opened is given up
        for the newer one.

        Raises:
            IndexMissingError: when nothing was ingested yet, or the first ingest did not finish.
            IndexDamagedError: when the snapshot is incomplete.
        """
        while True:
            state = self.state()
            if not state.revision:
                started = "its first ingest did not finish" if state.writing else "nothing was ingested yet"
                raise IndexMissingError(f"there is no index in {self.folder}: {started}", "run `footnote ingest PATH`")
            try:
                opened = Snapshot(self.folder / state.place / "snapshots" / state.revision)
                opened.map(search=search)
                return opened
            except (IndexDamagedError, OSError, ValueError) as error:
                if replace(self.state(), writing=state.writing) != state:
                    continue
                if isinstance(error, IndexDamagedError):
                    raise
                raise IndexDamagedError(
                    f"the snapshot in {self.folder} cannot be opened: {error}", "`footnote repair` derives it again"
                ) from error

    def save(self, state: State) -> None:
        """Replace the state file, whole or not at all."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            unfinished = self.folder / "state.json.part"
            with unfinished.open("w", encoding="utf8") as file:
                json.dump(asdict(state), file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, self.folder / "state.json")
        except OSError as error:
            raise StoreError(f"cannot write to {self.folder}: {error.strerror or error}", _ROOM) from error

    def adopt(self, snapshot: Path, state: State, *, share: bool = True) -> None:
        """Make `snapshot` the one that readers open, here and wherever the server is read; remove the older ones."""
        finished = replace(state, revision=snapshot.name, writing=False)
        if self._published is not None and share:
            self._published.publish(snapshot, asdict(finished))
        self.save(finished)
        for other in self.snapshots.iterdir():
            if other != snapshot:
                shutil.rmtree(other, ignore_errors=True)

    def forget(self, state: State, *, share: bool = True) -> None:
        """Leave readers nothing to open, since nothing is left in the store."""
        finished = replace(state, revision="", writing=False)
        if self._published is not None and share:
            self._published.withdraw(asdict(finished))
        self.save(finished)
        shutil.rmtree(self.snapshots, ignore_errors=True)

    def _leased(self, timeout_s: float) -> AbstractContextManager[None]:
        return self._published.leased(timeout_s) if self._published is not None else nullcontext()

    @contextmanager
    def locked(self, timeout_s: float) -> Iterator[None]:
        """Hold the write lock.

        Raises:
            IndexBusyError: when another process still holds it after `timeout_s`.
            StoreError: when the folder cannot be written to.
        """
        from filelock import FileLock, Timeout

        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with FileLock(self.folder / "write.lock", timeout=timeout_s), self._leased(timeout_s):
                yield
        except Timeout:
            raise IndexBusyError(
                f"another process is writing to {self.folder}",
                "wait for it, or raise FOOTNOTE_LOCK_TIMEOUT_S",
            ) from None
        except OSError as error:
            raise StoreError(
                f"cannot write to {error.filename or self.folder}: {error.strerror or error}", _ROOM
            ) from error
