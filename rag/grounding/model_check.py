"""A language model's own look at each claim, beside the local one (`FOOTNOTE_VERIFY=llm`)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from prompts import Prompt
from rag.chat_model import Call, ChatModel, parsed
from rag.errors import ModelError
from rag.grounding.composing import Composed
from rag.types import Claim

_log = logging.getLogger(__name__)
_SURE = 0.9  # the score of what a model calls supported


def checked_by(model: ChatModel, prompt: Prompt, composed: Composed, call: Call) -> Composed:
    """The same answer with verdicts that take the model's into account.

    What it calls unsupported is; what it calls supported is, unless the local check missed a number or name in the
    source, which a model overlooks more easily. Where it gives no usable reply, the local verdicts stand.
    """
    claims = [claim for claim in composed.claims if claim.citations]
    if not claims:
        return composed
    passages = [{"number": c.n, "title": c.title, "text": c.passage} for c in composed.citations]
    statements = [{"number": i, "cites": _cites(claim), "text": claim.text} for i, claim in enumerate(claims, start=1)]
    call.use(prompt)
    try:
        reply = model.complete(prompt.render(passages=passages, statements=statements), call)
    except ModelError as error:
        _log.warning("sentences were checked locally alone: %s", error.message)
        return composed
    verdicts = _verdicts(parsed(reply.text) or {})
    judged = {claim: _judged(claim, verdicts.get(i)) for i, claim in enumerate(claims, start=1)}
    sentences = [replace(s, claims=tuple(judged.get(claim, claim) for claim in s.claims)) for s in composed.sentences]
    return replace(composed, sentences=tuple(sentences))


def _cites(claim: Claim) -> str:
    return "".join(f"[{n}]" for n in claim.citations)


def _verdicts(found: Mapping[str, Any]) -> dict[int, tuple[bool, str]]:
    rows = found.get("statements")
    verdicts: dict[int, tuple[bool, str]] = {}
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and isinstance(row.get("number"), int) and isinstance(row.get("supported"), bool):
            verdicts[row["number"]] = (row["supported"], str(row.get("reason") or ""))
    return verdicts


def _judged(claim: Claim, said: tuple[bool, str] | None) -> Claim:
    if said is None:
        return claim
    supported, reason = said
    if not supported:
        return replace(claim, verdict="unsupported", reason=f"the model's check: {reason or 'not supported'}")
    if claim.verdict == "unsupported" and claim.reason.startswith(("its source has no", "its source does not mention")):
        return claim
    return replace(claim, verdict="supported", score=max(claim.score, _SURE), reason="")
