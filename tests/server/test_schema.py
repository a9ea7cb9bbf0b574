"""The HTTP interface against its own description: whatever a client sends, the answer is one that is described."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from rag.assistant import Assistant
from rag.server import create_app

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


ROUTES = [
    "POST /v1/ask",
    "POST /v1/search",
    "GET /v1/papers",
    "GET /v1/papers/{paper_id}",
    "POST /v1/chat/completions",
    "GET /v1/models",
    "GET /v1/models/{name}",
    "GET /healthz",
    "GET /readyz",
]


@pytest.fixture(scope="module")
def interface(pond: Assistant) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(pond))


def test_all_of_the_interface_is_tried(interface: Any) -> None:
    described = {operation.ok().label for operation in interface.get_all_operations()}
    assert described >= set(ROUTES), described


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_described_is_what_happens(interface: Any, route: str) -> None:
    method, path = route.split()
    operation = interface[path][method]

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def answers(case: Any) -> None:
        case.call_and_validate(checks=CHECKS)

    answers()
