"""What may go wrong on the way to a model, as this project's errors: can it pass, and what is to be done."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from prompts import PromptFault
from rag.errors import ModelBusyError, ModelError, ModelRefusedError, ModelReplyError, ModelTimeoutError, PromptError

KEYLESS = (
    "only a file of this folder names the address, so no other key is sent there: "
    "put FOOTNOTE_LLM_API_KEY into that file, or FOOTNOTE_LLM_BASE_URL into the environment"
)
_MAY_PASS = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})


def as_model_error(error: BaseException, model: str, *, keyless: bool = False) -> ModelError:
    """The `ModelError` that `error`, raised by the client, amounts to. Its text never has a key in it.

    `keyless` says that no key was sent, since the address may not have it.
    """
    import openai

    if isinstance(error, ModelError):
        return error
    if isinstance(error, (TimeoutError, asyncio.TimeoutError, openai.APITimeoutError)):
        return ModelTimeoutError(f"{model} did not reply in time", "raise FOOTNOTE_LLM_TIMEOUT_S")
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, model, keyless)
    if isinstance(error, openai.APIConnectionError):
        return ModelBusyError(
            f"the endpoint of {model} cannot be reached", "is it running, and is FOOTNOTE_LLM_BASE_URL its address?"
        )
    return ModelReplyError(f"{model} sent what is no reply ({type(error).__name__})", "is the address the right one?")


@contextmanager
def telling_prompts() -> Iterator[None]:
    """A block that loads and renders prompts: where one of them cannot be used, it raises a `PromptError`."""
    try:
        yield
    except PromptFault as error:
        raise PromptError(str(error), "mend the file, or unset FOOTNOTE_PROMPTS") from error


def _of_status(error: object, model: str, keyless: bool) -> ModelError:
    status = int(getattr(error, "status_code", 0))
    if is_too_long(error):
        return ModelRefusedError(
            f"the passages are too long for {model}", "lower FOOTNOTE_EVIDENCE_TOKENS or FOOTNOTE_K"
        )
    if status in (401, 403):
        hint = KEYLESS if keyless else "set FOOTNOTE_LLM_API_KEY, or OPENAI_API_KEY where that is unset"
        return ModelRefusedError(f"the endpoint does not accept the key for {model} ({status})", hint)
    if status == 404:
        return ModelRefusedError(
            f"the endpoint does not know the model {model} (404)",
            "is FOOTNOTE_LLM its name there, and FOOTNOTE_LLM_BASE_URL the whole address, /v1 included?",
        )
    if status == 429:
        return ModelBusyError(f"{model} takes no more requests now (429)", "try again later")
    if status in _MAY_PASS:
        return ModelBusyError(f"the endpoint of {model} failed ({status})", "try again later")
    return ModelRefusedError(
        f"the endpoint of {model} refused the request ({status})", "`footnote doctor` tries a small one"
    )


def is_too_long(error: object) -> bool:
    """Whether the request has more tokens than the model can read."""
    said = f"{getattr(error, 'code', '')} {error}".casefold()
    return getattr(error, "status_code", 0) in (400, 413) and (
        "context_length" in said or "context length" in said or "maximum context" in said or "too long" in said
    )


def not_taken(error: object) -> str:
    """The parameter that a 400 complains of, where it is one that can be done without; else empty."""
    if getattr(error, "status_code", 0) not in (400, 422):
        return ""
    said = str(error).casefold()
    for parameter in ("temperature", "max_tokens", "stream_options", "response_format", "json_schema"):
        if parameter in said:
            return "response_format" if parameter == "json_schema" else parameter
    return ""


def wait_seconds(error: object, attempt: int) -> float:
    """How long to wait before attempt number `attempt` (from 1): what the server asks for, else 0.4, 0.8, 1.6 …"""
    response = getattr(error, "response", None)
    asked = response.headers.get("retry-after", "") if response is not None else ""
    try:
        return max(0.0, float(asked))
    except ValueError:
        return float(0.4 * 2 ** (attempt - 1))
