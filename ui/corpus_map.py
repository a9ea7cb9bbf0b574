"""A map of the corpus: each paper a point of the plane, near those that read alike, in labelled clusters."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.snapshot import Snapshot
from rag.text.words import words
from ui.tsne import principal, tsne

MOST = 1500  # papers on the map; of a larger corpus, every n-th
_WORD = re.compile(r"[^\W\d_][\w-]+")
_ADDRESS = re.compile(r"(?i)(code:?\s*)?https?://\S+")
_PLACED = 600  # papers placed by t-SNE, whose cost is quadratic; the others stand among the nearest of these
_ROUNDS, _RUNS = 25, 8
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Dot:
    """A paper on the map: `x` and `y` in [0, 1], and the number of its cluster."""

    paper_id: str
    title: str
    x: float
    y: float
    cluster: int


@dataclass(frozen=True, slots=True)
class CorpusMap:
    """Dots, and a readable label for each cluster."""

    revision: str
    dots: tuple[Dot, ...]
    labels: tuple[str, ...]


def load_map(snapshot: Snapshot, folder: Path) -> CorpusMap:
    """The map of a snapshot, kept in `folder` until the index changes: drawing takes some seconds."""
    path = folder / "map.json"
    try:
        row = json.loads(path.read_text(encoding="utf8"))
        if row["revision"] == snapshot.revision:
            return CorpusMap(row["revision"], tuple(Dot(**dot) for dot in row["dots"]), tuple(row["labels"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass  # none yet, or one of another version: drawn again
    made = draw_map(snapshot)
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(made), ensure_ascii=False), encoding="utf8")
    return made


def draw_map(snapshot: Snapshot, most: int = MOST) -> CorpusMap:
    """Project the papers' mean vectors to the plane (t-SNE) and cluster them (k-means). The same for the same index."""
    step = max(1, math.ceil(snapshot.paper_count / most))
    chosen = list(range(0, snapshot.paper_count, step))
    papers = [snapshot.paper(place) for place in chosen]
    vectors = np.stack([_mean(snapshot, place) for place in chosen]) if chosen else np.zeros((0, 2), np.float32)
    cluster = k_means(vectors, max(1, min(14, round(math.sqrt(len(chosen) / 3)))))
    points = _plane(vectors)
    texts = [f"{paper.title}. {paper.text}" for paper in papers]
    dots = tuple(
        Dot(paper.id, paper.title, round(float(x), 4), round(float(y), 4), int(number))
        for paper, (x, y), number in zip(papers, points, cluster, strict=True)
    )
    return CorpusMap(snapshot.revision, dots, labels(texts, cluster))


def k_means(vectors: Matrix, k: int) -> NDArray[np.int64]:
    """The cluster of each row, numbered by size: the tightest of some runs (Lloyd 1982), each seeded with rows far from
    one another (k-means++, Arthur and Vassilvitskii 2007) from a fixed seed."""
    if len(vectors) == 0:
        return np.zeros(0, np.int64)
    random = np.random.default_rng(0)
    runs = [_one_run(vectors, min(k, len(vectors)), random) for _ in range(_RUNS)]
    nearest = max(runs, key=lambda run: run[0])[1]
    rank = {number: place for place, (number, _) in enumerate(Counter(nearest.tolist()).most_common())}
    return np.asarray([rank[number] for number in nearest.tolist()], np.int64)


def _one_run(vectors: Matrix, k: int, random: np.random.Generator) -> tuple[float, NDArray[np.int64]]:
    """How close rows are to their centres, and the centre of each."""
    centres = vectors[[int(random.integers(len(vectors)))]]
    while len(centres) < k:
        far = (1.0 - (vectors @ centres.T).max(axis=1)).clip(1e-9)
        centres = np.vstack([centres, vectors[[int(random.choice(len(vectors), p=far / far.sum()))]]])
    nearest = np.argmax(vectors @ centres.T, axis=1)
    for _ in range(_ROUNDS):
        centres = np.stack([vectors[nearest == number].mean(axis=0) for number in np.unique(nearest)])
        centres /= np.linalg.norm(centres, axis=1, keepdims=True).clip(1e-9)
        nearest = np.argmax(vectors @ centres.T, axis=1)
    return float((vectors @ centres.T).max(axis=1).sum()), nearest


def labels(texts: list[str], cluster: NDArray[np.int64]) -> tuple[str, ...]:
    """For each cluster the two phrases that set it apart most: their share p of its papers against their share q of
    all, p log(p / q)."""
    phrases = [_phrases(text) for text in texts]
    overall = Counter(phrase for of in phrases for phrase in of)
    named: list[str] = []
    for number in range(int(cluster.max(initial=-1)) + 1):
        inside = [of for of, at in zip(phrases, cluster, strict=True) if at == number]
        counts = Counter(phrase for of in inside for phrase in of)
        named.append(" · ".join(_best(counts, overall, len(inside) / len(texts), len(inside))))
    return tuple(named)


def _best(counts: Counter[str], overall: Counter[str], share: float, size: int) -> list[str]:
    def weight(phrase: str) -> float:
        lift = counts[phrase] / overall[phrase] / share
        return counts[phrase] * math.log(lift) * (1.6 if " " in phrase else 1.0)

    found: list[str] = []
    stems: set[str] = set()
    for phrase in sorted(counts, key=lambda phrase: (-weight(phrase), phrase))[:50]:
        own = set(words(phrase))
        if stems & own or (counts[phrase] < 2 <= size):
            continue
        found.append(phrase)
        stems |= own
        if len(found) == 2:
            break
    return found


def _phrases(text: str) -> set[str]:
    """Words and pairs of words of a text that say something, as they stand but in lower case."""
    said = [word.casefold() for word in _WORD.findall(_ADDRESS.sub(" ", text))]
    telling = [word if len(word) > 3 and words(word) else "" for word in said]
    pairs = {f"{a} {b}" for a, b in pairwise(telling) if a and b and a != b}
    return set(telling) - {""} | pairs


def _mean(snapshot: Snapshot, place: int) -> Matrix:
    first, last = snapshot.first_passage[place], snapshot.first_passage[place + 1]
    mean = np.asarray(snapshot.vectors[first:last], np.float32).mean(axis=0)
    unit: Matrix = mean / max(float(np.linalg.norm(mean)), 1e-9)
    return unit


def _plane(vectors: Matrix) -> Matrix:
    """Points in the unit square, evenly spread: few papers decide where all stand."""
    if len(vectors) < 3:
        return np.linspace(0.3, 0.7, max(len(vectors), 1), dtype=np.float32)[: len(vectors), None].repeat(2, axis=1)
    step = math.ceil(len(vectors) / _PLACED)
    placed = vectors[::step]
    points = tsne(principal(placed, 30))
    if step > 1:
        alike = vectors @ placed.T
        near = np.argsort(-alike, axis=1)[:, :3]
        weight = np.exp(8 * np.take_along_axis(alike, near, axis=1))
        points = (points[near] * weight[:, :, None]).sum(axis=1) / weight.sum(axis=1)[:, None]
    low, high = points.min(axis=0), points.max(axis=0)
    spread: Matrix = (points - low) / (high - low).clip(1e-9)
    return spread
