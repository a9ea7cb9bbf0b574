"""How a search, a cold question, memory and disk grow with the number of papers.

python -m eval.bench.scaling make COUNT HOME       makes the index if it is not there; prints the seconds it took
python -m eval.bench.scaling measure COUNT HOME    prints one JSON line
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.synthetic import build
from eval.schema import bundled as bundled_questions
from rag.assistant import Assistant
from rag.index import Index
from rag.settings import load_settings

_ASKED = 150
_QUESTION = "Which FP8 training method compresses optimizer states?"
_TOP = 10


def make(count: int, home: Path) -> float:
    """Make the index of `count` papers in `home`, if it is not there; the seconds that took."""
    settings = load_settings(home=home, offline=True)
    if (settings.index_folder / "state.json").exists():
        return 0.0
    return _timed(partial(build, settings, count))


def measured(home: Path) -> dict[str, Any]:
    """The figures of one index. Times in seconds, `memory` and `disk` in bytes, recall as shares of the exact search's.

    `search` is `Assistant.search`, everything included, `first` the same before the files that it reads are in memory;
    `floor` is the exact product of the query's vector with all vectors and the choice of ten, in NumPy, which is what
    any exact search must at least do.
    """
    settings = load_settings(home=home, offline=True)
    index = Index.of(settings)
    assistant = Assistant(settings)
    asked = [question.question for question in bundled_questions("train") if question.single][: _ASKED + 20]
    for question in asked[_ASKED:]:
        assistant.search(question)  # warm
    first = [_timed(partial(assistant.search, question)) for question in asked[:_ASKED]]
    searches = [_timed(partial(assistant.search, question)) for question in asked[:_ASKED]]
    memory = _resident()
    return {
        "passages": len(assistant.snapshot),
        "first": _percentiles(first),
        "search": _percentiles(searches),
        "answer": _percentiles([_timed(partial(assistant.ask, question)) for question in asked[:50]]),
        "cold_s": sorted(_cold(home) for _ in range(3))[1],
        "memory": memory,
        "disk": sum(path.stat().st_size for path in index.folder.rglob("*") if path.is_file()),
        **_against_exact(assistant, asked[:_ASKED]),
    }


def _against_exact(assistant: Assistant, asked: Sequence[str]) -> dict[str, Any]:
    """The approximate first stage beside an exact one, and the time of the latter."""
    snapshot, retriever = assistant.snapshot, assistant.retriever
    everything = np.ones(snapshot.paper_count, dtype=bool)
    recalls, same_first, floors = [], [], []
    vectors = np.asarray(snapshot.vectors[:])  # in memory, as the floor would have them
    for question in asked[:60]:
        vector = retriever.prepare(question).vector
        started = time.perf_counter()
        exact = _nearest(vectors, vector)
        floors.append(time.perf_counter() - started)
        if snapshot.cells is None:
            continue
        near = snapshot.cells.nearest(vector, 380)
        best = near[np.argsort(-(vectors[near] @ vector), kind="stable")[:_TOP]]
        recalls.append(len(set(exact.tolist()) & set(best.tolist())) / _TOP)
    for question in asked[:20] if snapshot.cells is not None else ():
        whole = retriever.search(question, 1, everything)
        found = retriever.search(question, 1)
        same_first.append(float(whole[0].paper_id == found[0].paper_id))
    return {
        "floor": _percentiles(floors),
        "recall@10": float(np.mean(recalls)) if recalls else 1.0,
        "same first paper": float(np.mean(same_first)) if same_first else 1.0,
    }


def _nearest(vectors: NDArray[np.float32], vector: NDArray[np.float32]) -> NDArray[np.int64]:
    products = vectors @ vector
    near = np.argpartition(-products, _TOP)[:_TOP]
    return np.asarray(near[np.argsort(-products[near], kind="stable")])


def _cold(home: Path) -> float:
    """Seconds from starting `footnote ask` to its end."""
    command = [sys.executable, "-m", "rag.cli", "ask", "--offline", _QUESTION]
    environment = {**os.environ, "FOOTNOTE_HOME": str(home)}
    return _timed(lambda: subprocess.run(command, env=environment, capture_output=True, check=True))


def _resident() -> int:
    """The most memory that this process has had, in bytes, mapped files that were touched included."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _percentiles(seconds: Sequence[float]) -> dict[str, float]:
    return {f"p{share}": float(np.percentile(seconds, share)) for share in (50, 95, 99)}


if __name__ == "__main__":
    work = make(int(sys.argv[2]), Path(sys.argv[3])) if sys.argv[1] == "make" else measured(Path(sys.argv[3]))
    print(json.dumps(work))
