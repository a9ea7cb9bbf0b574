"""What all tests share."""

from pathlib import Path

import pytest

_SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data beside the project that tests read and that is no part of it."""
    if not _SHARED.is_dir():
        pytest.skip("needs ../shared (the sample pages and data), which is not here")
    return _SHARED
