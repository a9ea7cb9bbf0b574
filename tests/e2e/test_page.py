"""The page in Debian's Chromium against the real server. Screenshots land in the folder that FOOTNOTE_SHOTS names."""

from __future__ import annotations

import os
import shutil
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

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium, which is not installed"),
    pytest.mark.filterwarnings("ignore"),  # Gradio's own
]
QUESTION = "By how much does FrogJump cut memory?"
INPUT = "#question textarea"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, models_home: Path) -> Iterator[str]:
    """The page over the invented papers, one of which has markup in it."""
    from ui.command import mounted

    home = tmp_path_factory.mktemp("page")
    (home / "models").symlink_to(models_home / "models")
    settings = load_settings(home=home, offline=True)
    hostile = {
        "Newt <script>document.title = 'run'</script>": "The newt <img src=x onerror=\"document.title='run'\"> swims."
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
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.goto(address)
    opened.wait_for_selector(INPUT)
    yield opened
    context.close()


def ask(page: Any, question: str) -> None:
    """Ask, and wait until the answer has ended."""
    before = page.locator("#chat .soft").count()
    page.fill(INPUT, question)
    page.press(INPUT, "Enter")
    page.wait_for_function(f"document.querySelectorAll('#chat .soft').length > {before}", timeout=20_000)


def shot(page: Any, name: str) -> None:
    folder = os.environ.get("FOOTNOTE_SHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_it_opens_on_the_papers(page: Any) -> None:
    assert "46 papers" in page.inner_text("body")
    assert page.locator("button:has-text('FP8')").count() >= 1
    shot(page, "opened")


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


def test_a_reload_finds_the_conversation(page: Any) -> None:
    ask(page, "How often does the underwater arm succeed?")
    page.reload()
    page.wait_for_selector("#chat a.fn")
    assert "81%" in page.inner_text("#chat")


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


def test_papers_are_uploaded_and_bad_files_told(page: Any, tmp_path: Path) -> None:
    good, bad = tmp_path / "new.jsonl", tmp_path / "bad.jsonl"
    good.write_text('{"title": "Gecko: Sticky Adapters", "abstract": "Gecko sticks to walls with 7 toes."}\n', "utf8")
    bad.write_bytes(b"\x00\x01\x02broken")
    page.click("button[role=tab]:has-text('Papers')")
    page.set_input_files("input[type=file]", [str(good), str(bad)])
    page.wait_for_selector("text=new.jsonl")
    page.click("button:has-text('Add to the index')")
    page.wait_for_selector("text=1 papers added", timeout=30_000)
    assert "skipped" in page.inner_text("body")
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
