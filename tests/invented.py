"""Papers that do not exist, in this project's own words, small enough to index in a test."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

PAPERS: dict[str, str] = {
    "FrogJump: Sparse Attention for Long Documents": (
        "Transformers slow down on long documents because every token looks at every other token. FrogJump lets each "
        "token hop to 32 landmark positions only. It cuts memory by 4.7x on PondBench and keeps accuracy within 0.3 "
        "points. A learned scorer chooses the landmarks, and it is trained with a contrastive loss. Code is released "
        "at https://example.org/frogjump."
    ),
    "TinyToad: Distilling Speech Models for Microcontrollers": (
        "Speech recognition on microcontrollers is limited by 256 KB of memory. TinyToad distils a large acoustic "
        "model into a student with 90 thousand parameters. The student reaches a word error rate of 8.4% on "
        "MarshSpeech. Quantization to 4 bits (W4A8) costs only 0.2% more."
    ),
    "How Many Newts? Counting Animals in Satellite Images": (
        "Counting small animals from orbit is hard since each one covers less than one pixel. We train a density "
        "estimator on 12,000 annotated tiles of the NewtSat data set. The mean count error drops by 37% compared with "
        "detection. Clouds remain the main source of failure."
    ),
    "LilyPad-$α$: Curriculum Learning for Small Language Models": (
        "Small language models waste capacity on rare facts. LilyPad-$α$ orders the training text from simple to "
        "difficult with a readability score. A 120M model trained on it matches a 350M baseline on PondBench. Training "
        "takes 200times less compute than the usual recipe, and sim1\\% of the data is never seen."
    ),
    "Heron: Federated Fine-Tuning without Sharing Gradients": (
        "Hospitals cannot share patient records or gradients. Heron exchanges only low-rank adapters whose noise is "
        "calibrated for differential privacy with epsilon equal to 2. On three radiology tasks it loses 1.1 points "
        "against central training. Communication falls from 4 GB to 18 MB a round."
    ),
    "Otter: Reinforcement Learning of Underwater Grasping": (
        "Grasping under water fails when currents move the object. Otter learns a recovery policy in simulation with "
        "randomised currents. On a real arm it succeeds in 81% of 500 trials, against 54% for a scripted controller. "
        "The reward combines contact force and object height."
    ),
    "Minnow: Retrieval for Chemistry Patents": (
        "Chemical names are written in many ways, so keyword search misses patents. Minnow encodes molecules and text "
        "into one space. Recall at ten rises from 0.61 to 0.83 on PatentPond. It needs no labelled pairs because names "
        "and structures are aligned through reaction tables."
    ),
    "Pike or Perch? A Study of Data Deduplication": (
        "Duplicates in web text make models memorise. We compare exact, fuzzy and semantic deduplication on 1.2 "
        "trillion tokens. Fuzzy deduplication with MinHash removes 22% of documents and lowers memorisation by a "
        "factor of nine. Semantic deduplication removes more, yet hurts code generation."
    ),
    "Kingfisher: Diffusion Models that Draw Diagrams": (
        "Image generators draw diagrams with broken arrows. Kingfisher first predicts a graph of boxes and arrows and "
        "then renders it. People prefer its drawings in 73 of 100 comparisons. A parser checks that each arrow ends at "
        "a box."
    ),
    "Beaver: Checkpointing Large Training Runs": (
        "Failures of machines waste up to 15% of large training runs. Beaver writes checkpoints to the memory of "
        "neighbouring machines every 40 steps. Recovery takes 11 seconds instead of six minutes. The overhead on "
        "training throughput is below 1%."
    ),
}  # fmt: skip


def numbered(count: int, *, start: int = 0) -> dict[str, str]:
    """Generated papers, each of which mentions the made-up data set DuckNet and its own number."""
    subjects = ("reeds", "ponds", "rivers", "lakes", "marshes", "springs", "deltas")
    return {
        f"Study {number} of {subjects[number % 7]}": (
            f"This is report number {number} on {subjects[number % 7]}. Its model is evaluated on DuckNet. It gains "
            f"{number / 10:.1f} points over the baseline. {'Water flows downhill in every season. ' * (number % 5 * 6)}"
        ).strip()
        for number in range(start, start + count)
    }


def write_jsonl(path: Path, papers: dict[str, str] | Sequence[tuple[str, str]]) -> Path:
    """A JSON Lines file of papers."""
    rows = papers.items() if isinstance(papers, dict) else papers
    path.write_text("".join(json.dumps({"title": t, "abstract": a}) + "\n" for t, a in rows), encoding="utf8")
    return path
