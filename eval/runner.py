"""Questions in, records out: over Footnote, or over any callable that answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from eval.records import Record
from eval.runs import Run
from eval.schema import Question
from rag.assistant import Assistant
from rag.errors import FootnoteError
from rag.question import plan
from rag.types import Answer, Turn

Ask = Callable[[str], Answer]
Progress = Callable[[int, int], None]
_RANKED = 10  # titles kept of a ranking


def evaluate(
    ask: Ask, questions: Sequence[Question], *, rank: Callable[[str], Sequence[str]] | None = None
) -> list[Record]:
    """Records of any system: `ask` answers a question, `rank`, if given, ranks titles for it.

    A question that depends on a conversation is put with its history in front of it, since `ask` takes none.
    An exception of `ask` becomes a record with its `error`, counted as a refusal.
    """
    return [_record(question, lambda q: ask(_with_history(q)), rank) for question in questions]


def run(
    assistant: Assistant,
    questions: Sequence[Question],
    into: Run,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Record]:
    """Ask Footnote what `into` has no record of yet, each record written as it comes; gives all of them, in the order
    of the questions."""
    done = {record.question.id: record for record in into.records()}
    left = [question for question in questions if question.id not in done]
    if left:
        assistant.ask("warm up")
    for count, record in enumerate(_asked(assistant, left, workers), start=len(done) + 1):
        into.add(record)
        done[record.question.id] = record
        if progress is not None:
            progress(count, len(questions))
    return [done[question.id] for question in questions]


def _asked(assistant: Assistant, questions: Sequence[Question], workers: int) -> Iterator[Record]:
    def one(question: Question) -> Record:
        return _record(question, lambda q: assistant.ask(q.question, q.history), lambda _: _ranked(assistant, question))

    if workers == 1:
        yield from map(one, questions)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="footnote-eval") as pool:
        yield from pool.map(one, questions)


def _record(
    question: Question, ask: Callable[[Question], Answer], rank: Callable[[str], Sequence[str]] | None
) -> Record:
    started = time.perf_counter()
    try:
        answer, error = ask(question), ""
    except FootnoteError as fault:
        answer, error = _none(question), fault.message
    except Exception as fault:  # a system that is compared may raise anything
        answer, error = _none(question), f"{type(fault).__name__}: {fault}"
    seconds = time.perf_counter() - started
    ranked = tuple(rank(question.question)) if rank is not None else None
    return Record(question, replace(answer, question=question.question), ranked, seconds, error)


def _none(question: Question) -> Answer:
    return Answer(question.question, "", (), (), True, "lookup", (), "")


def _ranked(assistant: Assistant, question: Question) -> list[str]:
    turns = [Turn("user" if t["role"] == "user" else "assistant", t["content"]) for t in question.history]
    return [paper.title for paper in assistant.search(plan(question.question, turns).query, _RANKED)]


def _with_history(question: Question) -> str:
    said = [f"{turn['role']}: {turn['content']}" for turn in question.history]
    return "\n".join([*said, question.question])
