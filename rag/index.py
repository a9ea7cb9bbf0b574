"""The index folder: the Chroma store, the snapshots derived from it, the state file and the write lock.

chroma/            the store (see `rag.store`)
snapshots/<rev>/   what readers open (see `rag.snapshot`)
tokens/            token vectors on their way into a snapshot (see `rag.token_cache`)
state.json         schema, embedder, the revision that readers open, whether a write is under way
write.lock         held by the one process that may write

After a change of embedder the first three lie in a folder of their own, which `state.json` names: it is built whole
beside the old ones, and named only then.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rag.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, IndexMissingError, StoreError
from rag.snapshot import Snapshot

SCHEMA = 1
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


class Index:
    """One index folder, whether or not anything is in it yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

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

    def adopt(self, snapshot: Path, state: State) -> None:
        """Make `snapshot` the one that readers open, and remove the older ones."""
        self.save(replace(state, revision=snapshot.name, writing=False))
        for other in self.snapshots.iterdir():
            if other != snapshot:
                shutil.rmtree(other, ignore_errors=True)

    def forget(self, state: State) -> None:
        """Leave readers nothing to open, since nothing is left in the store."""
        self.save(replace(state, revision="", writing=False))
        shutil.rmtree(self.snapshots, ignore_errors=True)

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
            with FileLock(self.folder / "write.lock", timeout=timeout_s):
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
