"""The real OpenAI client talks to Footnote as to a model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from openai import NotFoundError, OpenAI

from rag.assistant import Assistant
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
