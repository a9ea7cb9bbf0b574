"""Other people's text is shown, never run; markers lead to their spans."""

from __future__ import annotations

from dataclasses import replace
from html import escape

from rag.assistant import Assistant
from rag.types import Answer, Citation, Claim
from ui.answer_view import as_markdown, bibtex, chat_text, remarks, source_cards

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> *bold* [link](javascript:alert(3)) `code`"
QUESTION = "By how much does FrogJump cut memory?"


def hostile() -> Answer:
    cited = Citation(1, HOSTILE, HOSTILE, 0, len(HOSTILE), 0.5, (HOSTILE,), HOSTILE, 0, "x")
    claim = Claim(HOSTILE, (1,), "unsupported", 0.1, HOSTILE)
    return Answer(HOSTILE, f"{HOSTILE} [1] (unsupported).", (cited,), (claim,), False, "lookup", (HOSTILE,), HOSTILE)


def test_markup_is_shown_not_run() -> None:
    answer = hostile()
    for shown in (chat_text(answer.text, 1, answer), remarks(answer), source_cards(answer, 1)):
        assert "<script" not in shown
        assert "<img" not in shown
        assert "](javascript" not in shown.replace(escape(HOSTILE), "")
    assert "**" not in chat_text("**x**", 1)
    refused = replace(answer, abstained=True, nearest=(HOSTILE,), citations=())
    assert "<script" not in source_cards(refused, 1)


def test_markers_become_links_to_their_cards(pond: Assistant) -> None:
    answer = pond.ask(QUESTION)
    shown, cards = chat_text(answer.text, 3, answer), source_cards(answer, 3)
    for citation in answer.citations:
        assert f'href="#fn-3-{citation.n}"' in shown
        assert f'id="fn-3-{citation.n}"' in cards
        assert f'data-n="{citation.n}"' in cards


def test_unsupported_sentences_are_marked_with_the_reason() -> None:
    answer = replace(
        hostile(), text="It flies [1] (unsupported).", claims=(Claim("It flies", (1,), "unsupported", 0.1, "no"),)
    )
    assert '<span class="bad">(unsupported)</span>' in chat_text(answer.text, 1, answer)
    assert "It flies" in remarks(answer)


def test_exports(pond: Assistant) -> None:
    answer = pond.ask(QUESTION)
    text = as_markdown([(QUESTION, answer)])
    assert f"## {QUESTION}" in text
    assert "[^1-1]" in text
    assert "@misc{footnote1," in bibtex(answer)
    assert "FrogJump" in bibtex(answer)
