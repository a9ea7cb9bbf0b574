"""`footnote doctor`, `--offline`, and the traces, as a user runs them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rag.cli import main
from rag.index import Index
from rag.ingest import ingest
from rag.settings import load_settings
from tests.conftest import KEY
from tests.invented import PAPERS, write_jsonl
from tests.servers.scripted import Fail, Request, Say, ScriptedModel

QUESTION = "By how much does FrogJump cut memory?"
GOOD = "FrogJump cuts memory by 4.7x [1]."


@pytest.fixture
def papers(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    ingest([write_jsonl(home / "pond.jsonl", PAPERS)], load_settings())
    monkeypatch.setenv("FOOTNOTE_LLM", "scripted")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    return home


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "rag.cli", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **variables},
        timeout=120,
        check=False,
    )


def test_the_doctor_finds_everything_well(papers: Path) -> None:
    with ScriptedModel(lambda request: Say("ready")) as server:
        done = run("doctor", FOOTNOTE_LLM_BASE_URL=server.base_url)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "replied in" in done.stdout
    assert KEY not in done.stdout + done.stderr


def test_the_doctor_says_what_is_wrong(papers: Path) -> None:
    with ScriptedModel(lambda request: Fail(401, f"bad key {KEY}")) as server:
        done = run("doctor", FOOTNOTE_LLM_BASE_URL=server.base_url)
    assert done.returncode == 1
    assert "does not accept the key" in done.stdout
    assert "FOOTNOTE_LLM_API_KEY, or OPENAI_API_KEY" in done.stdout
    assert KEY not in done.stdout + done.stderr


def test_the_doctor_says_where_to_look_for_an_address_that_is_wrong(papers: Path) -> None:
    with ScriptedModel(lambda request: Fail(404, "page not found")) as server:
        missed = run("doctor", FOOTNOTE_LLM_BASE_URL=server.base_url)
    gone = run("doctor", FOOTNOTE_LLM_BASE_URL=server.base_url)  # nobody listens there any more
    for done in (missed, gone):
        assert done.returncode == 1
        assert "FOOTNOTE_LLM_BASE_URL" in done.stdout
        assert "`footnote doctor`" not in done.stdout


@pytest.mark.parametrize(("beside", "sent"), [("", "Bearer none"), ("OPENAI_API_KEY=sk-beside\n", "Bearer sk-beside")])
def test_a_file_of_the_folder_leads_no_key_elsewhere(papers: Path, tmp_path: Path, beside: str, sent: str) -> None:
    with ScriptedModel(lambda request: Fail(401, "who are you?")) as server:
        elsewhere = server.base_url.replace("127.0.0.1", "0.0.0.0")  # here, too, but no address that says so
        (tmp_path / ".env").write_text(f"FOOTNOTE_LLM_BASE_URL={elsewhere}\n{beside}", encoding="utf8")
        done = run("doctor", "--json")
    *_, endpoint, model = json.loads(done.stdout)
    assert set(server.keys) == {sent}
    assert model["told"].startswith("the endpoint does not accept the key")
    for finding in (endpoint, model):
        assert ("only a file of this folder names the address" in finding["hint"]) is not bool(beside)
    assert KEY not in done.stdout + done.stderr


def test_the_doctor_says_which_prompt_is_wrong(papers: Path, tmp_path: Path) -> None:
    (tmp_path / "ready.md.j2").write_text("Hello", encoding="utf8")
    with ScriptedModel(lambda request: Say("ready")) as server:
        done = run("doctor", "--json", FOOTNOTE_LLM_BASE_URL=server.base_url, FOOTNOTE_PROMPTS=str(tmp_path))
    *others, model = json.loads(done.stdout)
    assert all(finding["ok"] for finding in others)
    assert "ready.md.j2 has no part" in model["told"]
    assert "FOOTNOTE_PROMPTS" in model["hint"]


def test_an_answer_over_http_and_one_without(papers: Path) -> None:
    with ScriptedModel(lambda request: Say(GOOD)) as server:
        asked = run("ask", QUESTION, "--json", FOOTNOTE_LLM_BASE_URL=server.base_url)
        offline = run("ask", QUESTION, "--json", "--offline", FOOTNOTE_LLM_BASE_URL=server.base_url)
    assert json.loads(asked.stdout)["engine"] == "scripted"
    assert json.loads(asked.stdout)["usage"]["calls"] == 1
    assert json.loads(offline.stdout)["engine"] == "extractive"
    assert len(server.requests) == 1


def test_stages_and_model_calls_are_traced(papers: Path) -> None:
    with ScriptedModel(lambda request: Say(GOOD)) as server:
        done = run("ask", QUESTION, "--json", FOOTNOTE_LLM_BASE_URL=server.base_url, OTEL_TRACES_EXPORTER="console")
    assert json.loads(done.stdout)["text"] == GOOD
    for expected in ("footnote.ask", "footnote.retrieve", "chat scripted", "gen_ai.usage.output_tokens"):
        assert expected in done.stderr
    assert KEY not in done.stderr


def test_no_trace_where_nobody_asked(papers: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", QUESTION, "--offline"]) == 0
    assert "footnote.ask" not in capsys.readouterr().err


def index_of(request: Request) -> Say:
    """Keywords for each paper shown: its number tells which, and a few are in a form of the model's own."""
    assert request.purpose == "keywords"
    numbers = re.findall(r"paper \[(\d+)\]", request.user)
    rows = [
        {"number": int(n), "keywords": [f"subject {n} {i}" for i in range(9)] + ["hops; of frogs"]} for n in numbers
    ]
    return Say(json.dumps({"papers": rows}))


def test_a_model_writes_keywords_that_stay(papers: Path) -> None:
    with ScriptedModel(index_of) as server:
        first = run("keywords", "--most", "3", FOOTNOTE_LLM_BASE_URL=server.base_url)
        asked = len(server.requests)
        second = run("keywords", FOOTNOTE_LLM_BASE_URL=server.base_url)
        third = run("keywords", FOOTNOTE_LLM_BASE_URL=server.base_url)
    assert (first.returncode, second.returncode, third.returncode) == (0, 0, 0), first.stderr + second.stderr
    count = len(PAPERS)
    assert first.stdout.startswith(f"{count} papers had few keywords; 3 got some from scripted (1 request")
    assert second.stdout.startswith(f"{count - 3} papers had few keywords; {count - 3} got some")
    assert third.stdout.startswith("0 papers had few keywords; 0 got some")
    assert asked == 1
    ingest([write_jsonl(papers / "pond.jsonl", {**PAPERS, "Newt": "Another one."})], load_settings())  # read again
    kept = [
        paper.metadata.get("model_keywords", "") for paper in Index(load_settings().index_folder).snapshot().papers()
    ]
    assert sum("hops, of frogs" in keywords for keywords in kept) == count


def test_keywords_that_cannot_be_had_are_told_and_cost_nothing_else(papers: Path) -> None:
    with ScriptedModel(lambda request: Say("I would rather not.")) as server:
        unwilling = run("keywords", FOOTNOTE_LLM_BASE_URL=server.base_url)
    with ScriptedModel(lambda request: Fail(401, "bad key")) as server:
        refused = run("keywords", FOOTNOTE_LLM_BASE_URL=server.base_url)
    offline = run("keywords", FOOTNOTE_LLM="", OPENAI_API_KEY="")
    assert (unwilling.returncode, refused.returncode, offline.returncode) == (1, 1, 2)
    assert "replied with no keywords" in unwilling.stderr
    assert "does not accept the key" in refused.stderr
    assert "no language model is configured" in offline.stderr
    assert not any("model_keywords" in p.metadata for p in Index(load_settings().index_folder).snapshot().papers())
    assert "Traceback" not in unwilling.stderr + refused.stderr + offline.stderr
