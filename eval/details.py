"""`python -m eval.details [--pages FOLDER]`: the held-out questions on single papers, answered offline.

For each of the test papers `eval/datasets/reading.jsonl` has questions that its text answers, that it leaves open, and
that take something for granted which it contradicts. Printed with 95% intervals (Wilson): how many of each are
refused, how often the right paper answers, and how often a sentence that answers is among those given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics.score import wilson
from eval.training.reading import Asked, asked
from eval.training.views import View, open_views, view_parser
from rag.assistant import Assistant
from rag.settings import load_settings


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a question: `right` paper cited, a sentence `found` that answers."""

    kind: str
    refused: bool
    right: bool
    found: bool


def main() -> None:
    """Ask them all, over the digests and, where they are at hand, over the pages."""
    options = view_parser("python -m eval.details", main.__doc__).parse_args()
    for view in open_views(options.home, options.pages):
        assistant = Assistant(load_settings(home=options.home / view.name, offline=True))
        outcomes = [outcome(assistant, view, question) for question in asked("test")]
        print("\n".join([f"{view.name}:", *figures(outcomes)]))


def outcome(assistant: Assistant, view: View, question: Asked) -> Outcome:
    """Ask one question."""
    answer = assistant.ask(question.question)
    texts = tuple(view.snapshot.sentences(view.positions[question.paper]))
    says = [texts[number] for number in question.sentences(view.name) if number < len(texts)]
    quotes = [citation.quote for citation in answer.citations if citation.title == question.paper]
    found = any(text in quote or quote in text for text in says for quote in quotes)
    return Outcome(question.kind, answer.abstained, question.paper in answer.papers[:1], found)


def figures(outcomes: Sequence[Outcome]) -> list[str]:
    """One line a figure."""
    answerable = [entry for entry in outcomes if entry.kind == "answered"]
    return [
        _line("left open, refused", [entry.refused for entry in outcomes if entry.kind == "missing"]),
        _line("wrong premise, refused", [entry.refused for entry in outcomes if entry.kind == "false"]),
        _line("answerable, wrongly refused", [entry.refused for entry in answerable]),
        _line("right paper", [entry.right for entry in answerable]),
        _line("a sentence that answers", [entry.found for entry in answerable]),
    ]


def _line(name: str, hits: Sequence[bool]) -> str:
    low, high = wilson(sum(hits), len(hits))
    return f"  {name:30} {sum(hits) / max(len(hits), 1):.3f}  [{low:.3f}, {high:.3f}]  of {len(hits)}"


if __name__ == "__main__":
    main()
