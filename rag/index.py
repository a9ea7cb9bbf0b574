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

A server is looked at in a thread of its own, since it may take any time to reply: a question waits for that a few
seconds, and answers from what is here.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from rag.errors import IndexBusyError, IndexDamagedError, IndexMismatchError, IndexMissingError, StoreError
from rag.location import Server
from rag.publication import Publication
from rag.settings import Settings
from rag.snapshot import Snapshot
from rag.store import Store

SCHEMA = 1
_EVERY_S = 3.0  # seconds between two looks at what a server has published
_PATIENCE_S = 5.0  # seconds that a question waits for such a look where something is here to answer from
PLACE = re.compile(r"((rebuilt|restored)-[0-9a-f]{8})?")
"""What the folders are named that hold another place's store and snapshots."""
_REVISION = re.compile(r"([0-9a-f]{16})?")
_SNAPSHOT = re.compile(r"[0-9a-f]{16}(\.[0-9a-f]{8})?(\.part)?")  # the unfinished ones among them
_FOLDERS = ("chroma", "snapshots", "tokens")
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EACCES, errno.EPERM}
_log = logging.getLogger(__name__)
_AFRESH = "move the folder away and ingest again"
_ROOM = "free space, or set FOOTNOTE_HOME to a folder that may be written"


@dataclass(frozen=True, slots=True)
class State:
    """What an index folder says of itself. `revision` is empty until an ingest has finished; `place` is the folder
    in it that holds store and snapshots, empty for itself; `emptied` says that all its papers were removed."""

    schema: int = SCHEMA
    embedder: str = ""
    dimensions: int = 0
    revision: str = ""
    writing: bool = False
    place: str = ""
    emptied: bool = False

    @classmethod
    def of(cls, row: Any, where: str, hint: str) -> State:
        """The state that `row` holds, read from `where`: a file or a server, whose word is not taken for a path. `hint`
        says what to do where it cannot be used.

        A newer version's fields are left out: what gives the others another meaning comes with another schema.

        Raises:
            IndexDamagedError: when it is no state, or names a place or a revision as no Footnote does.
            IndexMismatchError: when it is of another schema.
        """
        told = {**asdict(cls()), **row} if isinstance(row, dict) and "schema" in row else {}
        if isinstance(told.get("schema"), int) and told["schema"] != SCHEMA:
            raise IndexMismatchError(
                f"{where} has layout {told['schema']}, this Footnote reads and writes {SCHEMA}",
                "use the version that wrote it, or another FOOTNOTE_HOME",
            )
        kinds = {name: type(value) for name, value in asdict(cls()).items()}
        fits = all(isinstance(told.get(name), kind) for name, kind in kinds.items())
        if not (fits and PLACE.fullmatch(told["place"]) and _REVISION.fullmatch(told["revision"])):
            raise IndexDamagedError(f"{where} is not what Footnote writes", hint)
        return cls(**{name: told[name] for name in kinds})


class _Look:
    """One look at what a server has published, in its own thread. A process that ends meanwhile ends with it done."""

    def __init__(self, look: Callable[[], None], patience_s: float) -> None:
        self.begun = time.monotonic()
        self.ended = self.begun
        self.patience_s = patience_s
        self.outcome: Future[None] = Future()
        threading.Thread(target=self._run, args=(look,), name="footnote-look").start()

    def _run(self, look: Callable[[], None]) -> None:
        try:
            look()
        except Exception as error:
            self.ended = time.monotonic()
            self.outcome.set_exception(error)
        else:
            self.ended = time.monotonic()
            self.outcome.set_result(None)

    def await_outcome(self) -> None:
        """Wait for what is left of its patience, counted from its begin: so no second question waits as long again."""
        self.outcome.result(max(0.0, self.begun + self.patience_s - time.monotonic()))

    @property
    def was_prompt(self) -> bool:
        """Of one that has ended: whether the next is worth waiting for."""
        return self.outcome.exception() is None and self.ended - self.begun <= _PATIENCE_S


_LOOKS: dict[Path, _Look] = {}
_LOOKING = threading.Lock()  # held to begin a look, never during one


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
        self._lease = ""

    @classmethod
    def of(cls, settings: Settings) -> Index:
        """The index that the settings name; with a server, the newest that was published there."""
        place = settings.store_location
        if isinstance(place, Path):
            return cls(place)
        token = settings.store_token.get_secret_value() if settings.store_token else ""
        index = cls(settings.index_folder, place, token)
        index._follow(settings.lock_timeout_s)
        return index

    @property
    def is_remote(self) -> bool:
        """Whether the passages are on a server."""
        return self._server is not None

    def open_store(self) -> Store:
        """The store, to write to."""
        return Store(self._server or self.chroma, self._token)

    def _follow(self, timeout_s: float) -> None:
        """Fetch what was published last, unless that is here. A server that is slow or out of reach is no reason not
        to answer from what is here; it is asked again some seconds later, and not waited for again before it replies.
        """
        own = self.state().revision
        look, is_new = self._look(own, timeout_s)
        if not own:
            look.outcome.result()
            return
        try:
            look.await_outcome()
        except TimeoutError:
            if is_new and look.patience_s:
                _log.warning("the Chroma server is slow to reply; answering from what is here")
        except (StoreError, OSError):
            return  # the look has said so

    def _look(self, own: str, timeout_s: float) -> tuple[_Look, bool]:
        """The look that is under way or just over, else a new one; and whether it is new."""
        with _LOOKING:
            last = _LOOKS.get(self.folder)
            if last is not None:
                failed = last.outcome.done() and last.outcome.exception() is not None
                is_recent = time.monotonic() - last.ended < _EVERY_S and (own or not failed)
                if is_recent or not last.outcome.done():
                    return last, False
            patience_s = _PATIENCE_S if last is None or last.was_prompt else 0.0
            _LOOKS[self.folder] = look = _Look(lambda: self._catch_up(timeout_s), patience_s)
            return look, True

    def _catch_up(self, timeout_s: float) -> None:
        """Open to readers what was published last. One at a time does: who writes here meanwhile opens what is newer.

        Raises:
            StoreError: when the server or the folder cannot be used.
        """
        own = self.state().revision
        try:
            if self._newer() is None:
                return
            with self._held(0.0 if own else timeout_s):
                if (state := self._newer()) is not None:  # asked again, now that nobody changes what is here
                    self._adopt_published(state)
        except IndexBusyError:
            if not own:
                raise
        except (StoreError, OSError) as error:
            if own and threading.main_thread().is_alive():  # else all is answered, and the program is ending
                _log.warning("%s; answering from what is here", error)
            raise

    def _newer(self) -> State | None:
        """The published state, where it is of another revision than the one here."""
        assert self._published is not None
        row = self._published.current()
        if not row:
            return None
        state = State.of(row, "the published index", "run `footnote repair` on a machine that has an index")
        return state if state.revision != self.state().revision else None

    def _adopt_published(self, state: State) -> None:
        assert self._published is not None
        if not state.revision:
            self.forget(state, share=False)
            return
        self.snapshots.mkdir(parents=True, exist_ok=True)
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
            IndexDamagedError: when it cannot be read, or is not what Footnote writes.
            IndexMismatchError: when a newer or older Footnote wrote it.
        """
        path = self.folder / "state.json"
        try:
            row = json.loads(path.read_text(encoding="utf8"))
        except FileNotFoundError:
            return State()
        except (OSError, ValueError, RecursionError) as error:
            raise IndexDamagedError(f"{path} cannot be read: {error}", _AFRESH) from None
        return State.of(row, str(path), _AFRESH)

    def snapshot(self, *, search: bool = False) -> Snapshot:
        """The snapshot that the last finished ingest left; `search` opens all of it, else its rows.

        It stays readable whatever is ingested later. One that an ingest replaces while it is being opened is given up
        for the newer one.

        Raises:
            IndexMissingError: when nothing was ingested yet, the first ingest did not finish, or all was removed.
            IndexDamagedError: when the snapshot is incomplete.
        """
        while True:
            state = self.state()
            if not state.revision:
                raise _missing(self.folder, state)
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
        unfinished = self.folder / "state.json.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("w", encoding="utf8") as file:
                json.dump(asdict(state), file)
                file.flush()
                os.fsync(file.fileno())
            os.replace(unfinished, self.folder / "state.json")
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
            raise StoreError(f"cannot write to {self.folder}: {error.strerror or error}", _ROOM) from error

    def begin(self, state: State) -> None:
        """Note that a write is under way, here and wherever the server is read. Inside the lock.

        Raises:
            IndexBusyError: when another machine writes to the server meanwhile.
        """
        self.save(replace(state, writing=True))
        if self._published is not None:
            self._published.begin(self._lease)

    def adopt(self, snapshot: Path, state: State, *, share: bool = True) -> None:
        """Make `snapshot` the one that readers open, here and wherever the server is read; remove the older ones, and
        what a killed process left of one. Inside the lock: all that writes here holds it.

        Raises:
            IndexBusyError: when another machine writes to the server meanwhile.
        """
        finished = replace(state, revision=snapshot.name, writing=False, emptied=False)
        if self._published is not None and share:
            self._published.publish(snapshot, asdict(finished), self._lease)
        self.save(finished)
        _remove_snapshots(self.snapshots, kept=snapshot)

    def forget(self, state: State, *, share: bool = True) -> None:
        """Leave readers nothing to open, since nothing is left in the store.

        Raises:
            IndexBusyError: when another machine writes to the server meanwhile.
        """
        finished = replace(state, revision="", writing=False, emptied=state.emptied or bool(state.revision))
        if self._published is not None and share:
            self._published.withdraw(asdict(finished), self._lease)
        self.save(finished)
        _remove_snapshots(self.snapshots)

    def _leased(self, timeout_s: float) -> AbstractContextManager[str]:
        return self._published.leased(timeout_s) if self._published is not None else nullcontext("")

    @contextmanager
    def locked(self, timeout_s: float) -> Iterator[None]:
        """Hold the write lock, here and on the server.

        Raises:
            IndexBusyError: when another process still holds it after `timeout_s`.
            StoreError: when the folder cannot be written to, has no room for what is written within, or holds folders
                of ours that are somebody else's.
        """
        with self._held(timeout_s), self._leased(timeout_s) as self._lease:
            self._note_unfinished()
            yield

    def _note_unfinished(self) -> None:
        """Have the state say so where another machine left a write unfinished, or what it published is not here: what
        the store has to hold is then not known."""
        state = self.state()
        if self._published is None or state.writing:
            return
        try:
            unknown = self._newer() is not None or self._published.is_unfinished()
        except IndexDamagedError:
            unknown = True
        if unknown and state.revision:
            self.save(replace(state, writing=True))

    @contextmanager
    def _held(self, timeout_s: float) -> Iterator[None]:
        """Hold the write lock of this folder."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / "write.lock", timeout=timeout_s)
        self._check_owner()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            raise IndexBusyError(
                f"another process is writing to {self.folder}",
                "wait for it, or raise FOOTNOTE_LOCK_TIMEOUT_S",
            ) from None
        except OSError as error:
            raise self._unwritten(error) from error
        try:
            if not (self.folder / "state.json").exists():
                self.save(State())  # before all else that is written here: it says whose folder this is
            yield
        except OSError as error:
            if not _is_of_room(error):
                raise
            raise self._unwritten(error) from error
        finally:
            lock.release()

    def _check_owner(self) -> None:
        """Whether folders named as ours are ours, and not those of a project that the index was put into."""
        found = next((name for name in _FOLDERS if (self.folder / name).exists()), "")  # looked for before the state
        if found and not (self.folder / "state.json").exists():
            raise StoreError(
                f"{self.folder} has a folder {found!r} and no state.json, so it is no index of Footnote's",
                "set FOOTNOTE_STORE or FOOTNOTE_HOME to a folder of its own",
            )

    def own(self) -> tuple[Path, ...]:
        """What is written to the folder: no papers."""
        names = (*_FOLDERS, "state.json", "read.json", "write.lock")
        places = (path for path in self.folder.glob("re*-*") if PLACE.fullmatch(path.name))
        return self.folder, *(self.folder / name for name in names), *places

    def _unwritten(self, error: OSError) -> StoreError:
        return StoreError(f"cannot write to {error.filename or self.folder}: {error.strerror or error}", _ROOM)


def _remove_snapshots(folder: Path, kept: Path | None = None) -> None:
    """Remove the snapshots in a folder, those by their names: what else lies there is not ours."""
    for other in folder.glob("*"):
        if other != kept and _SNAPSHOT.fullmatch(other.name):
            shutil.rmtree(other, ignore_errors=True)
    with suppress(OSError):
        folder.rmdir()  # where nothing is left in it


def _is_of_room(error: OSError) -> bool:
    """Whether it says that a disk took no more; of an array that was cut short NumPy says so without a number."""
    return error.errno in _NO_ROOM or (type(error) is OSError and error.errno is None)


def other_embedder(built_with: str, asked: str) -> IndexMismatchError:
    """What to say where an index was built by another embedder than the settings ask for."""
    return IndexMismatchError(
        f"the index was built with the embedder {built_with!r}, the settings ask for {asked!r}",
        "set FOOTNOTE_EMBEDDER back, or run `footnote ingest --reindex` to encode all papers again",
    )


def _missing(folder: Path, state: State) -> IndexMissingError:
    """What to say where there is no snapshot."""
    if state.emptied:
        return IndexMissingError(
            f"the index in {folder} is empty: all its papers were removed",
            "fill it with `footnote ingest PATH`, or with the bundled papers by `footnote ingest --bundled`",
        )
    started = "its first ingest did not finish" if state.writing else "nothing was ingested yet"
    return IndexMissingError(
        f"there is no index in {folder}: {started}",
        "run `footnote ingest PATH`, or `footnote ingest --bundled` for the bundled papers",
    )
