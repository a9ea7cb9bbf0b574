"""What a command of `footnote eval` asks, and whom: the questions of a dataset, and the assistant."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from eval.schema import Question, bundled, load
from rag.assistant import Assistant
from rag.errors import UsageError
from rag.settings import Settings, load_settings


def chosen(dataset: str, slices: Sequence[str]) -> list[Question]:
    """The questions of a dataset that fit all slices.

    Raises:
        UsageError: for a dataset or slice that makes no sense, or when nothing is left.
    """
    if dataset in ("test", "train"):
        questions = bundled(dataset)
    elif Path(dataset).is_file():
        questions = _loaded(Path(dataset))
    else:
        raise UsageError(f"there is no dataset {dataset!r}", "give test, train, or a JSON Lines file")
    for part in slices:
        name, _, value = part.partition("=")
        name = "kind" if name == "type" else name
        value = {"numeric": "number"}.get(value, value)
        if not value or (questions and not hasattr(questions[0], name)):
            raise UsageError(f"--slice {part!r} makes no sense", "give FIELD=VALUE, as kind=number or lang=de")
        questions = [question for question in questions if str(getattr(question, name)) == value]
    if not questions:
        raise UsageError("no question is left", "look at --dataset and --slice")
    return questions


def _loaded(path: Path) -> list[Question]:
    try:
        questions = load(path)
    except (OSError, ValueError) as error:
        hint = f"`footnote eval validate {path}` says all that is wrong"
        raise UsageError(f"{path} is no dataset: {error}", hint) from None
    if drafts := sum(not question.accepted for question in questions):
        print(f'{drafts} of {len(questions)} questions are drafts: "accepted" is false', file=sys.stderr)
    return questions


def assistant_of(engine: str, pages: Path | None) -> tuple[Assistant, Settings]:
    """The assistant that an engine's name means, with its settings, once `pages` are in the index.

    Raises:
        UsageError: for an engine that there is not, or a model where none is configured.
    """
    from rag.asking import ready
    from rag.ingest import ingest

    if engine not in ("extractive", "llm"):
        raise UsageError(f"there is no engine {engine!r}", "give extractive or llm")
    settings = load_settings(offline=True if engine == "extractive" else None)
    if pages is not None:
        ingest([pages], settings)
    assistant = ready(settings)
    if engine == "llm" and assistant.model is None:
        raise UsageError("no language model is configured", "set FOOTNOTE_LLM, or OPENAI_API_KEY")
    return assistant, settings
