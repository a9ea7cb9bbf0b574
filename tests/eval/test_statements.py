"""Twins: pairs of statements that differ in what makes one of them wrong."""

from eval.datasets import rows
from eval.statements import GOOD, Statement, marked, twins


def test_twins_differ_and_say_in_what() -> None:
    for row in rows("statements"):
        assert row.get("text") or row["view"] in ("digests", "pages"), row["paper"]
        for twin in row["twins"]:
            assert twin["good"] != twin["bad"]
            assert twin["kind"] in ("direction", "role", "number", "name", "unsaid")


def test_test_papers_are_in_no_other_split() -> None:
    kept = [(row["paper"], row.get("split")) for row in rows("statements")]
    held_out = {paper for paper, split in kept if split == "test"}
    assert len(held_out) == 80
    assert not held_out & {paper for paper, split in kept if split != "test"}
    assert len(twins()) == 960
    assert [statement.kind == GOOD for statement in twins()[:4]] == [True, False, True, False]


def test_the_checker_is_asked() -> None:
    abstract = "The pump moves 40 litres a minute. It needs no oil."
    assert not marked(Statement("Each minute the pump moves 40 litres.", GOOD, "Pump", abstract))
    assert marked(Statement("Each minute the pump moves 90 litres.", "number", "Pump", abstract))
