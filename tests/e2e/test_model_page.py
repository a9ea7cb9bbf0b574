"""The page over a scripted model and behind a login: streaming, stopping, marks, and nobody sees another's talk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.ingest import ingest
from rag.server import create_app
from rag.settings import load_settings
from tests.conftest import KEY
from tests.e2e.test_page import CHROMIUM, INPUT, QUESTION, ask, browser, shot  # noqa: F401 - browser is a fixture
from tests.invented import PAPERS, write_jsonl
from tests.server.conftest import running
from tests.servers.scripted import Request, Say, ScriptedModel

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium, which is not installed"),
    pytest.mark.filterwarnings("ignore"),
]
SLOW, QUICK, BRIEF = "Tell me slowly about FrogJump.", "Tell me quickly about FrogJump.", "Briefly, what is FrogJump?"


def script(request: Request) -> Say:
    if SLOW in request.user:
        return Say("FrogJump cuts memory by 4.7x on PondBench [1]. " * 30, pieces=4, pause_s=0.2)
    if QUICK in request.user:
        return Say("FrogJump cuts memory by 4.7x on PondBench [1]. " * 60, pieces=2, pause_s=0.01)
    if BRIEF in request.user:
        return Say("FrogJump cuts memory by 4.7x on PondBench [1].", pieces=4, pause_s=0.2)
    return Say("FrogJump cuts memory by 4.7x on PondBench [1]. FrogJump won 93 medals in Paris [1].")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, models_home: Path) -> Iterator[str]:
    from ui.command import mounted

    home = tmp_path_factory.mktemp("model_page")
    (home / "models").symlink_to(models_home / "models")
    with ScriptedModel(script) as model:
        settings = load_settings(
            home=home, llm="scripted-pond", llm_base_url=model.base_url, llm_api_key=KEY, llm_timeout_s=20
        )
        ingest([write_jsonl(home / "pond.jsonl", PAPERS)], settings)
        assistant = Assistant(settings)
        people = [("ann", "secret-a"), ("bob", "secret-b")]
        with running(mounted(create_app(assistant), assistant, home, people)) as url:
            yield url
        assistant.close()


def logged_in(browser: Any, address: str, name: str, password: str) -> Any:  # noqa: F811
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(address)
    page.fill("input >> nth=0", name)
    page.fill("input[type=password]", password)
    page.click("button:has-text('Login'), button:has-text('Log in')")
    page.wait_for_selector(INPUT)
    return page


def test_what_papers_do_not_say_is_marked(browser: Any, address: str) -> None:  # noqa: F811
    page = logged_in(browser, address, "ann", "secret-a")
    assert "scripted-pond" in page.inner_text("#heading")
    ask(page, QUESTION)
    assert "(unsupported)" in page.inner_text("#chat .bad >> nth=0")
    assert re.search(r"Unsupported: “[^”]*93 medals", page.inner_text("#chat"))
    assert KEY not in page.content()
    assert KEY not in page.request.get(f"{address}/config").text()
    shot(page, "unsupported")
    page.context.close()


def test_stopping_returns_the_question(browser: Any, address: str) -> None:  # noqa: F811
    page = logged_in(browser, address, "ann", "secret-a")
    page.fill(INPUT, SLOW)
    page.press(INPUT, "Enter")
    page.wait_for_function("document.querySelector('#chat').innerText.includes('4.7x')", timeout=15_000)
    assert not page.is_visible("#send")
    page.click("button:has-text('Stop')")
    page.wait_for_function(f"document.querySelector('{INPUT}').value.length > 0")
    page.wait_for_selector("#send")
    assert page.input_value(INPUT) == SLOW
    ask(page, QUESTION)
    assert "93 medals" in page.inner_text("#chat")
    page.context.close()


def begun(page: Any, question: str) -> None:
    """Ask, and wait until the answer has begun."""
    page.fill(INPUT, question)
    page.press(INPUT, "Enter")
    page.wait_for_function("document.querySelector('#chat .going') !== null")
    page.wait_for_function("document.querySelector('#chat').innerText.includes('4.7x')", timeout=15_000)


def test_what_was_stopped_does_not_come_back(browser: Any, address: str) -> None:  # noqa: F811
    page = logged_in(browser, address, "ann", "secret-a")
    for _ in range(3):
        begun(page, QUICK)
        page.click("button:has-text('Stop')")
        page.wait_for_selector("#send")
        page.wait_for_timeout(500)
        assert page.is_visible("#send")
        assert page.input_value(INPUT) == QUICK
        assert "4.7x" not in page.inner_text("#chat")
    page.context.close()


def test_a_new_conversation_stays_new_though_an_answer_was_coming(browser: Any, address: str) -> None:  # noqa: F811
    page = logged_in(browser, address, "ann", "secret-a")
    page.click("button[aria-label*='sidebar' i]")
    for _ in range(3):
        begun(page, QUICK)
        page.click("button:has-text('New conversation')")
        page.wait_for_function("!document.querySelector('#chat').innerText.includes('4.7x')")
        page.wait_for_timeout(500)
        assert "4.7x" not in page.inner_text("#chat")
        assert page.is_visible("#send")
    page.context.close()


def questions(page: Any) -> list[str]:
    return [row.inner_text().strip() for row in page.query_selector_all("#chat .user-row")]


def test_a_question_asked_during_an_answer_waits_for_it(browser: Any, address: str) -> None:  # noqa: F811
    page = logged_in(browser, address, "ann", "secret-a")
    begun(page, BRIEF)
    page.fill(INPUT, QUESTION)
    page.press(INPUT, "Enter")
    page.wait_for_function("document.querySelectorAll('#chat .ended').length === 2")
    assert questions(page) == [BRIEF, QUESTION]
    page.context.close()


def test_a_question_pressed_twice_is_asked_once(browser: Any, address: str) -> None:  # noqa: F811
    page = logged_in(browser, address, "bob", "secret-b")
    page.fill(INPUT, BRIEF)
    for _ in range(3):
        page.press(INPUT, "Enter")
    page.wait_for_selector("#chat .ended")
    page.wait_for_timeout(1000)
    assert questions(page) == [BRIEF]
    page.click("button[aria-label*='sidebar' i]")
    page.wait_for_selector("label:has-text('FrogJump')")
    assert page.locator("label:has-text('Briefly')").count() == 1
    page.context.close()


def test_what_was_typed_is_left_when_an_answer_is_stopped(browser: Any, address: str) -> None:  # noqa: F811
    page = logged_in(browser, address, "ann", "secret-a")
    begun(page, QUICK)
    page.fill(INPUT, "What is next?")
    page.press(INPUT, "Enter")  # it waits
    page.click("button:has-text('Stop')")
    page.wait_for_selector("#send")
    page.wait_for_timeout(500)
    assert questions(page) == []
    assert page.input_value(INPUT) == "What is next?"
    page.context.close()


def test_a_reload_in_mid_answer_returns_the_question(browser: Any, address: str) -> None:  # noqa: F811
    page = logged_in(browser, address, "ann", "secret-a")
    begun(page, SLOW)
    page.reload()
    page.wait_for_function(f"(document.querySelector('{INPUT}') || {{}}).value === {SLOW!r}")
    assert questions(page) == []
    page.context.close()


def test_pages_that_are_closed_or_cut_off_in_mid_answer_harm_nobody(browser: Any, address: str) -> None:  # noqa: F811
    left = [logged_in(browser, address, "ann", "secret-a") for _ in range(3)]
    for page in left:
        page.fill(INPUT, SLOW)
        page.press(INPUT, "Enter")
        page.wait_for_function("document.querySelector('#chat').innerText.includes('4.7x')", timeout=15_000)
    left[0].context.close()
    left[1].context.set_offline(True)
    left[2].reload()
    other = logged_in(browser, address, "bob", "secret-b")
    ask(other, QUESTION)
    assert "93 medals" in other.inner_text("#chat")
    left[1].context.set_offline(False)
    for page in left[1:]:
        page.reload()
        page.wait_for_selector(INPUT)
        ask(page, QUESTION)
        page.context.close()
    other.context.close()


def test_nobody_sees_anothers_conversations(browser: Any, address: str) -> None:  # noqa: F811
    ann, bob = logged_in(browser, address, "ann", "secret-a"), logged_in(browser, address, "bob", "secret-b")
    ask(ann, "How many parameters does TinyToad have?")
    key = ann.evaluate("localStorage.getItem('footnote-conversation')")
    bob.evaluate("key => localStorage.setItem('footnote-conversation', key)", key)
    bob.reload()
    bob.wait_for_selector(INPUT)
    bob.wait_for_timeout(1500)
    assert "TinyToad" not in bob.inner_text("body").replace("How many parameters", "")
    ann.reload()
    ann.wait_for_selector("#chat a.fn")
    for page in (ann, bob):
        page.context.close()


def test_without_a_login_there_is_nothing_to_see(browser: Any, address: str) -> None:  # noqa: F811
    page = browser.new_context().new_page()
    page.goto(address)
    page.wait_for_selector("input[type=password]")
    assert "FrogJump" not in page.content()
    page.context.close()
