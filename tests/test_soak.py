"""A short soak; `python -m tests.soak 30` is the long one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.soak import soak


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_mixed_traffic_while_the_model_fails(home: Path) -> None:
    tally = soak(home, 15)
    assert tally.untold == []
    assert tally.enough
    assert tally.samples[-1][2] <= tally.samples[0][2] + 110  # open files: the pool to the model keeps 100 connections
    assert "Traceback" not in (home / "server.log").read_text(encoding="utf8")
