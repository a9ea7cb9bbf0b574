"""JSON as models send it: fenced, amid talk, in Python's notation, half of what was asked for."""

from __future__ import annotations

import re

import pytest

from tests.model.conftest import Ask
from tests.servers.scripted import Request, Say

FOLLOW_UP = [{"role": "user", "content": "What is TinyToad?"}, {"role": "assistant", "content": "A student."}]


@pytest.mark.parametrize(
    "reply",
    [
        '{"question": "How many parameters has TinyToad?", "route": "lookup", "queries": ["TinyToad parameters"]}',
        "{'question': 'How many parameters has TinyToad?', 'route': 'Lookup', 'queries': 'TinyToad parameters'}",
        'Sure!\n```json\n{"question": "How many parameters has TinyToad?", "route": "LOOKUP", "queries": [],}\n```',
        '<think>{"route": "count"}?</think>{"question": "How many parameters has TinyToad?", "route": "lookup"}',
    ],
)
def test_a_plan_is_understood(scripted: Ask, reply: str) -> None:
    asked: list[str] = []

    def script(request: Request) -> Say:
        if request.purpose == "plan":
            return Say(reply)
        asked.append(request.user.rsplit("Question: ", 1)[1].strip())
        return Say("TinyToad has 90 thousand parameters.")

    assistant, _ = scripted(script)
    answer = assistant.ask("And how many parameters does it have?", FOLLOW_UP)
    assert asked == ["How many parameters has TinyToad?"]
    assert answer.route == "lookup"
    assert answer.papers[0].startswith("TinyToad")


@pytest.mark.parametrize(
    "form",
    [
        '{{"papers": [{{"number": {0}, "qualifies": true, "quote": "It cuts memory by 4.7x on PondBench."}}]}}',
        '[{{"number": {0}, "qualifies": true, "quote": "It cuts memory by 4.7x on PondBench."}}]',
        '```\n[{{"number": "{0}", "qualifies": "yes", "quote": ""}},]\n```',
        "{{'papers': [{{'number': '[{0}]', 'qualifies': True, 'quote': None}}]}}",
    ],
)
def test_a_judgement_is_understood(scripted: Ask, form: str) -> None:
    def script(request: Request) -> Say:
        found = re.search(r"paper \[(\d+)\] \"FrogJump", request.user)
        return Say(form.format(found[1]) if found else '{"papers": []}')

    assistant, server = scripted(script)
    answer = assistant.ask("Which papers use PondBench?")
    assert [title[:8] for title in answer.papers] == ["FrogJump"]
    assert not answer.degraded
    assert not answer.note
    assert len(server.requests) == len({request.user for request in server.requests})  # each batch once


@pytest.mark.parametrize("reply", ["[]", "[1, 2]", '{"papers": [{"number": true, "qualifies": true}]}', "{0: {1: {}}}"])
def test_what_is_no_judgement_lists_nothing_wrong(scripted: Ask, reply: str) -> None:
    assistant, _ = scripted(lambda request: Say(reply))
    answer = assistant.ask("Which papers use the MoonBase corpus?")
    assert not answer.papers
