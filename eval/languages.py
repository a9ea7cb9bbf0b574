"""`python -m eval.languages`: questions of the bundled set in other languages, beside themselves in English.

`eval/datasets/translated.jsonl` has questions of `train.jsonl` and `test.jsonl` as a speaker of another language would
put them. Prints for each split and language how often the right papers answer, all facts are there, and the route is
the same, with what the English originals reach.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from eval.datasets import rows
from eval.metrics import citations, surveys
from eval.metrics.facts import all_vital
from eval.records import Record
from eval.schema import Question, bundled
from eval.training.views import open_views, view_parser
from rag.assistant import Assistant
from rag.settings import load_settings
from rag.types import Answer


@dataclass(frozen=True, slots=True)
class Asked:
    """A question with the answer that it got in English, and the one in its own language."""

    question: Question
    english: Answer
    own: Answer


def main() -> None:
    """Ask, and print the table."""
    options = view_parser("python -m eval.languages", main.__doc__).parse_args()
    for view in open_views(options.home, options.pages):
        assistant = Assistant(load_settings(home=options.home / view.name, offline=True))
        for split in ("train", "test"):
            print(f"{view.name}, {split}: language (n), then English / own of: right papers, all facts, route, refused")
            for lang, asked in sorted(_asked(assistant, split).items()):
                print(f"  {lang:4} {_line(asked)}")


def _asked(assistant: Assistant, split: str) -> dict[str, list[Asked]]:
    known = {question.id: question for question in bundled(split)}
    found: dict[str, list[Asked]] = defaultdict(list)
    for row in rows("translated"):
        if row["id"] in known:
            question = replace(known[row["id"]], lang=row["lang"])
            pair = Asked(question, assistant.ask(question.question), assistant.ask(row["question"]))
            found[row["lang"]].append(pair)
            found["all"].append(pair)
    return found


def _line(asked: Sequence[Asked]) -> str:
    answerable = [entry for entry in asked if entry.question.answerable]
    told = [entry for entry in answerable if entry.question.facts]
    columns = [
        [[_papers(e.question, answer) for answer in (e.english, e.own)] for e in answerable],
        [[all_vital(Record(e.question, answer)) or 0.0 for answer in (e.english, e.own)] for e in told],
        [[1.0, float(e.own.route == e.english.route)] for e in asked],
        [[float(answer.abstained) for answer in (e.english, e.own)] for e in answerable],
    ]
    means = [np.mean(column, axis=0) for column in columns]
    return f"({len(asked)}) " + ", ".join(f"{english:.2f} / {own:.2f}" for english, own in means)


def _papers(question: Question, answer: Answer) -> float:
    """F1 of the papers, borderline ones left out; 0 for a refusal."""
    record = Record(question, answer)
    return surveys.f1(record) or citations.paper_f1(record) or 0.0


if __name__ == "__main__":
    main()
