"""Counts and timings for Prometheus."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest

from rag.types import Answer

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)


class Counters:
    """One app's counters, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "footnote_answers", "Questions answered.", ["route", "outcome", "engine"], registry=self._registry
        )
        self._seconds = Histogram(
            "footnote_answer_seconds", "Seconds an answer took.", ["engine"], buckets=_SECONDS, registry=self._registry
        )
        self._tokens = Counter("footnote_tokens", "Tokens of the model.", ["direction"], registry=self._registry)
        self._errors = Counter("footnote_errors", "Requests that failed.", ["kind"], registry=self._registry)

    def answered(self, answer: Answer) -> None:
        """Count an answer."""
        outcome = "abstained" if answer.abstained else "degraded" if answer.degraded else "answered"
        self._answers.labels(answer.route, outcome, answer.engine).inc()
        self._seconds.labels(answer.engine).observe(answer.timings.get("total", 0.0))
        self._tokens.labels("in").inc(answer.usage.tokens_in)
        self._tokens.labels("out").inc(answer.usage.tokens_out)

    def failed(self, kind: str) -> None:
        """Count a failure by the name of its error."""
        self._errors.labels(kind).inc()

    def page(self) -> bytes:
        """What Prometheus reads."""
        return generate_latest(self._registry)
