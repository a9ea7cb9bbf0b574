"""Spans by stage for OpenTelemetry, where the standard `OTEL_…` variables or the host program ask for them.

Without them a span costs a dictionary look-up, and nothing of OpenTelemetry is imported. Calls to a model follow
the GenAI semantic conventions (https://opentelemetry.io/docs/specs/semconv/gen-ai/).
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from functools import cache
from typing import Any, TypeVar

Event = TypeVar("Event")
Attributes = dict[str, str | int | float | bool]


@contextmanager
def span(name: str, attributes: Attributes | None = None) -> Iterator[Attributes]:
    """A span around the block; what the block puts into the dictionary given becomes attributes too."""
    added: Attributes = {}
    tracer = _tracer() if _wanted() else None
    if tracer is None:
        yield added
        return
    with tracer.start_as_current_span(name, attributes=dict(attributes or {})) as current:
        try:
            yield added
        finally:
            current.set_attributes(added)


def in_one_context(events: Generator[Event, None, None]) -> Iterator[Event]:
    """The same events; all of their making happens in one context, though servers take each in another thread: a span
    open across two events is closed where it was opened."""
    context = copy_context()
    try:
        while True:
            try:
                event = context.run(next, events)
            except StopIteration:
                return
            yield event
    finally:
        context.run(events.close)


def _wanted() -> bool:
    """Whether the environment names an exporter, or the host program has set OpenTelemetry up."""
    if os.environ.get("OTEL_SDK_DISABLED", "").casefold() == "true":
        return False
    exporter = os.environ.get("OTEL_TRACES_EXPORTER", "")
    if exporter and exporter != "none":
        return True
    return bool(_endpoint() and exporter != "none") or "opentelemetry.sdk.trace" in sys.modules


@cache
def _tracer() -> Any:
    from opentelemetry import trace

    if type(trace.get_tracer_provider()).__name__ == "ProxyTracerProvider" and (exporter := _exporter()) is not None:
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor

        provider = TracerProvider()
        provider.add_span_processor(BatchSpanProcessor(exporter))
        trace.set_tracer_provider(provider)
    return trace.get_tracer("footnote")


def _exporter() -> Any:
    """The exporter that the environment names; the console one writes to standard error, answers go to output."""
    if os.environ.get("OTEL_TRACES_EXPORTER") == "console":
        from opentelemetry.sdk.trace.export import ConsoleSpanExporter

        return ConsoleSpanExporter(out=sys.stderr)
    if os.environ.get("OTEL_TRACES_EXPORTER") != "otlp" and not _endpoint():
        return None  # the host program imported OpenTelemetry, but set no exporter up
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter()


def _endpoint() -> str:
    return os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or os.environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or ""
