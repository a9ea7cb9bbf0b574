"""What the tests of the readers share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rag.corpus import Skipped, read
from rag.types import Paper

Found = list[Paper | Skipped]
ReadFile = Callable[..., Found]


@pytest.fixture
def read_file(tmp_path: Path) -> ReadFile:
    """Write content to a file of that name and give what the public reader finds in it."""

    def written_and_read(name: str, content: str | bytes, **options: int) -> Found:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        return list(read([path], **options))

    return written_and_read


def papers(found: Found) -> list[Paper]:
    """The papers among what was found."""
    return [paper for paper in found if isinstance(paper, Paper)]


def skipped(found: Found) -> list[str]:
    """The lines that report what was not read."""
    return [str(report) for report in found if isinstance(report, Skipped)]
