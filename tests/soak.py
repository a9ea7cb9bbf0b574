"""Mixed traffic for as long as is wanted while the model's endpoint fails in every way: `python -m tests.soak MINUTES`.

Asks with and without streaming, searches, listings, OpenAI clients, malformed requests, readers that leave; papers come
in meanwhile, conversations and feedback are stored. Watched: that each reader got an answer or was told why not, the
server's memory and open files, and that everything stored is there at the end.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from rag.assistant import Assistant
from rag.settings import load_settings
from tests.invented import PAPERS, numbered, write_jsonl
from tests.servers.processes import free_port, served
from tests.servers.scripted import Fail, Request, Say, ScriptedModel, quoting
from ui.conversations import Conversations
from ui.feedback import Feedback

QUESTIONS = [
    "By how much does FrogJump cut memory?",
    "What word error rate does TinyToad reach?",
    "Which papers mention PondBench?",
    "How many papers mention DuckNet?",
    "Compare Otter and Heron",
    "What is the capital of Mongolia?",
    "¿Cuántos parámetros tiene TinyToad?",
]


_FEWEST = 20  # answers
_LONGER_S = 180.0  # that it may take beyond the time given until there are so many


@dataclass
class Tally:
    """What came of the traffic. `untold` are readers who got neither an answer nor a reason; `samples` are seconds,
    bytes of memory and open files of the server."""

    outcomes: Counter[str] = field(default_factory=Counter)
    untold: list[str] = field(default_factory=list)
    stored: dict[str, str] = field(default_factory=dict)
    feedback: int = 0
    samples: list[tuple[float, int, int]] = field(default_factory=list)

    @property
    def enough(self) -> bool:
        """Whether there were answers of both kinds to look at."""
        return self.outcomes["answer"] > _FEWEST and self.outcomes["degraded"] > 0

    def growth(self) -> tuple[float, int]:
        """How much memory and how many open files grew from the second quarter to the last, memory as a share."""
        quarter = max(1, len(self.samples) // 4)
        early, late = self.samples[quarter : 2 * quarter] or self.samples[:1], self.samples[-quarter:]
        memory = [sum(row[1] for row in rows) / len(rows) for rows in (early, late)]
        files = [max(row[2] for row in rows) for rows in (early, late)]
        return memory[1] / memory[0] - 1, files[1] - files[0]

    def report(self) -> str:
        memory, files = self.growth()
        first, last = self.samples[0], self.samples[-1]
        return "\n".join(
            [
                f"{sum(self.outcomes.values())} requests in {last[0]:.0f} s: {dict(self.outcomes.most_common())}",
                f"untold: {len(self.untold)} {self.untold[:3]}",
                f"memory {first[1] / 1e6:.0f} -> {last[1] / 1e6:.0f} MB, second quarter to last {memory:+.1%}",
                f"open files {first[2]} -> {last[2]} when all was quiet again, second quarter to last {files:+d}",
                f"{len(self.stored)} conversations and {self.feedback} judgements stored, all there",
            ]
        )


def faulty(dice: random.Random) -> Say | Fail | None:
    """One in three replies goes wrong."""
    faults = [
        Fail(500),
        Fail(429, headers={"Retry-After": "0"}),
        Fail(502, raw=b"<html>"),
        Fail(400, "too long", "context_length_exceeded"),
        Say("FrogJump cuts memory by 4.7x [1].", cut=2),
        Say("Slow.", wait_s=4),
        Say(""),
        Say("It is 99% [7]."),
    ]
    return dice.choice([*faults, *[None] * 16])


def server(home: Path, address: str) -> AbstractContextManager[tuple[str, int]]:
    """`footnote serve` as a process: its address and its number."""
    port = free_port()
    known = {
        "FOOTNOTE_HOME": str(home),
        "FOOTNOTE_LLM": "scripted",
        "FOOTNOTE_LLM_BASE_URL": address,
        "FOOTNOTE_LLM_API_KEY": "none",
        "FOOTNOTE_LLM_TIMEOUT_S": "3",
        "FOOTNOTE_CACHE": "false",
    }
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", str(port)]
    return served(command, port, "/readyz", environment=known, log=home / "server.log")


def soak(home: Path, seconds: float, *, crowd: int = 6) -> Tally:
    """Traffic over the papers of `home`, which are ingested first; on a slow machine for longer, until there were some
    answers of both kinds."""
    write_jsonl(home / "pond.jsonl", {**PAPERS, **numbered(40)})
    ingested(home)
    tally, dice, over = Tally(), random.Random(1), threading.Event()

    def script(request: Request) -> Say | Fail:
        return faulty(dice) or quoting(request, wait_s=0.05)

    with ScriptedModel(script) as model, server(home, model.base_url) as (url, pid):
        work = [threading.Thread(target=_reader, args=(url, over, tally, n)) for n in range(crowd)]
        work += [
            threading.Thread(target=_writer, args=(home, over, tally)),
            threading.Thread(target=_watch, args=(pid, over, tally, max(0.5, seconds / 120))),
            threading.Thread(target=_papers, args=(home, over, seconds)),
        ]
        for thread in work:
            thread.start()
        over.wait(seconds)
        last = time.monotonic() + _LONGER_S
        while not tally.enough and time.monotonic() < last:
            time.sleep(0.2)
        over.set()
        for thread in work:
            thread.join()
        time.sleep(5)  # what readers who left had asked for ends
        tally.samples.append(_sample(pid, seconds))
    _all_stored(home, tally)
    return tally


def ingested(home: Path) -> None:
    command = [sys.executable, "-m", "rag.cli", "ingest", str(home / "pond.jsonl")]
    subprocess.run(command, env={**os.environ, "FOOTNOTE_HOME": str(home)}, check=True, capture_output=True)


def _reader(url: str, over: threading.Event, tally: Tally, seed: int) -> None:
    dice = random.Random(seed)
    kinds = [_ask, _ask, _stream, _stream, _openai, _search, _papers_list, _malformed, _leave]
    with httpx.Client(base_url=url, timeout=60) as client:
        while not over.is_set():
            kind = dice.choice(kinds)
            try:
                outcome = kind(client, dice)
            except httpx.HTTPError as error:
                outcome = f"{type(error).__name__} in {kind.__name__}"
            tally.outcomes[outcome.partition(":")[0]] += 1
            if outcome.partition(":")[0] not in ("answer", "degraded", "told", "left"):
                tally.untold.append(outcome)


def _of(answer: dict[str, object]) -> str:
    if not answer.get("text"):
        return f"empty: {answer}"
    return "degraded" if answer.get("degraded") else "answer"


def _ask(client: httpx.Client, dice: random.Random) -> str:
    told = client.post("/v1/ask", json={"question": dice.choice(QUESTIONS)})
    return _of(told.json()) if told.status_code == 200 else _error(told)


def _stream(client: httpx.Client, dice: random.Random) -> str:
    told = client.post("/v1/ask", json={"question": dice.choice(QUESTIONS), "stream": True})
    if told.status_code != 200:
        return _error(told)
    name, _, data = told.text.strip().split("\n\n")[-1].partition("\n")
    if name == "event: error":
        return "told"
    return _of(json.loads(data.removeprefix("data: "))) if name == "event: answer" else f"no end: {told.text[-200:]}"


def _openai(client: httpx.Client, dice: random.Random) -> str:
    body = {"messages": [{"role": "user", "content": dice.choice(QUESTIONS)}]}
    told = client.post("/v1/chat/completions", json=body)
    return "answer" if told.status_code == 200 and told.json()["choices"][0]["message"]["content"] else _error(told)


def _search(client: httpx.Client, dice: random.Random) -> str:
    told = client.post("/v1/search", json={"query": dice.choice(QUESTIONS)})
    return "answer" if told.status_code == 200 and told.json()["papers"] else _error(told)


def _papers_list(client: httpx.Client, dice: random.Random) -> str:
    told = client.get("/v1/papers", params={"grep": dice.choice(["pond", "Toad", "("])})
    return "answer" if told.status_code == 200 else _error(told)


def _malformed(client: httpx.Client, dice: random.Random) -> str:
    body = dice.choice(
        [b"{", b"[]", b'{"question": ""}', b'{"question": 7}', b"\xff" * 50, b'{"question":"x","history":7}']
    )
    told = client.post("/v1/ask", content=body, headers={"Content-Type": "application/json"})
    return _error(told)


def _leave(client: httpx.Client, dice: random.Random) -> str:
    place = urlsplit(str(client.base_url))
    body = json.dumps({"question": dice.choice(QUESTIONS), "stream": True}).encode()
    head = f"POST /v1/ask HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
    with socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=20) as half:
        half.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        half.recv(dice.choice([1, 50, 400]))
    return "left"


def _error(told: httpx.Response) -> str:
    if 400 <= told.status_code < 600 and told.headers.get("content-type", "").startswith("application/json"):
        return "told" if told.status_code != 500 else f"crash: {told.text[:200]}"
    return f"status {told.status_code}: {told.text[:200]}"


def _writer(home: Path, over: threading.Event, tally: Tally) -> None:
    """Stores conversations and judgements beside the server, as the page does."""
    kept, judged = Conversations(home / "conversations.db"), Feedback(home / "feedback.jsonl")
    answer = Assistant(load_settings(home=home, offline=True)).ask(QUESTIONS[0]).to_dict()
    while not over.is_set():
        question = f"{QUESTIONS[0]} {len(tally.stored)}"
        tally.stored[kept.save("somebody", [(question, answer)])] = question
        judged.add(question, answer, "r", helpful=True)
        tally.feedback += 1
        over.wait(0.2)


def _papers(home: Path, over: threading.Event, seconds: float) -> None:
    """More papers come in, a few times."""
    for turn in range(1, 4):
        over.wait(seconds / 5)
        write_jsonl(home / "pond.jsonl", {**PAPERS, **numbered(40 + turn)})
        ingested(home)


def _watch(pid: int, over: threading.Event, tally: Tally, every_s: float) -> None:
    started = time.monotonic()
    while not over.is_set():
        tally.samples.append(_sample(pid, time.monotonic() - started))
        over.wait(every_s)


def _sample(pid: int, seconds: float) -> tuple[float, int, int]:
    rows = Path(f"/proc/{pid}/status").read_text(encoding="utf8").splitlines()
    memory = next(int(row.split()[1]) * 1024 for row in rows if row.startswith("VmRSS"))
    return seconds, memory, len(os.listdir(f"/proc/{pid}/fd"))


def _all_stored(home: Path, tally: Tally) -> None:
    kept = Conversations(home / "conversations.db")
    for key, question in tally.stored.items():
        found = kept.load("somebody", key)
        assert found is not None, key
        assert found.turns[0][0] == question
    rows = (home / "feedback.jsonl").read_text(encoding="utf8").splitlines()
    assert len([json.loads(row) for row in rows]) == tally.feedback


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        print(soak(Path(folder), 60 * float(sys.argv[1])).report(), flush=True)
