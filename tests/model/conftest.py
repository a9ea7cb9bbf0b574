"""Assistants that ask a scripted model over real HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from rag.assistant import Assistant
from rag.settings import load_settings
from tests.conftest import KEY
from tests.servers.scripted import Script, ScriptedModel

Ask = Callable[..., tuple[Assistant, ScriptedModel]]


@pytest.fixture
def scripted(pond: Assistant) -> Iterator[Ask]:
    """Makes an assistant over the invented papers whose model says what a script says."""
    with ExitStack() as servers:

        def make(script: Script, **settings: Any) -> tuple[Assistant, ScriptedModel]:
            server = servers.enter_context(ScriptedModel(script))
            options = {"cache": False, "llm_timeout_s": 20, "llm_api_key": KEY, **settings}
            chosen = load_settings(home=pond.settings.home, llm="scripted", llm_base_url=server.base_url, **options)
            assistant = Assistant(chosen, embedder=pond.embedder)
            servers.callback(assistant.close)
            return assistant, server

        yield make
