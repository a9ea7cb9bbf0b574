"""The real MCP client over standard input and output."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from rag.ingest import ingest
from rag.settings import load_settings
from tests.invented import PAPERS, write_jsonl
from tests.servers.processes import free_port


def test_the_three_tools(home: Path) -> None:
    ingest([write_jsonl(home / "pond.jsonl", PAPERS)], load_settings())
    names, answer, found, paper, refusals = asyncio.run(_talk(home))
    assert names == {"ask", "search_papers", "get_paper"}
    assert "4.7x" in answer["text"]
    assert answer["citations"][0]["title"].startswith("FrogJump")
    assert found["result"][0]["title"].startswith("TinyToad")
    assert "12,000" in paper["text"]
    missing, empty, several, blank = refusals
    assert "no paper is titled 'no such thing'" in missing
    assert "empty" in empty
    assert "titles contain 'models'" in several
    assert "LilyPad" in several
    assert "the query is empty" in blank
    assert not any("\n" in refusal for refusal in refusals)


def test_at_a_terminal_it_says_what_it_waits_for_and_can_be_interrupted(home: Path) -> None:
    ingest([write_jsonl(home / "pond.jsonl", PAPERS)], load_settings())
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "rag.cli", "mcp"]
    with subprocess.Popen(command, stdin=inner, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        assert server.stderr.readline() == "waiting for an MCP client on standard input; Ctrl-C ends it\n"
        time.sleep(1)  # until it reads
        server.send_signal(signal.SIGINT)
        try:
            assert server.wait(20) == -signal.SIGINT
            assert server.stderr.read() == ""
        finally:
            server.kill()
            os.close(outer)
            os.close(inner)


def test_the_same_over_http(home: Path) -> None:
    ingest([write_jsonl(home / "pond.jsonl", PAPERS)], load_settings())
    port = free_port()
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "FOOTNOTE_OFFLINE": "1"}
    command = [sys.executable, "-m", "rag.cli", "mcp", "--http", "--port", str(port)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            names, answer, *_ = asyncio.run(_talk_http(f"http://127.0.0.1:{port}/mcp"))
        finally:
            server.terminate()
    assert names == {"ask", "search_papers", "get_paper"}
    assert "4.7x" in answer["text"]


async def _talk_http(url: str) -> tuple[set[str], Any, Any, Any, list[str]]:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    for _ in range(200):
        try:
            httpx.get(url, timeout=1)
            break
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    async with streamable_http_client(url) as streams, ClientSession(streams[0], streams[1]) as session:
        return await _called(session)


async def _talk(home: Path) -> tuple[set[str], Any, Any, Any, list[str]]:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "FOOTNOTE_OFFLINE": "1"}
    command = StdioServerParameters(command=sys.executable, args=["-m", "rag.cli", "mcp"], env=environment)
    async with stdio_client(command) as (read, write), ClientSession(read, write) as session:
        return await _called(session)


async def _called(session: Any) -> tuple[set[str], Any, Any, Any, list[str]]:
    started = await session.initialize()
    assert started.server_info.version
    names = {tool.name for tool in (await session.list_tools()).tools}
    answer = await session.call_tool("ask", {"question": "By how much does FrogJump cut memory?"})
    found = await session.call_tool("search_papers", {"query": "speech on microcontrollers", "k": 1})
    paper = await session.call_tool("get_paper", {"title": "newts"})
    refusals = [await _refused(session, "get_paper", title=title) for title in ("no such thing", " ", "models")]
    refusals.append(await _refused(session, "search_papers", query=" "))
    await _narrowed(session)
    await _described(session)
    return names, _value(answer), _value(found), _value(paper), refusals


async def _narrowed(session: Any) -> None:
    """The filters restrict both tools that have them, and what is none is refused."""
    for given in ("Beaver", ["beaver"]):
        found = await session.call_tool("search_papers", {"query": "memory", "papers": given})
        assert [paper["title"].split(":")[0] for paper in _value(found)["result"]] == ["Beaver"]
    unfit = _value(await session.call_tool("ask", {"question": "What is FrogJump?", "papers": "Unicorn"}))
    assert unfit["abstained"]
    assert "title “Unicorn”" in unfit["text"]
    for wrong in ({"since": "2020"}, {"until": True}, {"sources": 3}):
        assert next(iter(wrong)) in await _refused(session, "ask", question="What is FrogJump?", **wrong)


async def _described(session: Any) -> None:
    """Every tool says what it takes, what it replies with, and that it changes nothing; a wrong call gets one line."""
    for tool in (await session.list_tools()).tools:
        assert tool.annotations.read_only_hint
        assert not tool.input_schema["additionalProperties"]
        assert all("description" in field for field in tool.input_schema["properties"].values())
        assert "properties" in tool.output_schema
        assert "\n" not in tool.description
    for wrong, told in (
        ({"question": "What is FrogJump?", "paper": "Beaver"}, "no argument 'paper': did you mean 'papers'?"),
        ({"question": "What is FrogJump?", "xyzzy": 1}, "no argument 'xyzzy': there are question, papers"),
        ({}, "question: Field required"),
        ({"question": 3}, "question: Input should be a valid string"),
        ({"question": None}, "question: Input should be a valid string"),
    ):
        refused = await _refused(session, "ask", **wrong)
        assert told in refused
        assert "\n" not in refused
    for k in (-1, 1000):
        assert "k: Input should be" in await _refused(session, "search_papers", query="frogs", k=k)


async def _refused(session: Any, tool: str, **arguments: Any) -> str:
    told = await session.call_tool(tool, arguments)
    assert getattr(told, "is_error", getattr(told, "isError", False)), arguments
    return str(told.content[0].text)


def _value(result: Any) -> Any:
    structured = getattr(result, "structured_content", None) or getattr(result, "structuredContent", None)
    return structured if structured is not None else json.loads(result.content[0].text)
