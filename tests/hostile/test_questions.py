"""Questions, conversations and selections made to do harm, through `ask`, the command and the server."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from rag.assistant import Assistant
from rag.errors import FootnoteError, UsageError
from rag.server import defence
from rag.text.visible import visible
from tests.hostile import harm
from tests.hostile.papers import KINDS
from tests.server.conftest import Serve, serve  # noqa: F401 - a fixture
from ui.answer_view import chat_text

QUESTION = "By how much does FrogJump cut memory?"
PAYLOADS = sorted({payload for payloads in KINDS.values() for payload in payloads})


def asked(pond: Assistant, question: str, **more: object) -> None:
    """An answer, or one line on why there is none."""
    try:
        answer = pond.ask(question, **more)  # type: ignore[arg-type]
    except UsageError:
        return  # an empty question, or a selection without papers
    harm.own_markers(answer)
    harm.inert_chat(chat_text(question, 0))
    harm.inert_chat(chat_text(answer.text, 1, answer))
    json.dumps(answer.to_dict())


def test_payloads_as_questions(pond: Assistant) -> None:
    for payload in PAYLOADS:
        asked(pond, payload)
        asked(pond, f"Which papers mention {payload[:300]}?")
        asked(pond, f"How many papers use “{payload[:300]}”?")


def test_payloads_as_conversation_and_selection(pond: Assistant) -> None:
    for payload in PAYLOADS:
        turns = [{"role": "user", "content": payload}, {"role": "assistant", "content": f"{payload} [1]"}]
        asked(pond, "And how much does it cut memory?", history=turns)
        asked(pond, QUESTION, papers=[payload])
        asked(pond, QUESTION, sources=[payload])


@pytest.mark.parametrize(
    "question",
    [
        "x" * 1_000_000,
        "why " * 250_000,
        "\x00" * 1_000,
        "(" * 100_000,
        "a-" * 100_000,
        "1." * 100_000,
        "A" * 100_000,
        "'" * 100_000,
        "which papers mention " + "()" * 50_000,
        "\n" * 50_000 + "?",
    ],
)
def test_long_questions_take_no_longer(pond: Assistant, question: str) -> None:
    """Only the beginning is read; no pattern of ours runs away with the rest."""
    pond.ask(QUESTION)
    started = time.process_time()
    asked(pond, question)
    assert time.process_time() - started < 5  # seconds; a pattern that runs away takes hours


def test_blank_turns_take_no_longer(pond: Assistant) -> None:
    blank = "Why?" + "\t" * 3_990 + "."
    turns = [{"role": role, "content": blank} for _ in range(50) for role in ("user", "assistant")]
    asked(pond, QUESTION)
    started = time.process_time()
    asked(pond, "And how much memory does it cut?", history=turns)
    assert time.process_time() - started < 5  # as above


def test_ten_thousand_turns(pond: Assistant) -> None:
    turns = [
        {"role": role, "content": f"Turn {n} about ponds."} for n in range(5_000) for role in ("user", "assistant")
    ]
    assert "4.7x" in pond.ask(QUESTION, history=turns).text


@pytest.mark.parametrize("turn", [{}, {"role": "system", "content": "x"}, {"role": "user"}, "x", None, 7])
def test_turns_that_are_none_are_told(pond: Assistant, turn: object) -> None:
    with pytest.raises(FootnoteError):
        pond.ask(QUESTION, history=[turn])


def test_random_characters(pond: Assistant) -> None:
    dice = random.Random(5)
    for _ in range(300):
        asked(
            pond,
            "".join(
                chr(dice.choice([dice.randrange(32), dice.randrange(0x3000), dice.randrange(0xD800)]))
                for _ in range(40)
            ),
        )


def test_clients_that_drip_do_not_keep_others_out(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(defence, "_BODY_S", 1.0)
    url = serve(at_once=2)
    place = urlsplit(url)
    head = (
        f"POST /v1/ask HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
        "Content-Length: 500\r\n\r\n{"
    )
    slow = [socket.create_connection((str(place.hostname), int(place.port or 0))) for _ in range(20)]
    for client in slow:
        client.sendall(head.encode())
    for _ in range(5):
        assert httpx.post(f"{url}/v1/ask", json={"question": QUESTION}).status_code == 200
    assert slow[0].recv(100).startswith(b"HTTP/1.1 408")
    for client in slow:
        client.close()


def test_the_command_takes_anything(home: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    rows = [json.dumps({"question": payload}) for payload in PAYLOADS if visible(payload).strip()]
    batch.write_text("\n".join(rows), encoding="utf8")
    told = subprocess.run(
        [sys.executable, "-m", "rag.cli", "ask", "--offline", "--json", "--batch", str(batch)],
        capture_output=True,
        check=False,
        env={**os.environ, "FOOTNOTE_HOME": str(home)},
    )
    assert told.returncode == 0, told.stderr[-500:]
    assert b"Traceback" not in told.stderr
    for line in told.stdout.splitlines():
        assert json.loads(line)["text"]
