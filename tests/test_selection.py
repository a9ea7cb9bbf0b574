"""Filters, where papers' records are odd."""

from __future__ import annotations

import pytest

from rag.selection import Selection, year_of
from rag.types import Paper


@pytest.mark.parametrize(("year", "expected"), [("2019", 2019), ("", None), ("in print", None), ("9" * 5000, None)])
def test_the_year_of_a_record(year: str, expected: int | None) -> None:
    paper = Paper("p", "Frogs", "Frogs jump.", (), {"year": year})
    assert year_of(paper) == expected
    assert Selection.of(since=2000)(paper) is (expected is not None)
