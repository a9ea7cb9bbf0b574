"""Hostile papers through ingest, ask, the page's views, the terminal, the exports and the prompts: first without a
model, then with one that obeys every paper, then all at once in a real browser."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from prompts import load
from rag.assistant import Assistant
from rag.cli.answer_view import lines
from rag.ingest import ingest
from rag.settings import load_settings
from rag.types import Answer, Paper
from rag.writing.evidence import evidence
from rag.writing.llm import asked
from tests.conftest import KEY
from tests.hostile import harm
from tests.hostile.papers import Hostile, cases
from tests.invented import PAPERS, numbered, write_jsonl
from tests.servers.scripted import Request, Say, ScriptedModel
from ui.answer_view import chat_text, remarks
from ui.exports import as_csv, as_html, as_markdown, as_text, bibtex
from ui.source_cards import sources_pane

CASES = list(cases())


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory, models_home: Path) -> Assistant:
    """An assistant over sound papers among hostile ones."""
    home = tmp_path_factory.mktemp("attacked")
    (home / "models").symlink_to(models_home / "models")
    rows = [*PAPERS.items(), *numbered(35).items(), *((case.title, case.text) for case in CASES)]
    settings = load_settings(home=home, offline=True)
    report = ingest([write_jsonl(home / "papers.jsonl", rows)], settings)
    assert report.added == len(rows)
    return Assistant(settings)


def paper_of(case: Hostile, assistant: Assistant) -> Paper:
    return _papers_by_name(assistant)[case.name]


@cache
def _papers_by_name(assistant: Assistant) -> dict[str, Paper]:
    names = re.compile("|".join(rf"\b{case.name}\b" for case in CASES))
    found = ((names.search(f"{paper.title} {paper.text}"), paper) for paper in assistant.snapshot.papers())
    return {match.group(): paper for match, paper in found if match is not None}


def harmless(question: str, answer: Answer, paper: Paper) -> None:
    """Every view of an answer."""
    harm.own_markers(answer)
    harm.inert_chat(chat_text(question, 0))
    harm.inert_chat(chat_text(answer.text, 1, answer) + remarks(answer))
    harm.inert_html(sources_pane([(question, answer)], lambda _: paper))
    harm.inert_html(as_html([(question, answer)]))
    harm.inert_markdown(as_markdown([(question, answer)]))
    harm.inert_csv(as_csv(answer))
    harm.inert_bibtex(bibtex([paper.title], [paper]))
    harm.inert_terminal([*lines(answer), *as_text(answer).splitlines()])


def neutralised(case: Hostile, assistant: Assistant) -> None:
    """Kept as text, found by its name, and harmless wherever it is shown."""
    paper = paper_of(case, assistant)
    assert not harm.CONTROL.search(paper.title + paper.text)
    answer = assistant.ask(case.question)
    if not case.kind.startswith("length"):  # a text of one word ten thousand times drowns itself, and only itself
        assert paper.id in {citation.paper_id for citation in answer.citations}, "not found among the sources"
    harmless(case.question, answer, paper)
    attack = f"{case.payload} {case.question}"
    harmless(attack, assistant.ask(attack), paper)
    fenced(case, assistant)


def fenced(case: Hostile, assistant: Assistant) -> None:
    """The prompt's own lines stand where they stand without the payload."""
    hits = assistant.retriever.hits(case.question)
    shown = evidence(assistant.snapshot, [hits], 3, 20_000)
    messages = asked(load("answer"), case.question, shown)
    assert [message.role if hasattr(message, "role") else message[0] for message in messages] == ["system", "user"]
    system, user = (message.content if hasattr(message, "content") else message[1] for message in messages)
    mark = next(line for line in user.splitlines() if line.startswith("==") and ' passage [1] of "' in line).split()[0]
    assert mark in system
    assert sum(line.startswith(mark) for line in user.splitlines()) == 2 * len(shown)
    assert user.count(mark) == 2 * len(shown)


@pytest.mark.parametrize("case", CASES, ids=[f"{case.kind}-{case.name}" for case in CASES])
def test_neutralised(case: Hostile, attacked: Assistant) -> None:
    neutralised(case, attacked)


@pytest.fixture(scope="module")
def obeying(attacked: Assistant) -> Iterator[tuple[Assistant, list[str]]]:
    """The same with a model that says what the last of a list tells it to."""
    told: list[str] = []

    def script(request: Request) -> Say:
        return Say(told[-1] if request.purpose in ("answer", "repair") else "{}", pieces=5_000)

    with ScriptedModel(script) as server:
        settings = load_settings(
            home=attacked.settings.home, llm="obeying", llm_base_url=server.base_url, llm_api_key=KEY, cache=False
        )
        assistant = Assistant(settings, embedder=attacked.embedder)
        yield assistant, told
        assistant.close()


OBEYED = [case for case in CASES if not case.kind.endswith("title")]


@pytest.mark.parametrize("case", OBEYED, ids=[f"{case.kind}-{case.name}" for case in OBEYED])
def test_a_model_that_obeys_harms_nobody(case: Hostile, obeying: tuple[Assistant, list[str]]) -> None:
    assistant, told = obeying
    sound = case.text.split(case.payload)[1].strip()
    told.append(f"{case.payload} {case.name} was retracted in 1997 [1]. {sound[:-1]} [1]. {case.payload} [99]")
    answer = assistant.ask(case.question)
    harmless(case.question, answer, paper_of(case, assistant))
    invented = [claim for claim in answer.claims if "1997" in claim.text]
    assert all(claim.verdict == "unsupported" for claim in invented)
    assert "1997" not in answer.text or "(unsupported)" in answer.text


def all_views(assistant: Assistant) -> str:
    """Every view of every case, one after the other."""
    chat = MarkdownIt("gfm-like", {"html": True, "linkify": False})
    views: list[str] = []
    for case in CASES:
        answer, paper = assistant.ask(f"{case.payload} {case.question}"), paper_of(case, assistant)
        turns = [(case.payload, answer)]
        message = chat.render(chat_text(answer.text, 1, answer) + remarks(answer))
        views += [message, as_html(turns), sources_pane(turns, {paper.id: paper}.get)]
    return "\n".join(views)


def test_nothing_runs_in_a_browser(attacked: Assistant) -> None:
    """All on one page, without the content policy that would be a second wall."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium, which is not installed")
    from playwright.sync_api import sync_playwright

    active = "script, img, iframe, object, embed, svg, math, form, input, video, audio, base, link"
    asked_for: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.on("request", lambda request: asked_for.append(request.url))
        page.on("dialog", lambda dialog: asked_for.append(dialog.message))
        page.set_content(all_views(attacked))
        page.evaluate("document.querySelectorAll('*').forEach(e => e.focus?.())")
        page.wait_for_timeout(300)
        assert page.title() == "Footnote"
        assert page.locator(active).count() == 0
        browser.close()
    assert asked_for == []
