"""`footnote ui` as a process of its own: who may log in, and what is left of it once it has ended."""

from __future__ import annotations

import sys
from pathlib import Path

import httpx

from rag.ingest import ingest
from rag.settings import load_settings
from tests.invented import PAPERS, write_jsonl
from tests.servers.processes import free_port, served

UPLOAD = b'{"title": "Gecko: Sticky Adapters", "abstract": "Gecko sticks with 7 toes.", "year": 2021}\n'


def command(home: Path, *options: str) -> tuple[list[str], int]:
    """The page over the invented papers, as it is started; and its port."""
    ingest([write_jsonl(home / "pond.jsonl", PAPERS)], load_settings())
    port = free_port()
    return [sys.executable, "-m", "rag.cli", "ui", "--port", str(port), *options], port


def test_uploads_do_not_outlive_the_page(home: Path, tmp_path: Path) -> None:
    uploads = tmp_path / "uploads"
    with served(*command(home), "/", environment={"GRADIO_TEMP_DIR": str(uploads)}) as (url, _):
        told = httpx.post(f"{url}/gradio_api/upload", files={"files": ("new.jsonl", UPLOAD)})
        assert told.status_code == 200
        assert Path(told.json()[0]).read_bytes() == UPLOAD
    assert not [path for path in uploads.rglob("*") if path.is_file()]


def test_who_knows_the_password_gets_in_and_who_guesses_is_stopped(home: Path) -> None:
    with served(*command(home, "--login", "ann:secret-a"), "/healthz") as (url, _):

        def login(password: str) -> int:
            return httpx.post(f"{url}/login", data={"username": "ann", "password": password}).status_code

        assert [login("secret-a") for _ in range(15)] == [200] * 15  # many people behind one address
        guesses = [login(f"guess {number}") for number in range(15)]
        assert guesses == [400] * 10 + [429] * 5
        httpx.get(f"{url}/login")
        assert login("secret-a") == 429
