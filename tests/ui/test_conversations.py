"""Conversations last, and each owner sees their own."""

from __future__ import annotations

from pathlib import Path

from ui.conversations import Conversations

TURN = ("What is TinyToad?", {"text": "A student model [1]."})


def test_they_last(tmp_path: Path) -> None:
    key = Conversations(tmp_path / "c.sqlite").save("ann", [TURN])
    again = Conversations(tmp_path / "c.sqlite")
    again.save("ann", [TURN, ("And?", {"text": "90 thousand"})], key)
    found = again.load("ann", key)
    assert found is not None
    assert found.title == TURN[0]
    assert [question for question, _ in found.turns] == ["What is TinyToad?", "And?"]


def test_nobody_sees_or_touches_anothers(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.sqlite")
    key = kept.save("ann", [TURN])
    assert kept.load("bob", key) is None
    assert kept.search("bob") == []
    kept.save("bob", [("mine now", {})], key)
    kept.rename("bob", key, "mine")
    kept.delete("bob", key)
    found = kept.load("ann", key)
    assert found is not None
    assert found.turns[0][0] == TURN[0]
    assert found.title == TURN[0]


def test_search_rename_delete(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.sqlite")
    toad, frog = kept.save("ann", [TURN]), kept.save("ann", [("100% of frogs_", {})])
    assert [c.id for c in kept.search("ann", "student")] == [toad]
    assert [c.id for c in kept.search("ann", "100%")] == [frog]
    assert kept.search("ann", "1_0") == []
    assert kept.search("ann", "text") == []  # what the answers are kept under is no word of theirs
    kept.rename("ann", toad, "Toads")
    assert kept.search("ann", "Toads")[0].id == toad
    kept.delete("ann", toad)
    assert [c.id for c in kept.search("ann")] == [frog]
