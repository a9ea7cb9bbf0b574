"""Keywords that a language model writes for papers whose records give too few.

They are kept in the papers' metadata, beside those of the records, and stay when the files are read again. Of an
interrupted run a thousand papers at a time are kept, and the replies on the others in the reply cache.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from prompts import Prompt, load
from rag.chat_model import Call, ChatModel, Message, papers_in, parsed, schema_of_papers, telling_prompts
from rag.errors import ModelError, ModelReplyError
from rag.index import Index
from rag.index_writer import Progress, tell
from rag.ingest import add_metadata
from rag.keywords import BY_MODEL, ENOUGH, keywords_of
from rag.settings import Settings
from rag.text.keywords import JOINT, united
from rag.types import Paper, Usage

_log = logging.getLogger(__name__)
_BATCH = 4  # papers in one request
_AT_ONCE = 8  # requests under way
_KEPT_AT_ONCE = 1000  # papers whose keywords are put into the index together
_FEWEST, _MOST = 16, 24  # keywords that are asked for
_TOKENS = 400  # of a reply, for each paper
_LONGEST = 6000  # characters of a paper that are shown
_SCHEMA = schema_of_papers(keywords={"type": "array", "items": {"type": "string"}})


@dataclass(frozen=True, slots=True)
class KeywordReport:
    """How many papers had too few keywords, how many have enough now, and what the model took."""

    lacking: int
    written: int
    usage: Usage


def write_keywords(
    settings: Settings, model: ChatModel, *, most: int = 0, progress: Progress | None = None
) -> KeywordReport:
    """Have the model write keywords for the papers of the index that have too few; for `most` of them, if it is not 0.

    Raises:
        IndexMissingError: when nothing was ingested yet.
        PromptError: when the prompt of `FOOTNOTE_PROMPTS` cannot be used.
        ModelError: when no reply at all could be used.
    """
    snapshot = Index.of(settings).snapshot()
    lacking = [paper for paper in snapshot.papers() if len(keywords_of(paper)) < ENOUGH]
    chosen = lacking[: most or len(lacking)]
    with telling_prompts():
        prompt = load("keywords", settings.prompts)
    written, usage = 0, Usage()
    for start in range(0, len(chosen), _KEPT_AT_ONCE):
        part = chosen[start : start + _KEPT_AT_ONCE]
        found: dict[str, str] = {}
        fault: ModelError | None = None
        for done, reply in enumerate(_replies(prompt, part, settings, model), start=1):
            usage, fault = usage + reply.usage, reply.fault or fault
            found |= reply.keywords
            tell(progress, "keywords", min(start + done * _BATCH, len(chosen)), len(chosen))
        if fault is not None and not found and not written:
            raise fault
        written += add_metadata(settings, {paper_id: {BY_MODEL: said} for paper_id, said in found.items()})
    return KeywordReport(len(lacking), written, usage)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What came of one request: keywords by the papers' ids, or what went wrong."""

    keywords: Mapping[str, str]
    usage: Usage
    fault: ModelError | None = None


def _replies(prompt: Prompt, papers: Sequence[Paper], settings: Settings, model: ChatModel) -> Iterator[_Reply]:
    """The replies on all papers, as they come; where nobody takes them any more, no further request is sent."""
    batches = [papers[start : start + _BATCH] for start in range(0, len(papers), _BATCH)]
    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="footnote-keywords") as pool:
        waiting = [pool.submit(_one, prompt, batch, settings, model) for batch in batches]
        try:
            for future in as_completed(waiting):
                yield future.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _one(prompt: Prompt, papers: Sequence[Paper], settings: Settings, model: ChatModel) -> _Reply:
    """One request; once more, without the schema, where the reply is not of the form that is wanted."""
    call = Call(settings.llm_timeout_s)
    listed = [{"number": n, "title": p.title, "text": p.text[:_LONGEST]} for n, p in enumerate(papers, start=1)]
    messages: list[Message] = prompt.render(papers=listed, fewest=_FEWEST, most=_MOST)
    try:
        for schema in (_SCHEMA, None):
            reply = model.complete(messages, call, max_tokens=_TOKENS * len(papers), schema=schema)
            rows = _rows(parsed(reply.text, rows="papers"), len(papers))
            if rows:
                return _Reply({papers[number - 1].id: said for number, said in rows.items()}, call.usage)
    except ModelError as error:
        _log.warning("%d papers get no keywords: %s", len(papers), error.message)
        return _Reply({}, call.usage, error)
    _log.warning("%d papers get no keywords: %s replied in another form", len(papers), model.name)
    return _Reply({}, call.usage, ModelReplyError(f"{model.name} replied with no keywords", "try a more capable model"))


def _rows(found: Mapping[str, Any] | None, papers: int) -> dict[int, str]:
    """The keywords of each paper, by its number; nothing of what has not the expected form."""
    said: dict[int, str] = {}
    for number, row in papers_in(found, papers) or ():
        listed = row.get("keywords")
        phrases = [phrase for phrase in listed if isinstance(phrase, str)] if isinstance(listed, list) else []
        if phrases:
            said[number] = united(*(phrase.replace(";", ",") + JOINT for phrase in phrases))
    return said
