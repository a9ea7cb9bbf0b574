"""The plan of a question with a language model at hand: one small call, and only where rules are not enough.

A follow-up is made complete in itself, a question in another language gets searches in the papers' language, a
comparison is split. Where the model fails, the rules' plan stands.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from prompts import load
from rag.chat_model import Call, ChatModel, parsed
from rag.errors import ModelError
from rag.question import Plan, is_topic, leans, subject_of
from rag.text.language import is_english
from rag.types import Route, Turn

_log = logging.getLogger(__name__)
MOST_QUERIES = 4
_TURNS = 6  # turns of the conversation that are shown
_TURN_CHARS = 1200
_MANY = re.compile(
    r"\b(?:papers|studies|literature|everything|anything|overview|works? (?:on|about|in)|approaches|what's there|"
    r"is there|are there)\b",
    re.I,
)
_TOGETHER = re.compile(  # worded as a listing, and perhaps a question that several papers answer together
    r"^\W*(?:what (?:\w+ ){0,3}?)?(?:ways|approaches|techniques|strategies|tricks|options|challenges|trends|ideas) |"
    r"\bstate of the art\b|\b(?:papers|studies|we|authors) (?:say|know|find|suggest|recommend)\b|\boverview\b",
    re.I,
)
_ROUTES: tuple[Route, ...] = ("lookup", "compare", "survey", "count", "chat")
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "question": {"type": "string"},
        "route": {"type": "string", "enum": list(_ROUTES)},
        "queries": {"type": "array", "items": {"type": "string"}},
        "subject": {"type": "string"},
    },
    "required": ["question", "route", "queries", "subject"],
    "additionalProperties": False,
}


def needs_model(plan: Plan, history: Sequence[Turn]) -> bool:
    """Whether the rules' plan may fall short: a follow-up, a comparison, a question that is not in English, one that
    could ask for a listing in words that the rules do not know, or one that may ask several papers and not for them."""
    if plan.route == "chat":
        return False
    if plan.route == "survey" and not plan.within and _TOGETHER.search(plan.question):
        return True
    if plan.topic and not is_topic(plan.wording):
        return True  # it only sounds like a listing
    if plan.route == "lookup" and _MANY.search(plan.question):
        return True
    return plan.route == "compare" or not is_english(plan.question) or bool(history and leans(plan.question))


def planned(rules: Plan, history: Sequence[Turn], model: ChatModel, call: Call, folder: Path | None = None) -> Plan:
    """The model's plan on top of the rules' one; the rules' own where the model gives none."""
    turns = [{"role": turn.role, "content": turn.content[:_TURN_CHARS]} for turn in history[-_TURNS:]]
    prompt = load("plan", folder)
    call.use(prompt)
    messages = prompt.render(history=turns, question=rules.question, most_queries=MOST_QUERIES)
    try:
        reply = model.complete(messages, call, schema=_SCHEMA)
    except ModelError as error:
        _log.warning("the rules plan this question: %s", error.message)
        return rules
    found = parsed(reply.text)
    if found is None:
        _log.warning("the rules plan this question: %s replied with no JSON object", model.name)
        return rules
    return _merged(rules, found)


def _merged(rules: Plan, found: Mapping[str, Any]) -> Plan:
    """What the model said, as far as it has the expected form."""
    said = found.get("queries")
    said = [said] if isinstance(said, str) else said
    queries = [" ".join(q.split()) for q in said if isinstance(q, str)] if isinstance(said, list) else []
    searches = tuple(query for query in dict.fromkeys(queries) if query)[:MOST_QUERIES]
    question = found.get("question")
    standalone = " ".join(question.split()) if isinstance(question, str) and question.strip() else rules.question
    route = str(found.get("route")).strip().casefold()
    chosen: Route = route if route in _ROUTES else rules.route
    said_subject = found.get("subject")
    subject = said_subject.strip() if isinstance(said_subject, str) else ""
    subject = subject or subject_of(searches[0] if searches else "") or rules.subject
    query = searches[0] if searches else standalone if is_english(standalone) else rules.query
    made = replace(
        rules, question=standalone, wording=standalone, query=query, route=chosen, searches=searches, topic=False
    )
    return replace(made, subject=subject) if chosen in ("survey", "count") else made
