"""A finished snapshot, carried by the Chroma server that also holds the passages: written once, read by every replica.

One record of the collection `footnote-published` says which revision is to be read, another, while there is one, that a
write has begun since; the pieces of the revision's files are the records of `footnote-snapshot`. A replica that has
another revision fetches the pieces into its own folder, checks them and opens them from there: so all replicas answer
alike, and one that starts anew needs nothing but the address.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import threading
import time
import uuid
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexBusyError, IndexDamagedError, StoreError
from rag.location import Server
from rag.store import connect, told

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_PIECE = 768_000  # bytes of a file in one record
_AT_ONCE = 6  # records a request
_LEASE_S = 120.0
_SETTLE_S = 0.4
_ID, _BEGUN = "published", "unfinished"


class Publication:
    """What is published on one server. Connects when it is first used."""

    def __init__(self, server: Server, token: str) -> None:
        self._server, self._token = server, token
        self._connected: ClientAPI | None = None

    def current(self) -> dict[str, Any]:
        """The state that was published last, as `publish` was given it; empty before the first time.

        Raises:
            StoreError: when the server cannot be reached.
        """
        with self._asked():
            rows = self._collection("footnote-published").get(ids=[_ID], include=["metadatas"])["metadatas"] or []
        state: dict[str, Any] = json.loads(str(rows[0]["state"])) if rows else {}
        return state

    def begin(self, lease: str) -> None:
        """Note for all machines that a write has begun: what the store holds is not what was published last, until
        the next time.

        Raises:
            IndexBusyError, StoreError: as `publish` does.
        """
        with self._asked():
            self._check(lease)
            row = {"owner": lease}
            self._collection("footnote-published").upsert(ids=[_BEGUN], embeddings=_vectors(1), metadatas=[row])

    def is_unfinished(self) -> bool:
        """Whether a write has begun since the last publication; also where an older Footnote, which noted no such
        thing, published that.

        Raises:
            StoreError: when the server cannot be reached.
        """
        with self._asked():
            found = self._collection("footnote-published").get(ids=[_ID, _BEGUN], include=["metadatas"])
        rows = dict(zip(found["ids"], found["metadatas"] or [], strict=True))
        return _BEGUN in rows or (_ID in rows and not rows[_ID].get("noted"))

    def publish(self, snapshot: Path, state: dict[str, Any], lease: str) -> None:
        """Carry a snapshot's files to the server, then name it as the one to read, then drop older ones.

        Raises:
            IndexBusyError: when `lease`, as `leased` gave it, was lost to another machine: what that publishes stays.
            StoreError: when the server cannot be used.
        """
        revision = snapshot.name
        with self._asked():
            self._check(lease)
            pieces = self._collection("footnote-snapshot")
            batch: list[tuple[str, dict[str, Any]]] = []
            count = 0
            for name, number, data in _pieces(snapshot):
                batch.append((f"{revision}:{count}", _packed(revision, name, number, data)))
                count += 1
                if len(batch) == _AT_ONCE:
                    _write(pieces, batch)
                    batch = []
            _write(pieces, batch)
            self._check(lease)
            self._name(state, count)
            _drop_others(pieces, revision)

    def withdraw(self, state: dict[str, Any], lease: str) -> None:
        """Say that nothing is left to read.

        Raises:
            IndexBusyError, StoreError: as `publish` does.
        """
        with self._asked():
            self._check(lease)
            self._name(state, 0)
            _drop_others(self._collection("footnote-snapshot"), "")

    def _name(self, state: dict[str, Any], pieces: int) -> None:
        row: dict[str, str | int] = {"state": json.dumps(state), "pieces": pieces, "noted": 1}
        published = self._collection("footnote-published")
        published.upsert(ids=[_ID], embeddings=_vectors(1), metadatas=[row])
        published.delete(ids=[_BEGUN])

    def fetch(self, revision: str, folder: Path) -> Path:
        """The published snapshot `revision`, a plain name, in `folder`: whole or not at all.

        Raises:
            IndexDamagedError: when a piece is missing or not what was published: published anew meanwhile, perhaps.
            StoreError: when the server cannot be used.
        """
        target, unfinished = folder / revision, folder / f"{revision}.{uuid.uuid4().hex[:8]}.part"
        try:
            for identifier, row in self._rows(revision):
                _unpack(unfinished, row, identifier)
            if not unfinished.is_dir():
                raise IndexDamagedError(f"revision {revision} is not published any more", "try again")
            shutil.rmtree(target, ignore_errors=True)
            os.replace(unfinished, target)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
        return target

    def _rows(self, revision: str) -> Iterator[tuple[str, Any]]:
        """The pieces of a revision by their ids, in order; None for one that is not there."""
        with self._asked():
            named = self._collection("footnote-published").get(ids=[_ID], include=["metadatas"])["metadatas"]
            count = int(str(named[0]["pieces"])) if named else 0
            pieces = self._collection("footnote-snapshot")
        for start in range(0, count, _AT_ONCE):
            ids = [f"{revision}:{n}" for n in range(start, min(start + _AT_ONCE, count))]
            with self._asked():
                found = pieces.get(ids=ids, include=["metadatas"])
                by_id = dict(zip(found["ids"], found["metadatas"] or [], strict=True))
            yield from ((identifier, by_id.get(identifier)) for identifier in ids)

    @contextmanager
    def leased(self, timeout_s: float) -> Iterator[str]:
        """Be the one writer among all machines: a lease of two minutes, written and read back, since Chroma has no
        lock, and renewed while it is held. Two that begin within the same moment see one name, that of the later.
        A machine that is away for longer loses its lease, and is told when it comes to publish under that name.

        Raises:
            IndexBusyError: when another machine still holds it after `timeout_s`.
        """
        own, deadline = uuid.uuid4().hex, time.monotonic() + timeout_s
        while not self._taken(own):
            if time.monotonic() > deadline:
                raise IndexBusyError(
                    f"another machine is writing to {self._server.name}",
                    "wait for it, or raise FOOTNOTE_LOCK_TIMEOUT_S",
                )
            time.sleep(1.0)
        done = threading.Event()
        renewing = threading.Thread(target=self._renew, args=(own, done), daemon=True)
        renewing.start()
        try:
            yield own
        finally:
            done.set()
            renewing.join()
            with self._asked():
                if self._writer()[0] == own:
                    self._collection("footnote-published").delete(ids=["writer"])

    def _renew(self, own: str, done: threading.Event) -> None:
        """Put the end of the lease off, until `done`. A server that is away for a while is asked again."""
        while not done.wait(_LEASE_S / 4):
            with suppress(StoreError), self._asked():
                if self._writer()[0] == own:
                    self._write_lease(own)

    def _taken(self, own: str) -> bool:
        with self._asked():
            if self._writer()[1] > time.time():
                return False
            self._write_lease(own)
            time.sleep(_SETTLE_S)
            return self._writer()[0] == own

    def _check(self, lease: str) -> None:
        if self._writer()[0] != lease:
            raise IndexBusyError(
                f"another machine has begun to write to {self._server.name} while this one was away",
                "run it again: what is stored is not stored anew",
            )

    def _writer(self) -> tuple[str, float]:
        """Who holds the lease, and until when (in Unix seconds)."""
        collection = self._collection("footnote-published")
        rows = collection.get(ids=["writer"], include=["metadatas"])["metadatas"] or []
        return (str(rows[0]["owner"]), float(str(rows[0]["until"]))) if rows else ("", 0.0)

    def _write_lease(self, own: str) -> None:
        row: dict[str, str | float] = {"owner": own, "until": time.time() + _LEASE_S}
        self._collection("footnote-published").upsert(ids=["writer"], embeddings=_vectors(1), metadatas=[row])

    def _collection(self, name: str) -> Collection:
        if self._connected is None:
            self._connected = connect(self._server, self._token)
        return self._connected.get_or_create_collection(name, embedding_function=None)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """What the client raises, as one of our errors; the next call connects anew."""
        try:
            yield
        except StoreError:
            raise
        except Exception as error:
            self._connected = None
            raise told(self._server, error) from error


def _pieces(snapshot: Path) -> Iterator[tuple[str, int, bytes]]:
    for path in sorted(path for path in snapshot.rglob("*") if path.is_file()):
        name = path.relative_to(snapshot).as_posix()
        with path.open("rb") as file:
            for number, data in enumerate(iter(lambda file=file: file.read(_PIECE), b"")):  # type: ignore[misc]
                yield name, number, data
        if not path.stat().st_size:
            yield name, 0, b""


def _packed(revision: str, name: str, number: int, data: bytes) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    packed = base64.b64encode(zlib.compress(data, 1)).decode()
    return {"revision": revision, "file": name, "number": number, "sha256": digest, "data": packed}


def _write(pieces: Collection, batch: list[tuple[str, dict[str, Any]]]) -> None:
    if batch:
        ids = [identifier for identifier, _ in batch]
        pieces.upsert(ids=ids, embeddings=_vectors(len(ids)), metadatas=[row for _, row in batch])


def _drop_others(pieces: Collection, revision: str) -> None:
    others: Any = {"revision": {"$ne": revision}}
    pieces.delete(where=others)


def _vectors(count: int) -> NDArray[np.float32]:
    """Chroma wants a vector with each record; these are all alike and never searched."""
    return np.ones((count, 1), dtype=np.float32)


def _unpack(folder: Path, row: Any, identifier: str) -> None:
    """Write one piece behind those before it."""
    lost = IndexDamagedError(f"piece {identifier} of the published index is not there, or damaged", "ingest again")
    try:
        path = (folder / str(row["file"])).resolve()
        data = zlib.decompress(base64.b64decode(str(row["data"])))
        is_whole = hashlib.sha256(data).hexdigest() == row["sha256"]
        mode = "ab" if int(row["number"]) else "wb"
    except (KeyError, TypeError, ValueError, zlib.error):  # TypeError: there is no row
        raise lost from None
    if not (is_whole and path.is_relative_to(folder.resolve())):
        raise lost
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open(mode) as file:
        file.write(data)
