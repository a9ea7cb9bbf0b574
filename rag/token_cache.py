"""Late-interaction vectors of passages, kept from the moment they are encoded until a snapshot holds them.

Encoding gives a passage's vector and its tokens' vectors at once. The vector goes to Chroma; the tokens
are appended to one file a run here, batch by batch, so that an interrupted ingest never has to encode a
batch twice, and are mapped from it when the snapshot is written: a million passages are 17 GB.
Everything here can be thrown away: what is missing is encoded again.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.snapshot import PackedTokens, Snapshot

_SCALE_BYTES, _SPAN_BYTES = 4, 8
_RUN = re.compile(r"[0-9a-f]{32}\.(jsonl|tokens)")


@dataclass(frozen=True, slots=True)
class _Kept:
    """Where a passage's tokens are: the bytes of its run, where its batch starts there, the rows of the batch and their
    width, and which of the rows are the passage's."""

    data: NDArray[np.uint8]
    offset: int
    rows: int
    width: int
    start: int
    end: int

    def tokens(self) -> PackedTokens:
        """A batch is its values, then its scales, then its spans."""
        values = self._part(self.offset, self.width).view(np.int8).reshape(-1, self.width)
        scales = self._part(self.offset + self.rows * self.width, _SCALE_BYTES).view(np.float32)
        spans = self._part(self.offset + self.rows * (self.width + _SCALE_BYTES), _SPAN_BYTES).view(np.int32)
        return PackedTokens(values, scales, spans.reshape(-1, 2))

    def _part(self, offset: int, bytes_a_row: int) -> NDArray[np.uint8]:
        # A copy, since a row need not lie where its type may be read in place.
        return self.data[offset + self.start * bytes_a_row : offset + self.end * bytes_a_row].copy()


class TokenCache:
    """The runs in one folder, on top of an older snapshot."""

    def __init__(self, folder: Path, older: Snapshot | None = None) -> None:
        self._folder = folder
        self._older = older
        self._run = uuid.uuid4().hex
        self._found: dict[str, _Kept] = {}
        self._in_older: dict[str, int] = {}

    def add(self, ids: Sequence[str], tokens: Sequence[PackedTokens]) -> None:
        """Keep the tokens of a batch of passages: the whole batch or, where this is interrupted, nothing."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / f"{self._run}.tokens").open("ab") as file:
            offset = file.tell()
            for name in ("values", "scales", "spans"):
                file.write(np.concatenate([getattr(entry, name) for entry in tokens]).tobytes())
            file.flush()
            os.fsync(file.fileno())
        ends = np.cumsum([len(entry.values) for entry in tokens]).tolist()
        row = {"ids": list(ids), "ends": ends, "offset": offset, "width": tokens[0].values.shape[1]}
        with (self._folder / f"{self._run}.jsonl").open("a", encoding="utf8") as file_of_rows:
            file_of_rows.write(json.dumps(row) + "\n")

    def load(self) -> None:
        """Find out what is there; what cannot be read is left out, since it can be made again."""
        if self._older is not None and self._older.has_tokens:
            self._in_older = {identifier: i for i, identifier in enumerate(self._older.passage_ids())}
        for path in sorted(self._folder.glob("*.jsonl")):
            self._found.update(_read_run(path))

    def __contains__(self, passage_id: str) -> bool:
        return passage_id in self._found or passage_id in self._in_older

    def get(self, passage_id: str) -> PackedTokens:
        """The tokens of a passage that is there."""
        if passage_id in self._found:
            return self._found[passage_id].tokens()
        assert self._older is not None
        return self._older.packed_tokens(self._in_older[passage_id])

    def clear(self) -> None:
        """Forget the runs, once a snapshot holds what was in them."""
        self._found.clear()
        for path in self._folder.glob("*"):
            if _RUN.fullmatch(path.name):
                path.unlink(missing_ok=True)


def _read_run(path: Path) -> Iterator[tuple[str, _Kept]]:
    """The passages of one run, up to the first batch that is not whole."""
    try:
        data: NDArray[np.uint8] = np.memmap(path.with_suffix(".tokens"), dtype=np.uint8, mode="r")
        for line in path.read_text(encoding="utf8").splitlines():
            row = json.loads(line)
            ends, offset, width = row["ends"], int(row["offset"]), int(row["width"])
            if offset + ends[-1] * (width + _SCALE_BYTES + _SPAN_BYTES) > len(data):
                return
            for identifier, start, end in zip(row["ids"], [0, *ends], ends, strict=False):
                yield identifier, _Kept(data, offset, ends[-1], width, start, end)
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return
