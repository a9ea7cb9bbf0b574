"""The page in Debian's Chromium against the real server. Screenshots land in the folder that FOOTNOTE_SHOTS names."""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.ingest import ingest
from rag.server import create_app
from rag.settings import load_settings
from tests.invented import PAPERS, numbered, write_jsonl
from tests.server.conftest import running
from tests.servers.processes import free_port
from ui.conversations import Conversations
from ui.desk import Desk

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium, which is not installed"),
    pytest.mark.filterwarnings("ignore"),  # Gradio's own
]
QUESTION = "By how much does FrogJump cut memory?"
INPUT = "#question textarea"
_SLOW_MS = 60_000  # that a step may take on a machine with much else to do


@pytest.fixture(scope="module")
def home_of_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("page")


@pytest.fixture(scope="module")
def address(home_of_page: Path, models_home: Path) -> Iterator[str]:
    """The page over the invented papers, some of which have markup in them."""
    from ui.command import mounted

    home = home_of_page
    (home / "models").symlink_to(models_home / "models")
    settings = load_settings(home=home, offline=True)
    hostile = {
        "Newt <script>document.title = 'run'</script>": "The newt <img src=x onerror=\"document.title='run'\"> swims.",
        "Olm ${document.title = 'run'} {{value}}": "The olm {{constructor}} ${document.title = 'run'} sleeps in caves.",
    }
    ingest([write_jsonl(home / "pond.jsonl", {**PAPERS, **hostile, **numbered(35)})], settings)
    assistant = Assistant(settings)
    with running(mounted(create_app(assistant), assistant, home)) as url:
        yield url


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    opened.on("request", lambda request: _local(request.url))
    opened.set_default_timeout(_SLOW_MS)
    opened.goto(address)
    opened.wait_for_selector(INPUT)
    yield opened
    context.close()


def _local(url: str) -> None:
    assert url.startswith(("http://127.0.0.1", "data:", "blob:")), f"the page asks {url}"


def ask(page: Any, question: str) -> None:
    """Ask, and wait until the answer has ended."""
    before = page.locator("#chat .ended").count()
    page.fill(INPUT, question)
    page.press(INPUT, "Enter")
    page.wait_for_function(f"document.querySelectorAll('#chat .ended').length > {before}")


def conversations(home: Path) -> list[list[str]]:
    """The questions of each conversation that is kept."""
    kept = Conversations(home / "conversations.sqlite").search("local")
    return [[question for question, _ in conversation.turns] for conversation in kept]


def shot(page: Any, name: str) -> None:
    folder = os.environ.get("FOOTNOTE_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_it_opens_on_the_papers(page: Any) -> None:
    assert "47 papers" in page.inner_text("body")
    assert "1 source" in page.inner_text("#heading")
    assert page.locator("#chat button:has-text('FP8')").count() == 1
    assert page.evaluate("document.activeElement.closest('#question') !== null")
    for _ in range(25):  # no key leads to what is out of sight
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.closest('.sidebar-content') === null")
    shot(page, "opened")


def test_what_there_is_nothing_for_is_not_offered(page: Any) -> None:
    for name in ("Stop", "Undo the last question", "Conversation as Markdown"):
        assert not page.is_visible(f"button:has-text('{name}')")
    ask(page, QUESTION)
    page.wait_for_selector("button:has-text('Conversation as Markdown')")
    assert page.is_visible("button:has-text('Undo the last question')")
    assert not page.is_visible("button:has-text('Stop')")
    assert page.is_visible("#send")


def test_a_long_answer_is_read_from_its_question(page: Any) -> None:
    ask(page, QUESTION)
    ask(page, "Which papers are about ponds, frogs, toads, newts and other animals?")
    ask(page, "Which papers mention PondBench?")
    below = """() => {
        const box = document.querySelector('#chat .bubble-wrap'), rows = [...box.querySelectorAll('.user-row')];
        const end = box.scrollHeight - box.scrollTop - box.clientHeight;
        return Math.min(rows.pop().getBoundingClientRect().top - box.getBoundingClientRect().top, end);
    }"""
    page.wait_for_function(f"({below})() < 40")
    page.hover("#chat .bubble-wrap")
    page.mouse.wheel(0, -400)
    page.wait_for_timeout(1000)
    assert page.evaluate(below) > 40  # who scrolls is left alone


def test_a_marker_lights_the_span_that_supports_the_sentence(page: Any) -> None:
    ask(page, QUESTION)
    page.wait_for_selector(".card mark")
    page.locator("#chat a.fn").last.click()
    page.wait_for_selector(".card mark.lit")
    lit = page.inner_text(".card mark.lit")
    assert lit in PAPERS["FrogJump: Sparse Attention for Long Documents"]
    assert len(page.context.pages) == 1
    shot(page, "marker")


def test_follow_up_refusal_and_listing(page: Any) -> None:
    ask(page, QUESTION)
    ask(page, "And on which benchmark?")
    assert "PondBench" in page.inner_text("#chat")
    ask(page, "What is the capital of Mongolia?")
    assert "do not answer" in page.inner_text("#chat")
    assert "Nearest papers" in page.inner_text("#sources")
    ask(page, "Which papers mention PondBench?")
    page.wait_for_selector("text=Listing")
    shot(page, "listing")


def test_a_listing_is_shown_though_the_answer_before_is_late(
    browser: Any, home_of_page: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del address  # it has filled the home
    from ui.command import mounted

    shown = Desk.table

    def slow(self: Desk, turns: Any) -> Any:
        time.sleep(3 if len(turns) == 1 else 0)
        return shown(self, turns)

    monkeypatch.setattr(Desk, "table", slow)
    assistant = Assistant(load_settings(home=home_of_page, offline=True))
    with running(mounted(create_app(assistant), assistant, home_of_page)) as url:
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector(INPUT)
        ask(page, QUESTION)
        ask(page, "Which papers mention PondBench?")
        page.wait_for_selector("text=Listing")
        page.close()


def test_what_is_asked_while_the_stream_ends_is_answered(browser: Any, address: str) -> None:
    page = browser.new_page()
    page.add_init_script(
        """(() => {
            const fetched = window.fetch, late = new TransformStream().constructor;
            window.fetch = async (what, ...options) => {
                const reply = await fetched(what, ...options);
                if (!String(what.url || what).includes("/queue/data")) return reply;
                return new Response(reply.body.pipeThrough(new late({ async transform(chunk, passed) {
                    if (new TextDecoder().decode(chunk).includes("close_stream")) {
                        window.ending = true;
                        await new Promise(go => setTimeout(go, 2500));
                        window.ending = false;
                    }
                    passed.enqueue(chunk);
                } })), reply);
            };
        })()"""
    )
    page.goto(address)
    page.wait_for_selector(INPUT)
    for asked in range(1, 3):
        page.wait_for_function("window.ending === true")
        page.fill(INPUT, QUESTION)
        page.press(INPUT, "Enter")
        page.wait_for_function(f"document.querySelectorAll('#chat .ended').length === {asked}")
    page.close()


def test_a_reload_finds_the_conversation(page: Any) -> None:
    ask(page, "How often does the underwater arm succeed?")
    page.reload()
    page.wait_for_selector("#chat a.fn")
    assert "81%" in page.inner_text("#chat")


def test_what_is_typed_outlives_a_reload(page: Any) -> None:
    page.fill(INPUT, QUESTION)
    page.reload()
    page.wait_for_function(f"(document.querySelector('{INPUT}') || {{}}).value === {QUESTION!r}")
    page.press(INPUT, "Enter")
    page.wait_for_selector("#chat .ended")
    page.reload()
    page.wait_for_selector("#chat .ended")
    assert page.input_value(INPUT) == ""


def test_a_server_that_is_started_again_finds_the_page_as_it_was(
    browser: Any, home_of_page: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    del address  # it has filled the home
    from ui.command import mounted

    port = free_port()
    monkeypatch.setattr("tests.server.conftest.free_port", lambda: port)
    page = browser.new_page()
    for start in range(2):
        assistant = Assistant(load_settings(home=home_of_page, offline=True))
        with running(mounted(create_app(assistant), assistant, home_of_page)) as url:
            page.goto(url)
            page.wait_for_selector(INPUT)
            if start == 0:
                ask(page, QUESTION)
                page.wait_for_function("localStorage.getItem('footnote-conversation').length > 0")
                page.fill(INPUT, "And on which benchmark?")
            else:
                page.wait_for_selector("#chat:has-text('4.7x')")
                assert page.input_value(INPUT) == "And on which benchmark?"
            page.goto("about:blank")
    page.close()


def test_the_browser_keeps_no_copy_of_what_was_asked(page: Any, address: str) -> None:
    ask(page, QUESTION)
    page.wait_for_timeout(500)
    kept = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "footnote-conversation" in kept
    assert "FrogJump" not in kept
    assert page.request.get(f"{address}/gradio_api/run-history/records").status == 404


def test_undo_brings_the_question_back(page: Any) -> None:
    ask(page, QUESTION)
    page.click("text=Undo the last question")
    page.wait_for_function(f"document.querySelector('{INPUT}').value.length > 0")
    assert page.input_value(INPUT) == QUESTION
    assert page.locator("#chat a.fn").count() == 0


def test_markup_of_a_paper_is_shown(page: Any) -> None:
    ask(page, "What does the newt do when it swims?")
    assert "<script>" in page.inner_text("#sources")
    assert page.title() != "run"


def test_templates_of_a_paper_are_shown(page: Any) -> None:
    ask(page, "Where does the olm sleep?")
    assert "${document.title = 'run'}" in page.inner_text("#sources")
    assert "{{constructor}}" in page.inner_text("#sources")
    assert page.title() != "run"


def test_hovering_a_marker_shows_its_span(page: Any) -> None:
    ask(page, QUESTION)
    page.locator("#chat a.fn").last.hover()
    page.wait_for_selector(".peek mark")
    assert "FrogJump" in page.inner_text(".peek")
    assert "match" in page.inner_text(".peek")
    shot(page, "hover")
    page.keyboard.press("Escape")
    assert page.locator(".peek").count() == 0


def test_a_marker_of_an_earlier_answer_opens_its_cards(page: Any) -> None:
    ask(page, QUESTION)
    ask(page, "How often does the underwater arm succeed?")
    assert "FrogJump" not in page.inner_text("#sources")
    page.locator("#chat a.fn").first.click()
    page.wait_for_selector(".card mark.lit")
    assert "FrogJump" in page.inner_text("#sources")


def test_asking_about_one_paper_and_all_again(page: Any) -> None:
    ask(page, QUESTION)
    page.locator("#sources [data-ask]").first.click()
    page.wait_for_selector("#filters:has-text('only “FrogJump')")
    ask(page, "How often does the underwater arm succeed?")
    assert "81%" not in page.inner_text("#chat")
    page.click("#filters button")
    page.click("button:has-text('All papers')")
    page.wait_for_selector("#filters:has-text('all papers')")
    shot(page, "filters")


def test_nearest_papers_can_be_asked_about(page: Any) -> None:
    ask(page, "What is the capital of Mongolia?")
    assert page.locator("#sources li [data-ask]").count() == 3


def test_the_map(page: Any) -> None:
    ask(page, QUESTION)
    page.click("button[role=tab]:has-text('Map')")
    page.wait_for_selector("#map circle")
    page.wait_for_selector("#map circle.lit")
    dot = page.locator("#map circle.lit").first
    dot.hover()
    page.wait_for_selector(".peek")
    assert "FrogJump" in page.inner_text(".peek")
    shot(page, "map")
    dot.dispatch_event("click")
    page.wait_for_selector("#filters:has-text('only “FrogJump')")
    assert page.locator(INPUT).is_visible()


def test_the_map_rings_what_comes_in_at_once(page: Any) -> None:
    ask(page, QUESTION)
    page.click("button[role=tab]:has-text('Map')")
    page.wait_for_selector("#map circle.lit")
    page.evaluate(
        """() => {
            const map = document.querySelector('#map'), again = map.cloneNode(true);
            again.querySelectorAll('.lit').forEach(dot => dot.classList.remove('lit'));
            map.replaceWith(again);
        }"""
    )
    page.wait_for_selector("#map circle.lit", timeout=5_000)


def test_exports_and_copies(page: Any, tmp_path: Path) -> None:
    ask(page, "Which papers mention PondBench?")
    wanted = {
        "Conversation as Markdown": "[^1-1]", "Conversation as HTML": "<mark ",
        "Cited papers as BibTeX": "@misc{", "Listing as CSV": "paper,sentence",
    }  # fmt: skip
    for name, part in wanted.items():
        with page.expect_download() as started:
            page.click(f"button:has-text('{name}')")
        target = tmp_path / "file"
        started.value.save_as(str(target))
        assert part in target.read_text("utf8")
    page.click("#sources [data-copy]:has-text('BibTeX')")
    page.wait_for_selector(".copied:has-text('copied')")
    assert "@misc{" in page.evaluate("navigator.clipboard.readText()")


def test_a_question_can_be_edited(page: Any, home_of_page: Path) -> None:
    ask(page, "What is the capital of Mongolia?")
    kept = len(conversations(home_of_page))
    page.hover("#chat .user")
    page.click("#chat button[aria-label='Edit'], #chat button[title='Edit']")
    page.fill("#chat textarea", QUESTION)
    page.click("#chat button[aria-label='Submit'], #chat button[title='Submit']")
    page.wait_for_selector("#chat:has-text('4.7x')")
    assert "Mongolia" not in page.inner_text("#chat")
    page.wait_for_selector("#chat .ended")
    assert len(conversations(home_of_page)) == kept


def test_two_tabs_that_go_on_apart_are_both_kept(page: Any, home_of_page: Path) -> None:
    ask(page, QUESTION)
    other = page.context.new_page()
    other.goto(page.url)
    other.wait_for_selector("#chat a.fn")
    ask(page, "How many parameters does TinyToad have?")
    ask(other, "How often does the underwater arm succeed?")
    ask(page, "What is the capital of Mongolia?")
    page.click("text=Undo the last question")
    page.wait_for_function(f"document.querySelector('{INPUT}').value.length > 0")
    page.wait_for_timeout(1000)  # what is left is kept after it is shown
    kept = conversations(home_of_page)
    assert [QUESTION, "How many parameters does TinyToad have?"] in kept
    assert [QUESTION, "How often does the underwater arm succeed?"] in kept


def test_thumbs_and_comments_are_kept(page: Any, home_of_page: Path) -> None:
    ask(page, QUESTION)
    page.click("#chat button[aria-label='Dislike'], #chat button[title='Dislike']")
    page.fill("#comment textarea, #comment input", "too short")
    page.click("button:has-text('Keep the comment')")
    page.wait_for_selector("#comment", state="hidden")
    lines = [json.loads(line) for line in (home_of_page / "feedback.jsonl").read_text("utf8").splitlines()]
    assert [line["helpful"] for line in lines[-2:]] == [False, False]
    assert lines[-1]["comment"] == "too short"
    assert lines[-1]["question"] == QUESTION


def test_settings_stay_in_the_browser(page: Any) -> None:
    page.click("button[role=tab]:has-text('Settings')")
    sentences = page.locator("input[type=number]").nth(1)
    sentences.fill("1")
    sentences.press("Tab")
    page.wait_for_function("(localStorage.getItem('footnote-choices') || '').length > 0")
    page.wait_for_timeout(500)
    page.reload()
    page.wait_for_selector(INPUT)
    page.click("button[role=tab]:has-text('Settings')")
    page.wait_for_function("[...document.querySelectorAll('input[type=number]')].some(box => box.value === '1')")
    shot(page, "settings")


def test_conversations_are_listed_renamed_and_deleted(page: Any) -> None:
    ask(page, "How many parameters does TinyToad have?")
    page.click("button[aria-label*='idebar'], .toggle-button")
    page.wait_for_selector("label:has-text('TinyToad')")
    assert page.locator("label:has-text('TinyToad') input").first.is_checked()
    box = page.locator("label:has-text('Title of the open one')").locator("textarea, input")
    assert box.input_value() == "How many parameters does TinyToad have?"
    page.fill(
        "label:has-text('Title of the open one') textarea, label:has-text('Title of the open one') input", "Toads"
    )
    page.click("button:has-text('Rename')")
    page.wait_for_selector("label:has-text('Toads')")
    box.fill("Toads again")
    box.press("Enter")
    page.wait_for_selector("label:has-text('Toads again')")
    shot(page, "conversations")
    page.click("button:has-text('Delete')")
    page.wait_for_selector("button.sure:has-text('Delete')")
    page.click("label:has-text('Title of the open one')")  # pressing elsewhere takes it back
    page.wait_for_selector("button.sure", state="detached")
    page.wait_for_timeout(500)
    assert page.is_visible("label:has-text('Toads')")
    page.click("button:has-text('Delete')")
    page.wait_for_selector("button.sure:has-text('Delete')")
    page.click("button:has-text('Delete')")
    page.wait_for_selector("label:has-text('Toads')", state="detached")
    page.wait_for_selector("#chat a.fn", state="detached")


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing_serious(browser: Any, address: str, dark: bool) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(INPUT)
    ask(page, QUESTION)
    found = {}
    for tab in ("Ask", "Papers", "Settings", "Map"):
        page.click(f"button[role=tab]:has-text('{tab}')")
        page.wait_for_timeout(700)
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found[violation["id"]] = [node["html"][:200] for node in violation["nodes"]][:3]
    context.close()
    assert not found


def test_papers_are_uploaded_and_bad_files_told(page: Any, tmp_path: Path) -> None:
    good, bad = tmp_path / "new.jsonl", tmp_path / "bad.jsonl"
    good.write_text('{"title": "Gecko: Sticky Adapters", "abstract": "Gecko sticks to walls with 7 toes."}\n', "utf8")
    bad.write_bytes(b"\x00\x01\x02broken")
    page.click("button[role=tab]:has-text('Papers')")
    page.set_input_files("input[type=file]", [str(good), str(bad)])
    page.wait_for_selector("text=new.jsonl")
    page.click("button:has-text('Add to the index')")
    page.wait_for_selector("text=1 entry read: 1 paper added", timeout=30_000)
    assert "new.jsonl: read" in page.inner_text("#report")
    assert "bad.jsonl: skipped" in page.inner_text("#report")
    shot(page, "upload")
    page.click("button[role=tab]:has-text('Ask')")
    ask(page, "How many toes does Gecko stick with?")
    assert "7 toes" in page.inner_text("#chat")


def test_a_phone_in_the_dark(browser: Any, address: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark")
    page = context.new_page()
    page.goto(address)
    page.wait_for_selector(INPUT)
    ask(page, QUESTION)
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 390
    assert page.evaluate("document.body.classList.contains('dark')")
    shot(page, "phone")
    context.close()
