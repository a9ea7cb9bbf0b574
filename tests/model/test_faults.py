"""Everything that goes wrong with a model ends in an answer: a retried one, or one without it that says why."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time

import pytest

from rag.types import Answer, Restart
from tests.conftest import KEY
from tests.model.conftest import Ask
from tests.model.test_answers import GOOD, QUESTION, stream
from tests.servers.scripted import Fail, Request, Say, Script

HOPELESS = {
    "unauthorised": (Fail(401, f"bad key {KEY}"), "key"),
    "unknown model": (Fail(404, "no such model", "model_not_found"), "does not know the model"),
    "too long": (Fail(400, "maximum context length is 100 tokens", "context_length_exceeded"), "too long"),
    "bad request": (Fail(400, "no"), "refused the request"),
    "empty": (Say(""), "empty"),
    "refusal": (Say("", refusal="I cannot help with that."), "declines"),
    "filtered": (Say("Frog", finish="content_filter"), "declines"),
    "always busy": (Fail(429, "slow down", headers={"Retry-After": "0"}), "429"),
    "always failing": (Fail(500, headers={"Retry-After": "0"}), "500"),
    "no reply at all": (Fail(200, raw=b"<html>hello</html>"), "an empty reply"),
}
PASSING = {
    "busy": Fail(429, "slow down", headers={"Retry-After": "0.05"}),
    "failing": Fail(503),
    "cut": Say(GOOD, cut=3),
    "cut at once": Say(GOOD, cut=0),
}


def then_good(first: Say | Fail) -> Script:
    """A script that goes wrong once."""
    replies = itertools.chain([first], itertools.repeat(Say(GOOD)))
    return lambda request: next(replies)


@pytest.mark.parametrize("name", HOPELESS)
def test_a_fault_that_stays_falls_back(scripted: Ask, name: str) -> None:
    reply, told = HOPELESS[name]
    assistant, _ = scripted(lambda request: reply)
    answer = assistant.ask(QUESTION)
    assert answer.engine == "extractive"
    assert told in answer.degraded
    assert KEY not in answer.degraded
    assert "4.7x" in answer.text
    assert answer.citations


@pytest.mark.parametrize("name", PASSING)
def test_a_fault_that_passes_is_retried(scripted: Ask, name: str) -> None:
    assistant, server = scripted(then_good(PASSING[name]))
    shown, events = stream(assistant, QUESTION)
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.text == shown == GOOD
    assert not answer.degraded
    assert len(server.requests) == 2
    assert answer.usage.calls == (2 if name == "cut" else 1)


def test_a_stream_that_always_breaks_off_falls_back(scripted: Ask) -> None:
    assistant, _ = scripted(lambda request: Say(GOOD, cut=3))
    shown, events = stream(assistant, QUESTION)
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.engine == "extractive"
    assert "cut off" in answer.degraded
    assert any(isinstance(event, Restart) for event in events)
    assert shown == answer.text


def test_what_was_paid_before_a_fault_is_told(scripted: Ask) -> None:
    def script(request: Request) -> Say | Fail:
        if request.purpose != "plan":
            return Fail(400, "no")
        return Say('{"question": "x", "route": "lookup", "queries": ["FrogJump memory"], "subject": ""}')

    assistant, _ = scripted(script, llm_price_in=2.0, llm_price_out=8.0)
    answer = assistant.ask("De combien FrogJump réduit-il la mémoire ?")
    assert answer.degraded
    assert answer.usage.calls == 1
    assert answer.usage.cost == pytest.approx((answer.usage.tokens_in * 2.0 + answer.usage.tokens_out * 8.0) / 1e6)
    assert answer.usage.cost
    assert "plan" in answer.prompts


@pytest.mark.parametrize("reply", [Say(""), Say("It was fou", finish="length"), Say("", refusal="I cannot.")])
def test_a_reply_of_no_use_is_paid_all_the_same(scripted: Ask, reply: Say) -> None:
    assistant, server = scripted(lambda request: reply)
    answer = assistant.ask(QUESTION)
    assert answer.degraded
    assert answer.usage.calls == len(server.requests)
    assert answer.usage.tokens_in


def test_nothing_outlasts_the_deadline(scripted: Ask) -> None:
    assistant, _ = scripted(lambda request: Say(GOOD, wait_s=30), llm_timeout_s=0.7)
    assistant.model.warm()  # type: ignore[union-attr]
    started = time.monotonic()
    answer = assistant.ask(QUESTION)
    assert time.monotonic() - started < 10  # a third of what the model would take
    assert answer.engine == "extractive"
    assert "in time" in answer.degraded


def test_a_stream_that_trickles_is_cut_at_the_deadline(scripted: Ask) -> None:
    assistant, server = scripted(lambda request: Say(GOOD * 200, pieces=1, pause_s=0.05), llm_timeout_s=1)
    assistant.model.warm()  # type: ignore[union-attr]
    answer = assistant.ask(QUESTION)
    assert answer.engine == "extractive"
    assert_abandoned(server)


def test_an_endless_reply_is_cut(scripted: Ask) -> None:
    assistant, _ = scripted(lambda request: Say(f"{GOOD} " * 5000, pieces=400), llm_max_tokens=100)
    answer = assistant.ask(QUESTION)
    assert not answer.degraded
    assert len(answer.text) < 2000
    assert answer.note


def test_a_reply_out_of_room_loses_its_last_half_sentence(scripted: Ask) -> None:
    assistant, _ = scripted(lambda request: Say(f"{GOOD} It was also fou", finish="length"))
    shown, events = stream(assistant, QUESTION)
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.text == shown == GOOD
    assert "room" in answer.note


@pytest.mark.parametrize("thought", ["<think>Let me see: memory, or", "", "It cuts mem"])
def test_a_thought_that_took_all_the_room_gets_more(scripted: Ask, thought: str) -> None:
    def script(request: Request) -> Say:
        return Say(GOOD) if request.body["max_tokens"] > 500 else Say(thought, finish="length")

    assistant, server = scripted(script, llm_max_tokens=500)
    shown, events = stream(assistant, QUESTION)
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert answer.text == shown == GOOD
    assert not answer.degraded
    assert len(server.requests) == 2


def test_a_judgement_without_room_gets_more(scripted: Ask) -> None:
    def script(request: Request) -> Say:
        return Say('{"papers": []}') if request.body["max_tokens"] > 500 else Say("<think>Paper 1", finish="length")

    assistant, _ = scripted(script, llm_max_tokens=500)
    answer = assistant.ask("Which papers use PondBench?")
    assert not answer.note
    assert not answer.papers


@pytest.mark.parametrize("parameter", ["temperature", "max_tokens", "stream_options"])
def test_what_an_endpoint_does_not_take_is_left_out(scripted: Ask, parameter: str) -> None:
    def script(request: Request) -> Say | Fail:
        if parameter in request.body:
            return Fail(400, f"Unsupported parameter: '{parameter}'")
        return Say(GOOD)

    assistant, server = scripted(script)
    assert assistant.ask(QUESTION).text == GOOD
    assert assistant.ask(QUESTION).text == GOOD
    assert len(server.requests) == 3  # found out once


def test_questions_at_once_all_find_out_what_is_not_taken(scripted: Ask) -> None:
    together = threading.Barrier(8, timeout=20)  # nobody is told before all have asked

    def script(request: Request) -> Say | Fail:
        if "temperature" in request.body:
            together.wait()
            return Fail(400, "Unsupported parameter: 'temperature'")
        return Fail(400, "Unsupported parameter: 'max_tokens'") if "max_tokens" in request.body else Say(GOOD)

    assistant, _ = scripted(script)
    assistant.retriever  # noqa: B018 - opened before threads share it

    async def all_of_them() -> list[Answer]:
        return await asyncio.gather(*(assistant.aask(QUESTION) for _ in range(8)))

    assert [answer.degraded for answer in asyncio.run(all_of_them())] == [""] * 8


def test_no_structured_output_no_harm(scripted: Ask) -> None:
    def script(request: Request) -> Say | Fail:
        if "response_format" in request.body:
            return Fail(400, "response_format json_schema is not supported")
        if request.purpose == "plan":
            return Say('{"question": "x", "route": "lookup", "queries": ["FrogJump memory"], "subject": ""}')
        return Say(GOOD)

    assistant, _ = scripted(script)
    answer = assistant.ask("De combien FrogJump réduit-il la mémoire ?")
    assert not answer.degraded
    assert answer.papers


def test_cancelling_stops_the_request(scripted: Ask) -> None:
    assistant, server = scripted(lambda request: Say(GOOD * 200, pieces=1, pause_s=0.05))
    assistant.model.warm()  # type: ignore[union-attr]

    async def give_up() -> None:
        task = asyncio.create_task(assistant.aask(QUESTION))
        while not server.requests:
            await asyncio.sleep(0.02)
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(give_up())
    assert_abandoned(server)


def test_closing_the_stream_stops_the_request(scripted: Ask) -> None:
    assistant, server = scripted(lambda request: Say(GOOD * 200, pieces=1, pause_s=0.05))
    events = assistant.stream(QUESTION)
    for event in events:
        if getattr(event, "text", ""):
            break
    events.close()  # type: ignore[attr-defined]
    assert_abandoned(server)


def test_a_survey_survives_batches_that_fail(scripted: Ask) -> None:
    numbers = itertools.count()

    def script(request: Request) -> Say | Fail:
        return Fail(400, "no") if next(numbers) % 2 else Say('{"papers": []}')

    assistant, _ = scripted(script)
    answer = assistant.ask("Which papers are about training?")
    assert answer.engine == "scripted"
    assert "without the model" in answer.note


def test_a_survey_without_any_reply_falls_back(scripted: Ask) -> None:
    assistant, _ = scripted(lambda request: Fail(400, "no"))
    answer = assistant.ask("Which papers are about training?")
    assert answer.engine == "extractive"
    assert answer.degraded


def test_offline_asks_nobody(scripted: Ask) -> None:
    assistant, server = scripted(lambda request: Say(GOOD), offline=True)
    assert assistant.ask(QUESTION).engine == "extractive"
    assert not server.requests


def assert_abandoned(server: object) -> None:
    """The server notices within seconds that its reader has gone."""
    end = time.monotonic() + 10
    while time.monotonic() < end and not server.abandoned:  # type: ignore[attr-defined]
        time.sleep(0.05)
    assert server.abandoned  # type: ignore[attr-defined]
