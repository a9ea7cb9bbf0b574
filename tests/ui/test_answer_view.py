"""Other people's text is shown, never run; markers lead to their spans."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from rag.assistant import Assistant
from rag.types import Answer, Citation, Claim, Paper, Source
from ui.answer_view import chat_text, remarks
from ui.exports import as_csv, as_html, as_markdown, as_text, bibtex
from ui.source_cards import source_cards, sources_pane

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> *bold* [link](javascript:alert(3)) `code`"
QUESTION = "By how much does FrogJump cut memory?"


def hostile() -> Answer:
    cited = Citation(1, HOSTILE, HOSTILE, 0, len(HOSTILE), 0.5, (HOSTILE,), HOSTILE, 0, "x")
    claim = Claim(HOSTILE, (1,), "unsupported", 0.1, HOSTILE)
    return Answer(HOSTILE, f"{HOSTILE} [1] (unsupported).", (cited,), (claim,), False, "lookup", (HOSTILE,), HOSTILE)


def test_markup_is_shown_not_run() -> None:
    answer = hostile()
    paper = Paper("x", HOSTILE, HOSTILE * 3, (Source(HOSTILE, "/x"),), {"year": HOSTILE})
    refused = replace(answer, abstained=True, nearest=(HOSTILE,), citations=())
    for shown in (
        chat_text(answer.text, 1, answer),
        remarks(answer),
        source_cards(answer, 1, HOSTILE, lambda _: paper),
        source_cards(refused, 1),
        as_html([(HOSTILE, answer)]),
    ):
        assert "<script>alert" not in shown
        assert "<img" not in shown
    assert "](javascript" not in chat_text(answer.text, 1, answer).replace(escape(HOSTILE), "")
    assert "**" not in chat_text("**x**", 1)


def test_markers_become_links_to_their_cards(pond: Assistant) -> None:
    answer = pond.ask(QUESTION)
    shown, cards = chat_text(answer.text, 3, answer), source_cards(answer, 3)
    for citation in answer.citations:
        assert f'href="#fn-3-{citation.n}"' in shown
        assert f'id="fn-3-{citation.n}"' in cards
        assert f'data-n="{citation.n}"' in cards


def test_each_answer_has_its_cards_and_the_last_ones_are_open(pond: Assistant) -> None:
    answers = [(QUESTION, pond.ask(QUESTION)), ("q", pond.ask("How often does the underwater arm succeed?"))]
    pane = sources_pane(answers, pond.snapshot.find)
    assert 'data-turn="1" hidden' in pane
    assert 'data-turn="2">' in pane


def test_the_whole_text_has_every_cited_span_marked(pond: Assistant) -> None:
    answer = pond.ask(QUESTION)
    first = answer.citations[0]
    short = replace(first, passage=first.quote, passage_start=first.start)
    cards = source_cards(replace(answer, citations=(short,)), 1, QUESTION, pond.snapshot.find)
    whole = cards.split("<details>")[1]
    assert f'<mark data-n="{first.n}">{escape(first.quote)}</mark>' in whole


def test_unsupported_sentences_are_marked_with_the_reason() -> None:
    claims = (Claim("It flies", (1,), "unsupported", 0.1, "no"),)
    answer = replace(hostile(), text="It flies [1] (unsupported).", claims=claims)
    assert '<span class="bad">(unsupported)</span>' in chat_text(answer.text, 1, answer)
    assert "It flies" in remarks(answer)


def test_exports(pond: Assistant) -> None:
    answer = pond.ask(QUESTION)
    text = as_markdown([(QUESTION, answer)])
    assert f"## {QUESTION}" in text
    assert "[^1-1]: FrogJump" in text
    assert f'<mark data-n="1">{escape(answer.citations[0].quote)}</mark>' in as_html([(QUESTION, answer)])
    assert "[1] FrogJump" in as_text(answer)


def test_a_sentence_that_stands_twice_is_marked_where_it_is_cited() -> None:
    passage = "It falls. Later it says: It falls."
    cited = Citation(1, "Rain", passage, 25, 34, 0.5, ("rain",), "It falls.", 0, "x")
    page = as_html([("q", replace(hostile(), citations=(cited,)))])
    assert 'It falls. Later it says: <mark data-n="1">It falls.</mark>' in page


def test_bibtex_has_what_is_known() -> None:
    paper = Paper("p", "50% of {Frogs}", "", (), {"year": "2024", "authors": "Ann Frog and Bo Toad", "doi": "10.1/x_y"})
    entry = bibtex([paper.title], [paper])
    assert r"title = {50\% of \{Frogs\}}" in entry
    assert "year = {2024}" in entry
    assert r"doi = {10.1/x\_y}" in entry


def test_no_cell_of_a_listing_is_a_formula() -> None:
    cited = Citation(1, "=cmd|' /C calc'!A0", "+1", 0, 2, 0.5, ("@x",), "+1", 0, "x")
    rows = as_csv(replace(hostile(), citations=(cited,))).splitlines()
    assert all(cell.lstrip('"').startswith("'") for cell in rows[1].split(","))
