"""Files mapped into memory: opened at once whatever their size, and read where they are looked at."""

from __future__ import annotations

import mmap
from pathlib import Path
from typing import Any

import numpy as np

Bytes = bytes | mmap.mmap

_LARGE = 256_000_000  # bytes of an array of which not all can be expected to stay in memory


def mapped_array(path: Path, *, scattered: bool = False) -> Any:
    """The array of a `.npy` file; as a plain array, since each slice of an `np.memmap` takes ten times as long.
    `scattered`: it is read a row here and a row there, so what lies around them may stay on disk.

    Raises:
        OSError, ValueError: for a file that is missing or is no array.
    """
    array = np.load(path, mmap_mode="r")
    if scattered and array.nbytes > _LARGE and isinstance(array.base, mmap.mmap) and hasattr(mmap, "MADV_RANDOM"):
        array.base.madvise(mmap.MADV_RANDOM)
    return np.asarray(array)


def mapped_bytes(path: Path) -> Bytes:
    """The bytes of a file, which may have none.

    Raises:
        OSError: for a file that is missing.
    """
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if path.stat().st_size else b""
