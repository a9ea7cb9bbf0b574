"""Every route, asked as a client would."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from rag.assistant import Assistant
from rag.cli import main
from rag.location import is_loopback
from rag.server.described import Completion, Found, Listed, SentAnswer
from rag.server.keys import Keys
from rag.settings import load_settings
from tests.conftest import KEY
from tests.server.conftest import Serve
from tests.servers.processes import free_port, served

QUESTION = "By how much does FrogJump cut memory?"
STREAMED = [
    ("/v1/ask", {"question": QUESTION}),
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": QUESTION}]}),
]


def events(text: str) -> list[tuple[str, dict[str, object]]]:
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n", 1)
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_ask(serve: Serve, pond: Assistant) -> None:
    answer = httpx.post(f"{serve()}/v1/ask", json={"question": QUESTION}).json()
    assert answer["text"] == pond.ask(QUESTION).text
    assert answer["citations"][0]["title"].startswith("FrogJump")


def test_ask_with_history_and_filters(serve: Serve) -> None:
    url = f"{serve()}/v1/ask"
    history = [{"role": "user", "content": "What is TinyToad?"}, {"role": "assistant", "content": "A student model."}]
    answer = httpx.post(url, json={"question": "How many parameters does it have?", "history": history}).json()
    assert answer["papers"][0].startswith("TinyToad")
    narrowed = httpx.post(url, json={"question": "How long does recovery take?", "papers": ["Beaver"]}).json()
    assert narrowed["papers"]
    assert all(title.startswith("Beaver") for title in narrowed["papers"])


def test_events_make_the_answer(serve: Serve) -> None:
    told = httpx.post(f"{serve()}/v1/ask", json={"question": QUESTION, "stream": True})
    assert told.headers["content-type"].startswith("text/event-stream")
    found = events(told.text)
    assert found[-1][0] == "answer"
    assert "".join(str(data["text"]) for name, data in found if name == "delta") == found[-1][1]["text"]


def test_search_and_papers(serve: Serve) -> None:
    url = serve()
    found = httpx.post(f"{url}/v1/search", json={"query": "frog attention", "k": 2}).json()["papers"]
    assert len(found) == 2
    assert found[0]["title"].startswith("FrogJump")
    listed = httpx.get(f"{url}/v1/papers", params={"grep": "toad"}).json()
    assert listed["total"] == 1
    paper = httpx.get(f"{url}/v1/papers/{listed['papers'][0]['id']}").json()
    assert "90 thousand" in paper["text"]
    assert paper["metadata"] == {}
    assert httpx.get(f"{url}/v1/papers/none").status_code == 404


def test_as_many_papers_as_the_settings_say(serve: Serve, pond: Assistant) -> None:
    found = httpx.post(f"{serve(pond.varied(k=1))}/v1/search", json={"query": "frog attention"}).json()["papers"]
    assert len(found) == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": ""},
        {"question": "x" * 5000},
        {"question": "x", "history": [{"role": "wizard", "content": "y"}]},
    ],
)
def test_bad_requests_are_told(serve: Serve, body: dict[str, object]) -> None:
    assert httpx.post(f"{serve()}/v1/ask", json=body).status_code == 422


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/v1/ask", {"question": QUESTION, "paper": "Beaver"}, "no field 'paper': did you mean 'papers'?"),
        ("/v1/search", {"query": "frogs", "sinse": 2020}, "no field 'sinse': did you mean 'since'?"),
        ("/v1/search", {"query": "frogs", "xyzzy": 1}, "no field 'xyzzy': there are papers, sources"),
    ],
)
def test_a_field_that_there_is_not_is_told_with_the_nearest(
    serve: Serve, path: str, body: dict[str, object], told: str
) -> None:
    answer = httpx.post(serve() + path, json=body)
    assert answer.status_code == 422
    assert told in answer.json()["detail"][0]["message"]


@pytest.mark.parametrize(
    ("asked", "told"), [("limt=1", "did you mean 'limit'?"), ("since=2020", "there are grep, offset, limit")]
)
def test_what_a_list_cannot_be_narrowed_by_is_told(serve: Serve, asked: str, told: str) -> None:
    answer = httpx.get(f"{serve()}/v1/papers?{asked}")
    assert answer.status_code == 422
    assert told in answer.json()["error"]["message"]


def test_an_openai_client_may_say_more_than_is_known(serve: Serve) -> None:
    body = {"messages": [{"role": "user", "content": QUESTION, "name": "ann"}], "temperature": 0.2, "paper": "x"}
    assert httpx.post(f"{serve()}/v1/chat/completions", json=body).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "told"),
    [
        ("GET", "/v1/nothing", None, 404, "there is no /v1/nothing"),
        ("GET", "/v1/papers/none", None, 404, "no paper has the id 'none'"),
        ("GET", "/v1/ask", None, 405, "/v1/ask does not take GET"),
        ("GET", "/v1/papers?limit=0", None, 422, "limit: "),
        ("POST", "/v1/ask", b"", 422, "the body is empty"),
        ("POST", "/v1/ask", b"{bad", 422, "the body is no JSON: "),
        ("POST", "/v1/ask", b'"What?"', 422, "the body is no JSON object"),
        ("POST", "/v1/ask", b'{"question": "\xff"}', 400, "the body cannot be read"),
        ("POST", "/v1/ask", b'{"question": " "}', 422, "the question is empty"),
        ("POST", "/v1/ask", b'{"question": "x", "history": [{"role": "x", "content": ""}]}', 422, "history.0.role: "),
        ("POST", "/v1/ask", b" " * 2_000_001, 413, "more than 2000000 bytes"),
    ],
)
def test_every_refusal_has_one_shape(
    serve: Serve, method: str, path: str, content: bytes | None, status: int, told: str
) -> None:
    asked = httpx.request(method, serve() + path, content=content, headers={"content-type": "application/json"})
    error = asked.json()["error"]
    assert (asked.status_code, set(error)) == (status, {"message", "hint", "type", "param", "code"})
    assert error["message"].startswith(told)
    assert "\n" not in error["message"]


def test_what_is_sent_is_what_is_described(serve: Serve) -> None:
    url = serve()
    for question in (QUESTION, "Which papers use PondBench?", "Hello!", "Who won the cup?"):
        SentAnswer.model_validate(httpx.post(f"{url}/v1/ask", json={"question": question}).json())
        body = {"messages": [{"role": "user", "content": question}]}
        Completion.model_validate(httpx.post(f"{url}/v1/chat/completions", json=body).json())
    assert Found.model_validate(httpx.post(f"{url}/v1/search", json={"query": "frogs", "k": None}).json()).papers
    assert Listed.model_validate(httpx.get(f"{url}/v1/papers").json()).total == 45
    described = httpx.get(f"{url}/openapi.json").json()
    schema = described["components"]["schemas"]["SentAnswer"]
    assert set(schema["required"]) == set(schema["properties"]) > {"text", "citations", "claims", "abstained"}


def test_a_long_conversation_and_empty_fields_are_taken(serve: Serve) -> None:
    url = f"{serve()}/v1/ask"
    history = [{"role": role, "content": "ponds " * 5_000} for role in ("user", "assistant")] * 3
    history += [{"role": "user", "content": "Hello!"}] * 300
    for given in (history, None):
        answer = httpx.post(url, json={"question": QUESTION, "history": given, "stream": None, "papers": None}).json()
        assert "4.7x" in answer["text"]


def test_the_description_says_that_a_key_is_wanted(serve: Serve, tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys.json")
    keys.add("ann")
    described = httpx.get(f"{serve(keys=keys)}/openapi.json").json()
    assert described["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    assert described["paths"]["/v1/ask"]["post"]["security"]
    assert "security" not in described["paths"]["/healthz"]["get"]


@pytest.mark.parametrize("query", ["", " \n", "\u200b"])
def test_an_empty_search_is_refused(serve: Serve, query: str) -> None:
    assert httpx.post(f"{serve()}/v1/search", json={"query": query}).status_code == 422


def test_filters_as_clients_give_them(serve: Serve) -> None:
    url = serve()
    for given in ("Beaver", ["beaver"]):
        found = httpx.post(f"{url}/v1/search", json={"query": "memory", "papers": given}).json()["papers"]
        assert [paper["title"].split(":")[0] for paper in found] == ["Beaver"]
    assert httpx.post(f"{url}/v1/ask", json={"question": QUESTION, "papers": None, "since": None}).json()["citations"]
    for wrong in ({"since": "2020"}, {"since": True}, {"sources": 3}, {"papers": [3]}):
        assert httpx.post(f"{url}/v1/ask", json={"question": QUESTION, **wrong}).status_code == 422
    for stream in (False, True):
        answer = httpx.post(f"{url}/v1/ask", json={"question": QUESTION, "papers": ["Unicorn"], "stream": stream})
        assert "No paper of the index fits the filter: title “Unicorn”." in answer.text


def test_health_metrics_and_the_description(serve: Serve) -> None:
    url = serve()
    assert httpx.get(f"{url}/healthz").json() == {"status": "ok"}
    assert httpx.get(f"{url}/readyz").json()["papers"] == 45
    httpx.post(f"{url}/v1/ask", json={"question": QUESTION})
    page = httpx.get(f"{url}/metrics").text
    assert 'footnote_answers_total{engine="extractive",outcome="answered",route="lookup"} 1.0' in page
    assert "/v1/ask" in httpx.get(f"{url}/openapi.json").json()["paths"]


def test_monitors_may_ask_for_the_head_alone(serve: Serve) -> None:
    address = serve()
    for path in ("/healthz", "/readyz"):
        asked = httpx.head(f"{address}{path}")
        assert (asked.status_code, asked.content) == (200, b"")


def test_json_sent_as_a_form_is_told_what_is_missing(serve: Serve) -> None:
    body = json.dumps({"question": QUESTION})
    asked = httpx.post(f"{serve()}/v1/ask", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert asked.status_code == 422
    assert "Content-Type: application/json" in asked.json()["detail"][0]["message"]


def test_the_address_alone_says_what_is_where(pond: Assistant) -> None:
    port = free_port()
    command = [sys.executable, "-m", "rag.cli", "--home", str(pond.settings.home), "serve", "--port", str(port)]
    with served(command, port, "/healthz") as (address, _):
        told = httpx.get(address)
        assert (told.status_code, told.json()["description"]) == (200, "/openapi.json")


def test_not_ready_without_an_index(serve: Serve, home: Path) -> None:
    url = serve(Assistant(load_settings()))
    told = httpx.get(f"{url}/readyz")
    assert told.status_code == 503
    assert "ingest" in told.json()["error"]["hint"]
    assert httpx.get(f"{url}/healthz").status_code == 200


@pytest.mark.parametrize(("path", "body"), STREAMED)
def test_a_missing_index_is_told_before_a_stream_begins(
    serve: Serve, home: Path, path: str, body: dict[str, object]
) -> None:
    url = serve(Assistant(load_settings()))
    for stream in (False, True):
        told = httpx.post(url + path, json={**body, "stream": stream})
        assert told.status_code == 503
        assert "ingest" in told.json()["error"]["hint"]
    assert 'footnote_errors_total{kind="IndexMissingError"} 2.0' in httpx.get(f"{url}/metrics").text


def test_a_greeting_needs_no_index(serve: Serve, home: Path) -> None:
    told = httpx.post(f"{serve(Assistant(load_settings()))}/v1/ask", json={"question": "Hello!", "stream": True})
    assert told.status_code == 200
    assert events(told.text)[-1][0] == "answer"


@pytest.mark.parametrize(("path", "body"), STREAMED)
def test_a_failure_within_a_stream_is_told_and_counted(
    serve: Serve, pond: Assistant, tmp_path: Path, path: str, body: dict[str, object]
) -> None:
    (tmp_path / "answer.md.j2").write_text("{{ no_such_variable }}", "utf8")
    model = {"llm": "none", "llm_base_url": "http://127.0.0.1:9/v1", "llm_api_key": KEY}
    settings = load_settings(home=pond.settings.home, prompts=tmp_path, **model)
    url = serve(Assistant(settings, embedder=pond.embedder))
    told = httpx.post(url + path, json={**body, "stream": True})
    assert told.status_code == 200
    assert "FOOTNOTE_PROMPTS" in told.text
    assert 'footnote_errors_total{kind="PromptError"} 1.0' in httpx.get(f"{url}/metrics").text


def test_keys_guard_every_route_but_health(serve: Serve, tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys.json")
    clear = keys.add("ann", per_minute=3)
    assert clear not in (tmp_path / "keys.json").read_text(encoding="utf8")
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    url = serve(keys=keys)
    assert httpx.get(f"{url}/healthz").status_code == 200
    for path in ("/v1/papers", "/v1/models", "/metrics"):
        assert httpx.get(url + path).status_code == 401
        assert httpx.get(url + path, headers={"Authorization": "Bearer fn-wrong"}).status_code == 401
    given = {"Authorization": f"Bearer {clear}"}
    assert [httpx.get(f"{url}/v1/models", headers=given).status_code for _ in range(3)] == [200] * 3
    refused = httpx.get(f"{url}/v1/models", headers=given)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    keys.remove("ann")
    assert httpx.get(f"{url}/v1/models", headers=given).status_code == 401


def test_keys_made_at_the_same_time_are_all_kept(tmp_path: Path) -> None:
    names = [f"n{number}" for number in range(16)]
    with ThreadPoolExecutor(len(names)) as makers:
        clear = list(makers.map(lambda name: Keys(tmp_path / "keys.json").add(name), names))
    kept = Keys(tmp_path / "keys.json")
    assert sorted(key.name for key in kept.all()) == sorted(names)
    assert [getattr(kept.owner(key), "name", "") for key in clear] == names
    with ThreadPoolExecutor(len(names)) as takers:
        list(takers.map(kept.remove, names[:-1]))
    assert [key.name for key in kept.all()] == names[-1:]
    assert (tmp_path / "keys.json").stat().st_mode & 0o077 == 0
    assert not list(tmp_path.glob("*.part"))


def test_keys_by_command(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "add", "ann"]) == 0
    assert capsys.readouterr().out.startswith("fn-")
    assert main(["keys"]) == 0
    assert "ann" in capsys.readouterr().out
    assert main(["keys", "add", "ann"]) == 2
    assert main(["keys", "add", " "]) == 2
    assert main(["keys", "add", "\x1b[2J"]) == 2
    assert main(["keys", "remove", "ann"]) == 0
    assert main(["keys", "remove", "ann"]) == 2


def test_other_machines_need_keys(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--host", "0.0.0.0"]) == 2
    assert "--insecure" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("localhost", True), ("::1", True), ("0.0.0.0", False), ("x.org", False)],
)
def test_loopback(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected


def test_a_stream_leaves_no_trace_in_the_log(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    import opentelemetry.sdk.trace  # noqa: F401 - as Chroma imports it while papers are ingested

    for _ in range(3):
        httpx.post(f"{serve()}/v1/ask", json={"question": QUESTION, "stream": True})
    assert not [record for record in caplog.records if record.name.startswith("opentelemetry")]
