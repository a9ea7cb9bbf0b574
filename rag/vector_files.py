"""The files of Chroma's vector index, cleared of what is no vector.

hnswlib allocates room for the vectors to come and writes it out as it found it: an index of no vectors yet is
170 kB of the process's own memory, and that may hold a key. What lies behind the last vector is set to zero.
"""

from __future__ import annotations

import struct
from pathlib import Path

# hnswlib's header: version, offset of the first record, room, records, bytes a record; little-endian, no padding.
_HEADER = struct.Struct("<iQQQQ")
_VERSION = 1
_BLOCK = 1 << 20


def clear_unused(chroma: Path) -> None:
    """Zero what lies behind the records of each vector index in the folder `chroma`.

    The folder must not be written to meanwhile. Files of another layout are left as they are.
    """
    for header in chroma.glob("*/header.bin"):
        records = header.with_name("data_level0.bin")
        head = header.read_bytes()[: _HEADER.size]
        if len(head) < _HEADER.size or not records.is_file():
            continue
        version, _, _, count, size = _HEADER.unpack(head)
        if version == _VERSION:
            _zero(records, count * size)


def _zero(path: Path, start: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        while block := file.read(_BLOCK):
            if any(block):
                file.seek(-len(block), 1)
                file.write(bytes(len(block)))
