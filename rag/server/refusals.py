"""What a request that is not answered gets: one shape of JSON, whichever door refuses it.

`{"error": {"message", "hint", "type", "param", "code"}}`, as OpenAI's clients read errors; `hint` says what to do. A
request that makes no sense gets `detail` beside it: each part that is wrong, and why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel, Field

_KINDS = {401: "authentication_error", 403: "permission_error", 429: "rate_limit_error"}
_SHOWN, _LONGEST = 20, 100  # parts that are told, and characters of a name that a client gave
_DESCRIBED = "/openapi.json describes what there is"


class Reason(BaseModel):
    """Why a request is not answered."""

    message: str = Field(description="what is wrong, in one line")
    hint: str = Field(description="what to do, in one line; may be empty")
    type: str = Field(description="invalid_request_error, authentication_error, rate_limit_error, server_error, …")
    param: str | None = Field(description="the part of the request that is wrong, where it is one")
    code: str | None = Field(description="the name of Footnote's error, where it is one")


class Refused(BaseModel):
    """A request that is not answered."""

    error: Reason


class Part(BaseModel):
    """A part of a request that makes no sense."""

    where: list[str]
    message: str


class Malformed(Refused):
    """A request that makes no sense."""

    detail: list[Part] = Field([], description="each part that is wrong; left out where the whole is")


def refusal_body(
    status: int, message: str, hint: str = "", *, param: str | None = None, code: str = ""
) -> dict[str, Any]:
    """The body of a refusal with this HTTP status."""
    kind = _KINDS.get(status, "server_error" if status >= 500 else "invalid_request_error")
    return {"error": {"message": message, "hint": hint, "type": kind, "param": param, "code": code or None}}


def malformed(errors: Sequence[Mapping[str, Any]], content_type: str = "") -> dict[str, Any]:
    """The body of a refusal for what pydantic found wrong with a request; what was sent is not sent back."""
    rows = [_row(error, content_type) for error in errors[:_SHOWN]]
    places = [".".join(where[1:]) for where, _ in rows]
    told = [f"{place}: {message}" if place else message for place, (_, message) in zip(places, rows, strict=True)]
    body = refusal_body(422, told[0], _DESCRIBED, param=places[0] or None)
    return {**body, "detail": [{"where": where, "message": message} for where, message in rows]}


def unrouted(status: int, told: str, method: str, path: str) -> dict[str, Any]:
    """The body of a refusal that the framework raised: for no such path, a method that it does not take, a body that is
    not read."""
    path = path[:_LONGEST]
    if status == 404 and told == "Not Found":
        return refusal_body(404, f"there is no {path}", _DESCRIBED + "; OpenAI clients use /v1/chat/completions")
    if status == 405:
        return refusal_body(405, f"{path} does not take {method[:_LONGEST]}", _DESCRIBED)
    if status == 400:
        return refusal_body(400, "the body cannot be read", "send JSON in UTF-8")
    return refusal_body(status, told, "Retry-After says when to come again" if status == 429 else "")


def _row(error: Mapping[str, Any], content_type: str) -> tuple[list[str], str]:
    """Where it is wrong and why, in words for who wrote the request."""
    where, message = [str(part)[:_LONGEST] for part in error["loc"]], str(error["msg"])
    if error["type"] == "json_invalid":
        at = where[1:2] or ["?"]
        return ["body"], f"the body is no JSON: {error['ctx']['error']} at character {at[0]}"
    if where != ["body"]:
        return where, message
    if content_type and "json" not in content_type:  # as curl and forms send it
        message = f"send JSON with `Content-Type: application/json`, not {content_type[:60]}"
    elif error["type"] == "missing":
        message = "the body is empty: send a JSON object"
    elif error["type"] in ("model_attributes_type", "model_type", "dict_type"):
        message = "the body is no JSON object"
    return where, message
