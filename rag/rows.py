"""JSON rows in a file, read one by one without reading the others: as an index keeps its papers and passages."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag.mapped import mapped_array, mapped_bytes


class Rows(Sequence[dict[str, Any]]):
    """JSON rows in a memory-mapped file, decoded one by one when they are asked for."""

    def __init__(self, folder: Path, name: str) -> None:
        self._starts = mapped_array(folder / f"{name}.npy")
        self._bytes = mapped_bytes(folder / f"{name}.jsonl")

    def __len__(self) -> int:
        return len(self._starts) - 1

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return json.loads(self._bytes[self._starts[index] : self._starts[index + 1]])

    @staticmethod
    def write(folder: Path, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Write rows so that `Rows(folder, name)` reads them."""
        starts = [0]
        with (folder / f"{name}.jsonl").open("wb") as file:
            for row in rows:
                starts.append(starts[-1] + file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n"))
        np.save(folder / f"{name}.npy", np.asarray(starts, dtype=np.int64))
