"""`python -m eval.bench --peer PYTHON [--pages FOLDER] [--runs N]`: Footnote beside the LlamaIndex starter.

Both ingest the same papers, answer the same questions and start cold, in turn, on this machine; the table
gives medians over the runs and their ratio. `scripts/bench-peer` makes the peer's environment.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.schema import bundled as bundled_questions
from rag.corpus import bundled, merge, read
from rag.types import Paper

_QUESTION = "Which FP8 training method compresses optimizer states?"
_GOALS = {"ingest": 3.0, "retrieve p50": 4.0, "cold ask": 6.0, "peak memory": 2.0}


@dataclass(slots=True)
class Measured:
    """What was measured of one side, one entry a run."""

    ingest: list[float] = field(default_factory=list)  # papers a second
    retrieve: list[float] = field(default_factory=list)  # median seconds a question
    ask: list[float] = field(default_factory=list)  # seconds from process start to printed answer
    memory: list[float] = field(default_factory=list)  # MB, largest process of the three


@dataclass(frozen=True, slots=True)
class Side:
    """How one side is called: the command for ingest and retrieve, and the one that asks."""

    name: str
    bench: tuple[str, ...]
    ask: tuple[str, ...]


def main() -> None:
    """Measure both sides in turn and print the table."""
    parser = argparse.ArgumentParser(prog="python -m eval.bench", description=main.__doc__)
    parser.add_argument("--peer", type=Path, required=True, help="interpreter of the environment with the starter")
    parser.add_argument("--pages", type=Path, help="folder of listing pages; without: the bundled digests")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    papers = merge(
        [item for item in (read([options.pages]) if options.pages else bundled()) if isinstance(item, Paper)]
    )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        _write(folder, papers)
        starter = str(Path(__file__).with_name("starter.py"))
        sides = [
            Side(
                "footnote",
                (sys.executable, "-m", "eval.bench.footnote"),
                (sys.executable, "-m", "rag.cli", "ask"),
            ),
            Side("starter", (str(options.peer), starter), (str(options.peer), starter, "ask")),
        ]
        built = folder / "built"
        _build_model(built / "models")
        measured = {side.name: Measured() for side in sides}
        for run in range(options.runs):
            for side in sides:
                home = folder / f"{side.name}-{run}"
                home.mkdir()
                (home / "models").symlink_to(built / "models")
                _measure(side, folder, home, measured[side.name])
    _print(measured["footnote"], measured["starter"], len(papers), options.runs)


def _write(folder: Path, papers: Sequence[Paper]) -> None:
    rows = [{"title": paper.title, "text": paper.text} for paper in papers]
    (folder / "papers.json").write_text(json.dumps(rows), encoding="utf8")
    asked = [question.question for question in bundled_questions("train") if question.single][:100]
    (folder / "questions.json").write_text(json.dumps(asked), encoding="utf8")


def _build_model(folder: Path) -> None:
    """Build the encoder beforehand, as the starter's model lies on disk beforehand; in a process of its own,
    since a child's peak memory counts what its parent held when it was started."""
    code = "import sys, pathlib, rag.embedding; rag.embedding.load_minilm(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(folder)], check=True)


def _measure(side: Side, folder: Path, home: Path, measured: Measured) -> None:
    made, memory = _run([*side.bench, "ingest", str(folder / "papers.json"), str(home)], home)
    figures = json.loads(made)
    measured.ingest.append(figures["papers"] / figures["seconds"])
    found, more = _run([*side.bench, "retrieve", str(folder / "questions.json"), str(home)], home)
    measured.retrieve.append(statistics.median(json.loads(found)["seconds"]))
    started = time.perf_counter()
    _, most = _run([*side.ask, _QUESTION, *([str(home)] if side.name == "starter" else [])], home)
    measured.ask.append(time.perf_counter() - started)
    measured.memory.append(max(memory, more, most))


def _run(command: Sequence[str], home: Path) -> tuple[str, float]:
    """The last line that a command prints, and its peak memory in MB."""
    environment = {**os.environ, "FOOTNOTE_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    with tempfile.TemporaryFile("w+", encoding="utf8") as output:
        process = subprocess.Popen(command, stdout=output, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            raise SystemExit(f"{' '.join(command[:4])} failed with status {status}")
        output.seek(0)
        scale = 1e6 if sys.platform == "darwin" else 1e3  # ru_maxrss is in bytes there, in kilobytes here
        return output.read().strip().splitlines()[-1], usage.ru_maxrss / scale


def _print(ours: Measured, theirs: Measured, papers: int, runs: int) -> None:
    rows = [
        (
            "ingest",
            "papers/s",
            ours.ingest,
            theirs.ingest,
            [a / b for a, b in zip(ours.ingest, theirs.ingest, strict=True)],
        ),
        ("retrieve p50", "s", ours.retrieve, theirs.retrieve, _ratios(ours.retrieve, theirs.retrieve)),
        ("cold ask", "s", ours.ask, theirs.ask, _ratios(ours.ask, theirs.ask)),
        ("peak memory", "MB", ours.memory, theirs.memory, _ratios(ours.memory, theirs.memory)),
    ]
    print(f"{papers} papers, {runs} runs of each in turn, medians; a ratio above 1 is in Footnote's favour")
    print(f"{'':14}{'':10}{'footnote':>12}{'starter':>12}{'ratio':>8}{'goal':>6}")
    for name, unit, mine, other, ratios in rows:
        left, right, ratio = (statistics.median(values) for values in (mine, other, ratios))
        print(f"{name:14}{unit:10}{left:12.4g}{right:12.4g}{ratio:8.2f}{_GOALS[name]:6.1f}")


def _ratios(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    return [b / a for a, b in zip(ours, theirs, strict=True)]


if __name__ == "__main__":
    main()
