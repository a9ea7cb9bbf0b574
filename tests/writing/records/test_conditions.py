"""What records must say, asked of all papers at once and of one after another."""

from __future__ import annotations

import pytest

from rag.records import Records
from rag.writing.records.conditions import Family, Has, OfRecord, Opening
from tests.test_records import papers

CONDITIONS = (
    Has("authors"),
    Has("year"),
    Has("venue"),
    OfRecord(),
    OfRecord(authors=("Frog",)),
    OfRecord(authors=("A. Frog", "Toad")),
    OfRecord(authors=("Ana Frog", "Li"), together=True, since=2000),
    OfRecord(others=("Bo Li",), until=2019),
    OfRecord(authors=("d'Étang", "-")),
    OfRecord(venues=("NeurIPS", "Frog Conf"), whole=True),
    OfRecord(venues=("Journal",), elsewhere=("NIPS",)),
    OfRecord(elsewhere=("Journal of Ponds",), others=("Toad",), since=1, until=9999),
    OfRecord(authors=("Frog",), beside="Frogs: A Survey"),
    OfRecord(others=("Toad",), beside="straffer (3) Frösche"),
    Family("Frog"),
    Family("Wen Toad"),
    Family("..."),
    Opening(frozenset({"Frogs", "STRAßE DER FRÖSCHE", "straffer (3) Frösche"})),
    Opening(frozenset({"(3)", "FROGS"})),
)


@pytest.mark.parametrize("condition", CONDITIONS, ids=lambda condition: type(condition).__name__)
def test_all_at_once_is_the_same_as_one_by_one(condition: Has | OfRecord | Family | Opening) -> None:
    asked = papers(300)
    expected = [condition(paper) for paper in asked]
    assert condition.among(Records.of(asked)).tolist() == expected
