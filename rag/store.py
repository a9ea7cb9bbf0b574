"""The Chroma collection that holds every passage, with its vector: the one source of truth.

A paper is its passages: each carries the paper's title, sources and metadata, its own offsets, the white
space up to the next (`gap`), and how many there are, so that the paper's text can be put together again
and a paper that is only half written can be told from a whole one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexDamagedError, StoreError
from rag.location import Server
from rag.types import Paper, Passage, Source
from rag.vector_files import clear_unused

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

COLLECTION = "footnote"
SCHEMA = 1
PAGE = 5000  # records a call; Chroma's own limit is 5461
_REPLY_S = 10.0  # seconds in which a server must be reached, and must reply when it is first asked
_SILENCE_S = 120.0  # seconds without a byte after which a request has failed: a server may work that long


@dataclass(frozen=True, slots=True)
class Record:
    """A passage as it is stored: `content` identifies the paper's title and text, `count` its passages."""

    passage: Passage
    sources: tuple[Source, ...]
    content: str
    count: int
    gap: str


@dataclass(frozen=True, slots=True)
class StoredPaper:
    """What the store knows of a paper without its vectors; `whole` when no passage is missing or foreign."""

    paper: Paper
    content: str
    records: tuple[Record, ...]
    whole: bool


def content_of(paper: Paper) -> str:
    """What a paper's passages and vectors depend on: a hash of its title and text."""
    return hashlib.sha256(f"{SCHEMA}\0{paper.title}\0{paper.text}".encode()).hexdigest()[:16]


def to_records(paper: Paper, passages: Sequence[Passage]) -> list[Record]:
    """The records that store `paper`, one a passage."""
    content = content_of(paper)
    starts = [passage.start for passage in passages[1:]] + [len(paper.text)]
    return [
        Record(passage, paper.sources, content, len(passages), paper.text[passage.end : start])
        for passage, start in zip(passages, starts, strict=True)
    ]


class Store:
    """The collection in a folder or on a server. Chroma is imported when it is opened, which takes a second."""

    def __init__(self, place: Path | Server, token: str = "") -> None:
        self._collection = _open_collection(place, token)
        self._place = place

    def write(self, records: Sequence[Record], vectors: NDArray[np.float32]) -> None:
        """Add or replace records with their `(n, d)` vectors, in one transaction a call of at most 5,000.

        Raises:
            StoreError: when Chroma cannot write them.
        """
        for start in range(0, len(records), PAGE):
            page = records[start : start + PAGE]
            with self._asked():
                self._collection.upsert(
                    ids=[record.passage.id for record in page],
                    embeddings=vectors[start : start + PAGE],
                    documents=[record.passage.text for record in page],
                    metadatas=[_to_metadata(record) for record in page],
                )
        self._clear()

    def rewrite_metadata(self, records: Sequence[Record]) -> None:
        """Replace the sources and metadata of records that are there already, keeping their vectors.

        Raises:
            StoreError: when Chroma cannot write them.
        """
        for start in range(0, len(records), PAGE):
            page = records[start : start + PAGE]
            with self._asked():
                self._collection.update(
                    ids=[record.passage.id for record in page],
                    metadatas=[_to_metadata(record) for record in page],
                )
        self._clear()

    def delete(self, ids: Sequence[str]) -> None:
        """Remove records; unknown ids are ignored.

        Raises:
            StoreError: when Chroma cannot remove them.
        """
        for start in range(0, len(ids), PAGE):
            with self._asked():
                self._collection.delete(ids=list(ids[start : start + PAGE]))
        self._clear()

    def _clear(self) -> None:
        if isinstance(self._place, Path):
            clear_unused(self._place)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        """What Chroma raises, as one of our errors."""
        try:
            yield
        except (StoreError, OSError):  # of the disk's own errors the write lock tells
            raise
        except Exception as error:
            if isinstance(self._place, Server):
                raise told(self._place, error) from error
            raise _broken(self._place, error) from error

    def records(self) -> Iterator[Record]:
        """All records, in no particular order.

        Raises:
            StoreError: when Chroma cannot read them.
            IndexDamagedError: when one is not what was written.
        """
        with self._asked():
            count = self._collection.count()
        for offset in range(0, count, PAGE):
            with self._asked():
                page = self._collection.get(limit=PAGE, offset=offset, include=["documents", "metadatas"])
            rows = zip(page["ids"], page["documents"] or [], page["metadatas"] or [], strict=True)
            for identifier, text, metadata in rows:
                yield _from_metadata(identifier, text or "", metadata or {})

    def vectors(self, ids: Sequence[str]) -> NDArray[np.float32]:
        """The `(n, d)` vectors of `ids`, in their order.

        Raises:
            StoreError: when Chroma cannot read them.
            IndexDamagedError: where one of them has no vector.
        """
        found: dict[str, Any] = {}
        for start in range(0, len(ids), PAGE):
            with self._asked():
                page = self._collection.get(ids=list(ids[start : start + PAGE]), include=["embeddings"])
            embeddings = page["embeddings"]
            if embeddings is not None:
                found.update(zip(page["ids"], embeddings, strict=True))
        lost = [identifier for identifier in ids if identifier not in found]
        if lost:
            raise IndexDamagedError(f"the store has no vector for {len(lost)} passages", "run `footnote ingest` again")
        return np.asarray([found[identifier] for identifier in ids], dtype=np.float32)


def stored_papers(records: Iterable[Record]) -> dict[str, StoredPaper]:
    """The papers that `records` make up, by id."""
    grouped: dict[str, list[Record]] = {}
    for record in records:
        grouped.setdefault(record.passage.paper_id, []).append(record)
    return {paper_id: _assemble(group) for paper_id, group in grouped.items()}


def _assemble(group: list[Record]) -> StoredPaper:
    group.sort(key=lambda record: (record.content, record.passage.index))
    contents: dict[str, list[Record]] = {}
    for record in group:
        contents.setdefault(record.content, []).append(record)
    complete = [rows for rows in contents.values() if len(rows) == rows[0].count]
    kept = complete[0] if complete else max(contents.values(), key=len)
    first = kept[0].passage
    text = "".join(record.passage.text + record.gap for record in kept)
    paper = Paper(first.paper_id, first.title, text, kept[0].sources, first.metadata)
    alike = len({(record.sources, tuple(sorted(record.passage.metadata.items()))) for record in kept}) == 1
    return StoredPaper(paper, kept[0].content, tuple(kept), len(contents) == 1 and bool(complete) and alike)


def _to_metadata(record: Record) -> Mapping[str, str | int]:
    passage = record.passage
    return {
        "paper_id": passage.paper_id,
        "title": passage.title,
        "start": passage.start,
        "end": passage.end,
        "index": passage.index,
        "count": record.count,
        "content": record.content,
        "gap": record.gap,
        "sources": json.dumps([[source.name, source.path] for source in record.sources], ensure_ascii=False),
        "metadata": json.dumps(dict(passage.metadata), ensure_ascii=False, sort_keys=True),
    }


def _from_metadata(identifier: str, text: str, row: Mapping[str, Any]) -> Record:
    try:
        sources = tuple(Source(name, path) for name, path in json.loads(row["sources"]))
        passage = Passage(
            id=identifier,
            paper_id=row["paper_id"],
            title=row["title"],
            text=text,
            start=int(row["start"]),
            end=int(row["end"]),
            index=int(row["index"]),
            sources=tuple(dict.fromkeys(source.name for source in sources)),
            metadata=json.loads(row["metadata"]),
        )
        return Record(passage, sources, row["content"], int(row["count"]), row["gap"])
    except (KeyError, TypeError, ValueError) as error:
        raise IndexDamagedError(
            f"passage {identifier} of the index cannot be read: {error!r}",
            "remove the index folder and ingest again",
        ) from error


def connect(place: Path | Server, token: str = "") -> ClientAPI:
    """A Chroma client. `token` is sent as `Authorization: Bearer` and `X-Chroma-Token`, as proxies and Chroma want it.

    Raises:
        StoreError: when the folder cannot be used, or the server not be reached within some seconds.
    """
    import chromadb  # imported here: it takes a second, and asking needs it only where nothing is cached
    from chromadb.config import Settings as ChromaSettings

    quiet = ChromaSettings(anonymized_telemetry=False)
    if isinstance(place, Path):
        try:
            place.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(str(place), settings=quiet)
        except OSError as error:
            raise StoreError(
                f"the index folder {place} cannot be used: {error.strerror}", "set FOOTNOTE_HOME"
            ) from error
        except Exception as error:
            raise _broken(place, error) from error
    headers = {"Authorization": f"Bearer {token}", "X-Chroma-Token": token} if token else {}
    try:
        _await_reply(place)
        if place.tenant:
            client = chromadb.CloudClient(place.tenant, place.database, token or None, settings=quiet)
        else:
            client = chromadb.HttpClient(place.host, place.port, place.secure, headers=headers, settings=quiet)
    except Exception as error:
        raise told(place, error) from error
    return _impatient(client)


def _await_reply(server: Server) -> None:
    """Have any reply of the server: while it connects, Chroma's client waits for one without end."""
    import httpx  # Chroma's own

    scheme = "https" if server.secure else "http"
    httpx.get(f"{scheme}://{server.host}:{server.port}/api/v2/heartbeat", timeout=_REPLY_S)


def _impatient(client: ClientAPI) -> ClientAPI:
    """The client, no longer waiting without end: Chroma has no setting for that, and what it sends with knows one."""
    import httpx

    session = getattr(getattr(client, "_server", None), "_session", None)
    if isinstance(session, httpx.Client):
        session.timeout = httpx.Timeout(_SILENCE_S, connect=_REPLY_S)
    return client


def told(server: Server, error: Exception) -> StoreError:
    """What went wrong with a server, without what it said: that may hold a key."""
    return StoreError(
        f"the Chroma server {server.name} cannot be used: {type(error).__name__}",
        "is it running, is the address right, does it want FOOTNOTE_STORE_TOKEN?",
    )


def _broken(place: Path, error: Exception) -> StoreError:
    """What Chroma says of a store in a folder. SQLite's words for a damaged file come through as they are."""
    said = " ".join(str(error).split())
    if "malformed" in said or "not a database" in said:
        return IndexDamagedError(f"the store in {place} is damaged: {said}", _MEND)
    return StoreError(f"the store in {place} cannot be used: {said}", _RETRY)


def _open_collection(place: Path | Server, token: str) -> Collection:
    client = connect(place, token)
    try:
        return client.get_or_create_collection(
            COLLECTION,
            embedding_function=None,
            configuration={"hnsw": {"space": "cosine"}},
            metadata={"schema": SCHEMA},
        )
    except Exception as error:
        if isinstance(place, Path):
            raise _broken(place, error) from error
        raise told(place, error) from error


_MEND = "put a backup in its place with `footnote restore FILE --force`, or move the index away and ingest again"
_RETRY = "is the disk full? then free space; else run it again, and where that does not help `footnote repair`"
