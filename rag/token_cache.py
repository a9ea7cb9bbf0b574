"""Late-interaction vectors of passages, kept from the moment they are encoded until a snapshot holds them.

Encoding gives a passage's vector and its tokens' vectors at once. The vector goes to Chroma; the tokens
go to a segment file here, one a batch, so that an interrupted ingest never has to encode a batch twice.
Everything here can be thrown away: what is missing is encoded again.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.snapshot import PackedTokens, Snapshot


class TokenCache:
    """The segments in one folder, on top of an older snapshot."""

    def __init__(self, folder: Path, older: Snapshot | None = None) -> None:
        self._folder = folder
        self._older = older
        self._found: dict[str, tuple[Mapping[str, NDArray[np.generic]], int, int]] = {}
        self._in_older: dict[str, int] = {}

    def add(self, ids: Sequence[str], tokens: Sequence[PackedTokens]) -> None:
        """Keep the tokens of a batch of passages: the whole batch or, where this is interrupted, nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{uuid.uuid4().hex}.npz"
        unfinished = path.with_suffix(".part")
        with unfinished.open("wb") as file:
            np.savez(
                file,
                ids=np.frombuffer(json.dumps(list(ids)).encode(), dtype=np.uint8),
                ends=np.cumsum([len(entry.values) for entry in tokens]),
                values=np.concatenate([entry.values for entry in tokens]),
                scales=np.concatenate([entry.scales for entry in tokens]),
                spans=np.concatenate([entry.spans for entry in tokens]),
            )
        os.replace(unfinished, path)

    def load(self) -> None:
        """Find out what is there; unreadable segments are left out, since they can be made again."""
        if self._older is not None and self._older.has_tokens:
            self._in_older = {identifier: i for i, identifier in enumerate(self._older.passage_ids())}
        for path in sorted(self._folder.glob("*.npz")):
            for identifier, segment, start, end in _read_segment(path):
                self._found[identifier] = (segment, start, end)

    def __contains__(self, passage_id: str) -> bool:
        return passage_id in self._found or passage_id in self._in_older

    def get(self, passage_id: str) -> PackedTokens:
        """The tokens of a passage that is there."""
        if passage_id in self._found:
            segment, start, end = self._found[passage_id]
            values, scales, spans = (segment[name][start:end] for name in ("values", "scales", "spans"))
            return PackedTokens(values, scales, spans)  # type: ignore[arg-type]
        assert self._older is not None
        return self._older.packed_tokens(self._in_older[passage_id])

    def clear(self) -> None:
        """Forget the segments, once a snapshot holds what was in them."""
        self._found.clear()
        for path in [*self._folder.glob("*.npz"), *self._folder.glob("*.part")]:
            path.unlink(missing_ok=True)


def _read_segment(path: Path) -> Iterator[tuple[str, Mapping[str, NDArray[np.generic]], int, int]]:
    try:
        with np.load(path) as archive:
            segment = {name: archive[name] for name in archive.files}
        ids = json.loads(segment["ids"].tobytes())
        ends = [int(end) for end in segment["ends"]]
    except (OSError, ValueError, KeyError, EOFError):
        path.unlink(missing_ok=True)
        return
    for identifier, start, end in zip(ids, [0, *ends], ends, strict=False):
        yield identifier, segment, start, end
