"""The wire format against a server that others wrote: `transformers serve` with a tiny model made on the spot.

    FOOTNOTE_PEER_PYTHON=…/bin/python sh scripts/test -m slow tests/model/test_foreign_server.py

The interpreter needs transformers, torch, accelerate, fastapi, uvicorn, openai and python-multipart.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from rag.assistant import Assistant
from rag.settings import load_settings
from tests.servers.processes import free_port

PEER = os.environ.get("FOOTNOTE_PEER_PYTHON", "")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not PEER, reason="needs FOOTNOTE_PEER_PYTHON, an interpreter with transformers"),
]
_SCRIPT = Path(__file__).parents[1] / "servers" / "tiny_model.py"
_PATIENCE_S = 120


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The server's address and the model's name."""
    folder = tmp_path_factory.mktemp("tiny")
    subprocess.run([PEER, str(_SCRIPT), str(folder)], check=True, capture_output=True)
    port = free_port()
    command = [str(Path(PEER).with_name("transformers")), "serve", str(folder), "--port", str(port)]
    process = subprocess.Popen(command, env={**os.environ, "HF_HUB_OFFLINE": "1"}, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)  # fmt: skip
    end = time.monotonic() + _PATIENCE_S
    while True:
        try:
            httpx.get(f"http://127.0.0.1:{port}/health", timeout=1)
            break
        except httpx.HTTPError:
            assert time.monotonic() < end, "the server does not start"
            time.sleep(0.5)
    yield f"http://127.0.0.1:{port}/v1", str(folder)
    process.terminate()
    process.wait(20)


def test_a_reply_streams_through(pond: Assistant, served: tuple[str, str]) -> None:
    url, model = served
    settings = load_settings(
        home=pond.settings.home, llm=model, llm_base_url=url, llm_max_tokens=60, verify="off", cache=False
    )
    assistant = Assistant(settings, embedder=pond.embedder)
    answer = assistant.ask("By how much does FrogJump cut memory?")
    assistant.close()
    assert answer.engine == model
    assert not answer.degraded
    assert answer.usage.tokens_out > 0
