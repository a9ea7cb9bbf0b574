"""Other sites' pages, floods, bodies without end, crashes: each is tried for real."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from rag.assistant import Assistant
from rag.cli import main
from rag.ingest import ingest
from rag.server.defence import AT_ONCE
from rag.settings import load_settings
from tests.invented import PAPERS, write_jsonl
from tests.model.conftest import Ask, scripted  # noqa: F401 - a fixture
from tests.server.conftest import Serve
from tests.servers.scripted import Request, Say

QUESTION = "By how much does FrogJump cut memory?"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"origin": "http://["},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_other_sites_are_not_answered(serve: Serve, headers: dict[str, str]) -> None:
    answer = httpx.post(f"{serve()}/v1/ask", json={"question": QUESTION}, headers=headers)
    assert answer.status_code == 403
    assert "FrogJump" not in answer.text


def test_the_own_page_is_answered(serve: Serve) -> None:
    url = serve()
    headers = {"origin": url, "sec-fetch-site": "same-origin"}
    assert httpx.post(f"{url}/v1/ask", json={"question": QUESTION}, headers=headers).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "localhost.evil.example", ""])
def test_a_name_made_to_point_here_is_refused(serve: Serve, host: str) -> None:
    assert httpx.get(f"{serve()}/v1/papers", headers={"host": host}).status_code == 400


def test_no_other_site_may_read_or_frame(serve: Serve) -> None:
    headers = httpx.get(f"{serve()}/v1/papers", headers={"origin": "https://evil.example"}).headers
    assert "access-control-allow-origin" not in headers
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_large_bodies_are_refused_said_or_not(serve: Serve) -> None:
    url = f"{serve()}/v1/ask"
    assert httpx.post(url, content=b"x" * 3_000_000).status_code == 413
    assert httpx.post(url, content=(b"x" * 100_000 for _ in range(30))).status_code == 413
    long = httpx.post(url, json={"question": "x" * 1_000_000})
    assert long.status_code == 422
    assert len(long.content) < 1000


def test_a_flood_is_told_to_come_again_and_others_are_served(scripted: Ask, serve: Serve) -> None:  # noqa: F811
    arrived, release = threading.Semaphore(0), threading.Event()

    def slow(request: Request) -> Say:
        arrived.release()
        release.wait(120)
        return Say("Nothing.")

    assistant, _ = scripted(slow, llm_timeout_s=200)
    url = serve(assistant)

    def ask(_: int = 0) -> httpx.Response:
        return httpx.post(f"{url}/v1/ask", json={"question": QUESTION}, timeout=240)

    with ThreadPoolExecutor(AT_ONCE) as crowd:
        try:
            asked = [crowd.submit(ask, place) for place in range(AT_ONCE)]
            assert all(arrived.acquire(timeout=60) for _ in asked)  # each let in has its thread
            refused = [ask() for _ in range(8)]
            told = [httpx.get(url + path, timeout=30).status_code for path in ("/healthz", "/readyz", "/metrics")]
        finally:
            release.set()
        answers = [future.result() for future in asked]
    assert [answer.status_code for answer in refused] == [429] * 8
    assert all(int(answer.headers["retry-after"]) > 0 for answer in refused)
    assert told == [200] * 3
    assert {answer.status_code for answer in answers} == {200}
    assert ask().status_code == 200


def test_a_crash_shows_no_trace(serve: Serve, pond: Assistant, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    def crash(*_: object, **__: object) -> None:
        raise RuntimeError("secret /home/someone/path")

    monkeypatch.setattr(pond, "search", crash)
    answer = httpx.post(f"{serve(pond)}/v1/search", json={"query": "x"})
    logged, end = "", time.monotonic() + 10
    while "RuntimeError" not in logged and time.monotonic() < end:  # the answer goes out before the line
        time.sleep(0.05)
        logged += "".join(capfd.readouterr())
    assert answer.status_code == 500
    assert "secret" not in answer.text + logged
    assert "RuntimeError in http '/v1/search'" in logged
    assert "Traceback" not in logged


def test_a_client_that_leaves_in_the_middle_of_its_request_harms_nobody(serve: Serve) -> None:
    url = serve()
    place = urlsplit(url)
    for _ in range(20):
        with socket.create_connection((str(place.hostname), int(place.port or 0))) as half:
            half.sendall(b"POST /v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Length: 500\r\n\r\n{")
    assert httpx.post(f"{url}/v1/ask", json={"question": QUESTION}).status_code == 200


def test_a_page_beyond_this_machine_needs_logins(
    home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["keys", "add", "somebody"]) == 0
    assert main(["ui", "--host", "0.0.0.0"]) == 2
    assert "log in" in capsys.readouterr().err
    assert main(["ui", "--login", "nobody"]) == 2
    assert "NAME:PASSWORD" in capsys.readouterr().err
    assert main(["ui", "--logins", "no such file"]) == 2
    assert "no such file cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("kept", ["{}", "[]"])
@pytest.mark.parametrize("door", ["serve", "ui"])
def test_a_file_of_keys_that_names_none_opens_to_nobody(
    home: Path, capsys: pytest.CaptureFixture[str], door: str, kept: str
) -> None:
    (home / "keys.json").write_text(kept, "utf8")
    assert main([door]) == 2
    assert "keys.json" in capsys.readouterr().err


@pytest.mark.parametrize("door", ["serve", "ui", "mcp"])
@pytest.mark.parametrize("port", ["99999", "-1"])
def test_a_port_that_is_none_is_bad_usage(home: Path, capsys: pytest.CaptureFixture[str], door: str, port: str) -> None:
    assert main([door, "--port", port]) == 2
    assert "'--port'" in capsys.readouterr().err.splitlines()[0]


@pytest.mark.parametrize(("door", "host"), [("serve", "127.0.0.1"), ("ui", "127.0.0.1"), ("serve", "no.such.invalid")])
def test_an_address_that_cannot_be_listened_on_is_bad_usage(
    home: Path, capsys: pytest.CaptureFixture[str], door: str, host: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main([door, "--host", host, "--port", str(port), "--insecure"]) == 2
        assert main(["mcp", "--http", "--port", str(port)]) == 2
    told = capsys.readouterr()
    assert f"{host}:{port} cannot be listened on" in told.err.splitlines()[0]
    assert f"127.0.0.1:{port} cannot be listened on" in told.err.splitlines()[2]
    assert told.out == ""


@pytest.mark.parametrize("door", ["serve", "ui", "keys"])
def test_without_its_packages_the_command_says_what_to_install(home: Path, door: str) -> None:
    hidden = (
        "import sys\n"
        "class Hidden:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in ('fastapi', 'uvicorn', 'prometheus_client'):\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, Hidden())\n"
        "from rag.cli import main\n"
        f"sys.exit(main([{door!r}]))\n"
    )
    done = subprocess.run([sys.executable, "-c", hidden], capture_output=True, text=True, check=False)
    if door == "keys":  # needs none of them
        assert (done.returncode, done.stderr) == (0, "")
    else:
        assert done.returncode == 1
        assert done.stderr.endswith(f" in a checkout, else `pip install 'footnote[{door}]'`\n")
        assert "is not installed\nhint: run `pip install --no-deps -r requirements-ui.lock`" in done.stderr


@pytest.mark.slow
def test_any_free_port_is_told_and_answers(home: Path) -> None:
    ingest([write_jsonl(home / "pond.jsonl", PAPERS)], load_settings())
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            told = httpx.get(f"{url}/healthz", timeout=300)
        finally:
            server.send_signal(signal.SIGINT)
            logged = server.communicate(timeout=300)[1]
    assert told.json() == {"status": "ok"}
    assert server.returncode == 0
    assert logged == ""
