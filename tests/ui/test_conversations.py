"""Conversations last, each owner sees their own, and no page overwrites what another one added."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import gradio as gr
import pytest

from rag.assistant import Assistant
from rag.errors import FootnoteError
from rag.ingest import ingest, remove
from rag.settings import load_settings
from rag.types import Delta, Event
from tests.invented import PAPERS, write_jsonl
from ui.choices import Choices
from ui.conversations import Conversations
from ui.desk import Desk, Only
from ui.feedback import Feedback
from ui.library import Library

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


def test_two_pages_that_go_on_apart_are_both_kept(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.sqlite")
    key = kept.save("ann", [TURN])
    assert kept.save("ann", [TURN, ("here", {})], key) == key
    other = kept.save("ann", [TURN, ("there", {})], key)
    assert other != key
    assert _questions(kept, key) == [TURN[0], "here"]
    assert _questions(kept, other) == [TURN[0], "there"]


def test_of_pages_that_write_at_the_same_time_each_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "c.sqlite"
    key = Conversations(path).save("ann", [TURN])
    with ThreadPoolExecutor(8) as pages:
        keys = list(pages.map(lambda n: Conversations(path).save("ann", [TURN, (f"page {n}", {})], key), range(8)))
    assert len(set(keys)) == 8
    assert [_questions(Conversations(path), made)[1] for made in keys] == [f"page {n}" for n in range(8)]


def test_a_key_of_somebody_else_costs_nobody_a_conversation(tmp_path: Path) -> None:
    kept = Conversations(tmp_path / "c.sqlite")
    key = kept.save("ann", [TURN])
    mine = kept.save("bob", [TURN, ("mine", {})], key)
    assert mine != key
    assert _questions(kept, key) == [TURN[0]]
    assert _questions(kept, mine, "bob") == [TURN[0], "mine"]


def _questions(kept: Conversations, key: str, owner: str = "ann") -> list[str]:
    found = kept.load(owner, key)
    assert found is not None
    return [question for question, _ in found.turns]


class Tab:
    """A page as its wiring drives the desk: what it holds, and what its buttons do."""

    def __init__(self, desk: Desk, key: str = "") -> None:
        self.desk, self.request = desk, gr.Request(username="ann")
        _, _, self.turns, self.key, _, _, self.seen = desk.opened(key, self.request)

    def ask(self, question: str) -> Tab:
        own = Choices.of(self.desk.assistant)
        *_, last = self.desk.answer(question, self.turns, self.key, self.seen, Only(), own, self.request)
        _, _, self.turns, self.key, _, _, self.seen = last
        return self

    def undo(self) -> Tab:
        _, _, self.turns, _, _ = self.desk.undone(self.turns)
        self.key, self.seen = self.desk.kept(self.turns, self.key, self.seen, self.request)
        return self

    def retry(self) -> Tab:
        _, _, self.turns, question, _ = self.desk.undone(self.turns)
        return self.ask(question)

    def edit(self, place: int, question: str) -> Tab:
        _, _, self.turns, question, _ = self.desk.edited(self.turns, place, question)
        return self.ask(question)

    @property
    def stored(self) -> list[str]:
        return _questions(self.desk.conversations, self.key)


@pytest.fixture
def desk(pond: Assistant, tmp_path: Path) -> Desk:
    return Desk(pond, Conversations(tmp_path / "c.sqlite"), Feedback(tmp_path / "f.jsonl"))


def test_a_page_that_cuts_its_own_conversation_goes_on_in_it(desk: Desk) -> None:
    tab = Tab(desk).ask("What is TinyToad?").ask("What is FrogJump?")
    key = tab.key
    tab.undo().undo().ask("What is Otter?").ask("What is Heron?")
    assert (tab.key, tab.stored) == (key, ["What is Otter?", "What is Heron?"])
    assert Tab(desk, key).retry().key == key
    tab = Tab(desk, key).edit(0, "What is Beaver?")
    assert (tab.key, tab.stored) == (key, ["What is Beaver?"])
    assert len(desk.conversations.search("ann")) == 1
    assert tab.edit(0, "  ").turns[0][0] == "What is Beaver?"


def test_a_retry_that_fails_loses_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = Tab(desk).ask("What is TinyToad?").ask("What is FrogJump?")

    def fail(*_: object, **__: object) -> Any:
        raise FootnoteError("the lights went out")

    with monkeypatch.context() as dark:
        dark.setattr(Assistant, "stream", fail)
        tab.retry()
    assert tab.stored == ["What is TinyToad?", "What is FrogJump?"]
    assert tab.ask("What is Otter?").stored == ["What is TinyToad?", "What is Otter?"]
    assert len(desk.conversations.search("ann")) == 1


def test_a_cut_takes_nothing_away_from_another_page(desk: Desk) -> None:
    here = Tab(desk).ask("What is TinyToad?")
    there = Tab(desk, here.key).ask("What is FrogJump?")
    here.undo().ask("What is Otter?")
    assert there.stored == ["What is TinyToad?", "What is FrogJump?"]
    assert here.stored == ["What is Otter?"]
    assert here.key != there.key


def test_a_fast_answer_comes_in_few_pieces_and_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = desk.assistant.ask("What is FrogJump?")

    def stream(*_: object, **__: object) -> Iterator[Event]:
        yield from [Delta("word ")] * 500
        yield answer

    monkeypatch.setattr(Assistant, "stream", stream)
    own = Choices.of(desk.assistant)
    pieces = list(desk.answer("What is FrogJump?", [], "", [], Only(), own, gr.Request(username="ann")))
    assert len(pieces) < 20  # a browser takes a tenth of a second for each of them in a long conversation
    assert pieces[-1][2] == [("What is FrogJump?", answer.to_dict())]


def test_a_slow_answer_is_shown_as_it_comes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = desk.assistant.ask("What is FrogJump?")

    def stream(*_: object, **__: object) -> Iterator[Event]:
        for word in ("one ", "two ", "three "):
            yield Delta(word)
            time.sleep(0.25)
        yield answer

    monkeypatch.setattr(Assistant, "stream", stream)
    own = Choices.of(desk.assistant)
    pieces = list(desk.answer("What is FrogJump?", [], "", [], Only(), own, gr.Request(username="ann")))
    shown = [chat[-1]["content"] for chat, *_ in pieces]
    for part in ("one", "one two", "one two three"):
        assert any(text.startswith(f"{part}  <span") for text in shown)


def test_a_page_whose_index_was_emptied_says_so_and_goes_on(home: Path) -> None:
    ingest([write_jsonl(home / "pond.jsonl", PAPERS)], load_settings())
    desk = Desk(Assistant(load_settings(offline=True)), Conversations(home / "c.sqlite"), Feedback(home / "f.jsonl"))
    tab = Tab(desk).ask("What is FrogJump?")
    library = Library(desk.assistant)
    remove(load_settings(), lambda paper: True)
    assert "all its papers were removed" in desk.heading()
    assert "Not ready" in desk.footer(tab.turns)
    assert "FrogJump" in desk.cards(tab.turns)
    assert desk.judge(tab.turns, 1, helpful=True)
    assert "@misc" in desk.exported(tab.turns, "bibtex")["text"]
    assert (library.find(""), library.titles(), library.sources(), library.years()) == ([], [], [], None)
    tab.ask("What is TinyToad?")
    assert tab.stored == ["What is FrogJump?"]
    ingest([home / "pond.jsonl"], load_settings())
    assert tab.ask("What is TinyToad?").stored == ["What is FrogJump?", "What is TinyToad?"]
