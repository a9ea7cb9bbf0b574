"""`footnote eval validate`, `draft` and `feedback`: how datasets are made."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from eval.cli.asking import assistant_of
from rag.errors import UsageError


def validate(path: Path) -> int:
    """Check a dataset's rows, titles and facts against the papers of the index."""
    from eval.validate import faults as wrong

    if not path.is_file():
        raise UsageError(f"{path} is not a file", "give a dataset of JSON Lines")
    assistant, _ = assistant_of("extractive", None)
    texts = {paper.title: paper.text for paper in assistant.snapshot.papers()}
    count = 0
    for fault in wrong(path, texts):
        print(f"{path}: {fault}")
        count += 1
    print("sound" if not count else "1 fault" if count == 1 else f"{count} faults")
    return 1 if count else 0


def draft(
    out: Annotated[Path, typer.Option(help="file for the proposals")],
    count: Annotated[int, typer.Option(min=1, help="questions")] = 50,
    engine: Annotated[str, typer.Option(help="`extractive`: templates; `llm`: the model's wording")] = "extractive",
) -> int:
    """Propose questions on the papers of the index, for a person to accept."""
    from eval.draft import proposals

    assistant, _ = assistant_of(engine, None)
    rows = list(proposals(list(assistant.snapshot.papers()), count, assistant.model, assistant.settings.prompts))
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf8")
    print(f"{len(rows)} proposals in {out}: look through them, then `footnote eval validate {out}`")
    return 0


def feedback(
    path: Annotated[Path, typer.Argument(help="lines of feedback from the chat page")],
    out: Annotated[Path, typer.Option(help="file for the rows")],
) -> int:
    """Turn feedback from the chat page into rows of a dataset, for a person to complete."""
    from eval.feedback import rows

    made = list(rows(path))
    out.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in made), encoding="utf8")
    print(f"{len(made)} rows in {out}: give each its gold and facts, then `footnote eval validate {out}`")
    return 0
