"""Questions in, records out: over Footnote, or over any callable that answers."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from threading import Thread
from typing import Any

from eval.records import Record
from eval.runs import Run
from eval.schema import Question
from rag.assistant import Assistant
from rag.errors import FootnoteError
from rag.question import plan
from rag.types import Answer, Turn

Ask = Callable[[str], Answer | str]
Progress = Callable[[int, int], None]
_RANKED = 10  # titles kept of a ranking


def evaluate(
    ask: Ask,
    questions: Sequence[Question],
    *,
    rank: Callable[[str], Sequence[str]] | None = None,
    timeout_s: float | None = None,
    workers: int = 1,
) -> list[Record]:
    """Records of any system: `ask` answers a question, `rank`, if given, ranks titles for it, `workers` at once.

    A plain string is an answer without citations, an empty one a refusal. A question that depends on a conversation is
    put with its history in front of it, since `ask` takes none. What raises, gives anything else or, where there is a
    `timeout_s`, takes longer (it is left running, and its answer ignored) becomes a record with its `error`, counted as
    a refusal; a ranking that fails, as one without titles.
    """

    def one(question: Question) -> Record:
        return _record(question, lambda q: _within(timeout_s, ask, _with_history(q)), rank)

    return list(_each(one, questions, workers))


def run(
    assistant: Assistant,
    questions: Sequence[Question],
    into: Run,
    *,
    workers: int = 1,
    progress: Progress | None = None,
) -> list[Record]:
    """Ask Footnote what `into` has no record of yet, or one that failed, each record written as it comes; gives all of
    them, in the order of the questions."""
    done = {record.question.id: record for record in into.records() if not record.failed}
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

    return _each(one, questions, workers)


def _each(one: Callable[[Question], Record], questions: Sequence[Question], workers: int) -> Iterator[Record]:
    """The record of each question, in order, some asked at once."""
    if workers == 1:
        yield from map(one, questions)
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="footnote-eval") as pool:
        yield from pool.map(one, questions)


def _record(
    question: Question, ask: Callable[[Question], Answer | str], rank: Callable[[str], Sequence[str]] | None
) -> Record:
    started = time.perf_counter()
    try:
        answer, error = _answer(question, ask(question)), ""
    except Exception as fault:  # a system that is compared may raise anything
        answer, error = _none(question), _told(fault)
    seconds = time.perf_counter() - started
    ranked: tuple[str, ...] | None = None
    if rank is not None:
        try:
            ranked = _titles(rank(question.question))
        except Exception as fault:
            ranked, error = (), error or f"no ranking: {_told(fault)}"
    return Record(question, answer, ranked, seconds, error)


def _answer(question: Question, given: Any) -> Answer:
    """What a system gave, as an answer to the question.

    Raises:
        TypeError: for what is none.
    """
    if isinstance(given, str):
        return replace(_none(question), text=given, abstained=not given.strip())
    if not isinstance(given, Answer) or not isinstance(given.text, str):
        raise TypeError(f"no answer but {type(given).__name__}")
    return Answer.from_dict(replace(given, question=question.question).to_dict())  # as it will be read from disk


def _titles(given: Sequence[str]) -> tuple[str, ...]:
    if isinstance(given, str) or not all(isinstance(title, str) for title in given):
        raise TypeError("a ranking is a list of titles")
    return tuple(given)


def _within(seconds: float | None, ask: Ask, question: str) -> Answer | str:
    """What `ask` gives within so many seconds.

    Raises:
        TimeoutError: when it takes longer.
    """
    if seconds is None:
        return ask(question)
    found: Future[Answer | str] = Future()

    def work() -> None:
        try:
            found.set_result(ask(question))
        except BaseException as fault:
            found.set_exception(fault)

    Thread(target=work, name="footnote-eval", daemon=True).start()
    if not wait([found], seconds).done:
        raise TimeoutError(f"no answer within {seconds:g} s")
    return found.result()


def _told(fault: Exception) -> str:
    return fault.message if isinstance(fault, FootnoteError) else f"{type(fault).__name__}: {fault}"


def _none(question: Question) -> Answer:
    return Answer(question.question, "", (), (), True, "lookup", (), "")


def _ranked(assistant: Assistant, question: Question) -> list[str]:
    turns = [Turn("user" if t["role"] == "user" else "assistant", t["content"]) for t in question.history]
    return [paper.title for paper in assistant.search(plan(question.question, turns).query, _RANKED)]


def _with_history(question: Question) -> str:
    said = [f"{turn['role']}: {turn['content']}" for turn in question.history]
    return "\n".join([*said, question.question])
