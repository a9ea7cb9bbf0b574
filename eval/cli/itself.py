"""`footnote eval faults`, `checker`, `agreement` and `judge`: how far the figures themselves are to be trusted."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from eval.runs import located
from rag.errors import FootnoteError, UsageError
from rag.settings import load_settings

Data = Annotated[Path, typer.Option(help="folder of third-party data with human labels")]


def faults() -> int:
    """Plant known faults in good answers, and say how many the figures notice."""
    from eval.faults import detections, false_alarms, good_answers

    records = good_answers()
    print(f"{len(records)} good answers; share of planted faults that move their own figure, with 95% intervals")
    hits, tried = 0.0, 0
    for found_ in detections(records):
        print(found_)
        hits, tried = hits + found_.share * found_.n, tried + found_.n
    print(f"{'all faults':34} {hits / tried:6.3f}  n={tried}\n\nharmless rewrites that move a figure")
    for alarm in false_alarms(records):
        print(alarm)
    return 0


def checker(data: Data) -> int:
    """Say how far the grounding checker agrees with people's labels."""
    from eval.checker import scifact

    for found_ in scifact(data):
        print(found_)
    return 0


def agreement(data: Data) -> int:
    """Say how far answer metrics agree with people's preferences."""
    from eval.agreement import ragchecker

    for found_ in ragchecker(data):
        print(found_)
    return 0


def judge(
    name: Annotated[str, typer.Argument(help="a run")],
    limit: Annotated[int, typer.Option(min=1, help="records judged, from the first")] = 50,
    out: Annotated[Path | None, typer.Option(help="file for the judgements, JSON Lines")] = None,
) -> int:
    """Have the configured language model judge a run, and say how far it agrees with the local figures."""
    from eval.judges import agreement as agreeing
    from eval.judges import judged
    from rag.chat_model import load_chat_model

    settings = load_settings()
    model = load_chat_model(settings)
    if model is None:
        raise UsageError("no language model is configured", "set FOOTNOTE_LLM, or OPENAI_API_KEY")
    records = located(settings.home, name).records()[:limit]
    judgements = list(judged(records, model, settings.prompts))
    if out is not None:
        out.write_text("".join(json.dumps(asdict(j), ensure_ascii=False) + "\n" for j in judgements), encoding="utf8")
    count = 0
    for field in ("correctness", "contradicts", "groundedness", "usefulness"):
        values = [value for j in judgements if (value := getattr(j, field)) is not None]
        shown = f"{sum(values) / len(values):.3f}" if values else "undefined"
        print(f"{field:14} {shown}  n={len(values)} of {len(records)}")
        count += len(values)
    for what, (correlation, n) in agreeing(records, judgements).items():
        shown = "undefined" if correlation is None else f"Pearson {correlation:.3f}"
        print(f"agreement of {what}: {shown}, n={n}")
    if not count:
        raise FootnoteError(
            f"{model.name} gave no usable judgement", "`footnote doctor` says whether it can be reached"
        )
    return 0
