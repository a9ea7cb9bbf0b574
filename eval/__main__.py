"""`python -m eval [--split test] [--pages FOLDER] [--home FOLDER]`: the quality of the offline answers."""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from eval.quality import Outcome, table
from eval.schema import Question, bundled
from rag.assistant import Assistant
from rag.ingest import ingest, ingest_bundled
from rag.question import plan
from rag.settings import load_settings
from rag.types import Turn


def main() -> None:
    """Ask every question of a split and print the figures with their 95% intervals."""
    parser = argparse.ArgumentParser(prog="python -m eval", description=main.__doc__)
    parser.add_argument("--split", choices=("train", "test"), default="test")
    parser.add_argument("--pages", type=Path, help="folder of the real listing pages; without: the bundled digests")
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "footnote-eval")
    parser.add_argument("--out", type=Path, help="file for every answer, as JSON Lines")
    options = parser.parse_args()
    settings = load_settings(home=options.home / ("pages" if options.pages else "digests"))
    if options.pages:
        ingest([options.pages], settings)
    else:
        ingest_bundled(settings)
    outcomes, seconds = measure(Assistant(settings), bundled(options.split))
    if options.out:
        rows = [{"question": asdict(o.question), "answer": o.answer.to_dict(), "first": o.first} for o in outcomes]
        options.out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf8")
    _print(outcomes, seconds)


def measure(assistant: Assistant, questions: Sequence[Question]) -> tuple[list[Outcome], list[float]]:
    """The outcome of each question and the seconds that each answer took."""
    assistant.ask("warm up")
    outcomes: list[Outcome] = []
    seconds: list[float] = []
    for question in questions:
        started = time.perf_counter()
        answer = assistant.ask(question.question, question.history)
        seconds.append(time.perf_counter() - started)
        first, among_five = _retrieved(assistant, question)
        outcomes.append(Outcome(question, answer, first, among_five))
    return outcomes, seconds


def _retrieved(assistant: Assistant, question: Question) -> tuple[bool | None, bool | None]:
    if not question.single:
        return None, None
    turns = [Turn("user" if t["role"] == "user" else "assistant", t["content"]) for t in question.history]
    titles = [paper.title for paper in assistant.search(plan(question.question, turns).query, 5)]
    return titles[:1] == [question.gold[0]], question.gold[0] in titles


def _print(outcomes: Sequence[Outcome], seconds: Sequence[float]) -> None:
    for name, value in table(outcomes):
        print(f"{name:40s} {value}")
    lengths = [len(o.answer.text) for o in outcomes if o.question.single and not o.answer.abstained]
    print(f"{'characters of an answer, median':40s} {statistics.median(lengths):.0f}")
    ordered = sorted(seconds)
    p50, p95 = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.95)]
    print(f"{'seconds an answer, p50 / p95':40s} {p50:.3f} / {p95:.3f}")


if __name__ == "__main__":
    main()
