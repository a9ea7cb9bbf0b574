"""A planted key, an endpoint that repeats it in every way, and a search through all that comes out and is left."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import urllib.parse
from pathlib import Path

import pytest

from rag.cli import main
from tests.conftest import KEY
from tests.invented import PAPERS, write_jsonl
from tests.servers.scripted import Fail, Request, Say, ScriptedModel

QUESTION = "By how much does FrogJump cut memory?"
REPLIES = {
    "unauthorised": Fail(401, f"Incorrect API key provided: {KEY}"),
    "broken": Fail(500, f"upstream said: Authorization: Bearer {KEY}"),
    "no JSON": Fail(502, raw=f"<html>{KEY}</html>".encode()),
    "busy": Fail(429, f"key {KEY} is over its limit", headers={"Retry-After": "0"}),
    "cut": Say(f"FrogJump cuts memory by 4.7x [1]. {KEY}", cut=2),
}
COMMANDS = [
    ("ask", QUESTION),
    ("ask", "--json", QUESTION),
    ("ask", "--debug", QUESTION),
    ("doctor",),
    ("status", "--json"),
    ("eval", "draft", "--debug", "--engine", "llm", "--count", "1", "--out", "draft.jsonl"),
]


def forms(key: str) -> list[bytes]:
    """The key as such and as it may be written."""
    return [key.encode(), urllib.parse.quote(key).encode(), base64.b64encode(key.encode()), key[3:].encode()]


@pytest.mark.parametrize("reply", REPLIES)
def test_no_key_in_what_comes_out(home: Path, tmp_path: Path, reply: str) -> None:
    assert main(["ingest", str(write_jsonl(tmp_path / "a.jsonl", PAPERS))]) == 0

    def script(request: Request) -> Say | Fail:
        return REPLIES[reply]

    with ScriptedModel(script) as server:
        # The address carries a key too, as some people write it.
        address = server.base_url.replace("http://", f"http://user:{KEY}@")
        known = {"FOOTNOTE_LLM": "scripted", "FOOTNOTE_LLM_BASE_URL": address, "FOOTNOTE_LLM_API_KEY": KEY}
        environment = {**os.environ, **known, "FOOTNOTE_HOME": str(home), "FOOTNOTE_LLM_TIMEOUT_S": "5"}
        for command in COMMANDS:
            ended = subprocess.run(
                [sys.executable, "-m", "rag.cli", *command], capture_output=True, env=environment, check=False
            )
            for form in forms(KEY):
                assert form not in ended.stdout + ended.stderr, command
        assert server.requests
    left = [
        path for path in home.rglob("*") if path.is_file() and any(form in path.read_bytes() for form in forms(KEY))
    ]
    assert left == []
