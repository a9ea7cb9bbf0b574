"""The real OpenAI client talks to Footnote as to a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from openai import AuthenticationError, NotFoundError, OpenAI, RateLimitError, UnprocessableEntityError

from rag.assistant import Assistant
from rag.server.keys import Keys
from tests.server.conftest import Serve

QUESTION = "By how much does FrogJump cut memory?"


@pytest.fixture
def client(serve: Serve) -> Iterator[OpenAI]:
    with OpenAI(base_url=f"{serve()}/v1", api_key="none", max_retries=0) as made:
        yield made


def test_models(client: OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["footnote"]
    assert client.models.retrieve("footnote").id == "footnote"
    with pytest.raises(NotFoundError):
        client.models.retrieve("gpt-4")


def test_a_completion_with_its_annotations(client: OpenAI, pond: Assistant) -> None:
    said = client.chat.completions.create(model="footnote", messages=[{"role": "user", "content": QUESTION}])
    message = said.choices[0].message
    assert message.content == pond.ask(QUESTION).text
    assert message.annotations
    cited = message.annotations[0].url_citation
    assert message.content[cited.start_index : cited.end_index] == "[1]"
    assert cited.title.startswith("FrogJump")


def test_a_stream(client: OpenAI, pond: Assistant) -> None:
    stream = client.chat.completions.create(
        model="footnote", messages=[{"role": "user", "content": QUESTION}], stream=True
    )
    chunks = list(stream)
    assert "".join(c.choices[0].delta.content or "" for c in chunks) == pond.ask(QUESTION).text
    assert chunks[-1].choices[0].finish_reason == "stop"


def test_a_conversation(client: OpenAI) -> None:
    said = client.chat.completions.create(
        model="footnote",
        messages=[
            {"role": "system", "content": "You are a pirate."},
            {"role": "user", "content": "What is TinyToad?"},
            {"role": "assistant", "content": "A student model."},
            {"role": "user", "content": [{"type": "text", "text": "How many parameters does it have?"}]},
        ],
    )
    assert "90 thousand" in (said.choices[0].message.content or "")


def test_a_stream_says_what_was_used_where_it_is_asked_to(client: OpenAI) -> None:
    def chunks(**more: Any) -> list[Any]:
        messages: Any = [{"role": "user", "content": QUESTION}]
        return list(client.chat.completions.create(model="footnote", messages=messages, stream=True, **more))

    told = chunks(stream_options={"include_usage": True})
    assert (told[-1].choices, told[-1].usage.total_tokens) == ([], 0)
    assert told[-2].choices[0].finish_reason == "stop"
    assert all(chunk.usage is None for chunk in [*told[:-1], *chunks()])


def test_a_conversation_of_any_length_goes_on(client: OpenAI) -> None:
    turns: Any = [{"role": role, "content": "ponds " * 5_000} for role in ("user", "assistant")]
    messages = [*turns * 3, *[{"role": "user", "content": "Hello!"}] * 300, {"role": "user", "content": QUESTION}]
    said = client.chat.completions.create(model="footnote", messages=messages)
    assert "4.7x" in (said.choices[0].message.content or "")


def test_what_a_client_leaves_empty_is_as_if_it_were_not_there(client: OpenAI) -> None:
    messages: Any = [{"role": "function", "name": "f", "content": "x"}, {"role": "user", "content": QUESTION}]
    empty: Any = {"stream": None, "n": None, "response_format": {"type": "text"}, "tools": None}
    said = client.chat.completions.create(model="any", messages=messages, **empty)
    assert "4.7x" in (said.choices[0].message.content or "")


def test_the_filters_are_taken_from_openai_clients_too(client: OpenAI) -> None:
    messages: Any = [{"role": "user", "content": QUESTION}]
    for stream in (False, True):
        said: Any = client.chat.completions.create(
            model="footnote", messages=messages, stream=stream, extra_body={"papers": "Unicorn"}
        )
        parts = (
            [chunk.choices[0].delta.content or "" for chunk in said] if stream else [said.choices[0].message.content]
        )
        assert "title “Unicorn”" in "".join(parts)


IMAGE = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"messages": [{"role": "system", "content": "Be brief."}]}, "no message is of the role user"),
        ({"messages": [{"role": "user", "content": [IMAGE]}]}, "the last user message has no text"),
        ({"messages": [{"role": "wizard", "content": "x"}]}, "messages.0.role: "),
        ({"messages": []}, "messages: "),
        ({"response_format": {"type": "json_object"}}, "text with markers, not 'json_object'"),
        ({"n": 2}, "n: "),
    ],
)
def test_what_cannot_be_answered_is_an_error_of_the_protocol(client: OpenAI, body: dict[str, Any], told: str) -> None:
    asked: Any = {"model": "footnote", "messages": [{"role": "user", "content": QUESTION}], **body}
    for stream in (False, True):
        with pytest.raises(UnprocessableEntityError) as refused:
            client.chat.completions.create(**asked, stream=stream)
        error: Any = refused.value.body
        assert told in error["message"]
        assert error["hint"]
        assert refused.value.type == "invalid_request_error"
        assert "\n" not in error["message"]


def test_a_wrong_key_and_too_many_requests_are_errors_of_the_protocol(serve: Serve, tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys.json")
    url = f"{serve(keys=keys)}/v1"
    right, wrong = keys.add("ann", per_minute=1), "fn-wrong"
    with OpenAI(base_url=url, api_key=wrong, max_retries=0) as client, pytest.raises(AuthenticationError) as unknown:
        client.models.list()
    assert unknown.value.type == "authentication_error"
    with OpenAI(base_url=url, api_key=right, max_retries=0) as client:
        client.models.list()
        with pytest.raises(RateLimitError) as refused:
            client.models.list()
    assert refused.value.type == "rate_limit_error"


@pytest.mark.parametrize(("question", "abstained"), [(QUESTION, False), ("Who won the football cup in 1998?", True)])
def test_a_client_can_tell_a_refusal_from_an_answer(client: OpenAI, question: str, abstained: bool) -> None:
    messages: Any = [{"role": "user", "content": question}]
    said: Any = client.chat.completions.create(model="footnote", messages=messages)
    told = {"abstained": abstained, "degraded": "", "note": ""}
    assert said.footnote == told
    chunks: Any = list(client.chat.completions.create(model="footnote", messages=messages, stream=True))
    assert chunks[-1].footnote == told
