"""The grounding checker, and the rule of `citations: support recall`, on statements that people have labelled."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.evidence import coverage
from eval.metrics.citations import supported
from rag.errors import UsageError
from rag.grounding import check


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far verdicts agree with people's labels; the threshold was fixed elsewhere. `unchecked` are left out."""

    name: str
    n: int
    balanced_accuracy: float
    precision: float
    recall: float
    f1: float
    auroc: float
    unchecked: int

    def __str__(self) -> str:
        return (
            f"{self.name:36} n={self.n:4}  balanced accuracy {self.balanced_accuracy:.3f}  precision "
            f"{self.precision:.3f}  recall {self.recall:.3f}  F1 {self.f1:.3f}  AUROC {self.auroc:.3f}  "
            f"unchecked {self.unchecked}"
        )


def scifact(folder: Path) -> list[Agreement]:
    """SciFact claims (ScholarQABench's test set): true against false ones beside their own abstract, and true ones
    beside their own against another claim's abstract; by the checker, then by the rule.

    Raises:
        UsageError: when the folder does not hold the file.
    """
    path = folder / "scholarqabench" / "scifact_test.jsonl"
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf8").split("\n") if line.strip()]
    except OSError:
        raise UsageError(f"{path} is not there", "give the folder that holds scholarqabench/") from None
    sources = [_source(row) for row in rows]
    truth = [_is_true(row) for row in rows]
    true = [i for i, is_true in enumerate(truth) if is_true]
    found: list[Agreement] = []
    for verdict, by in ((_verdict, ""), (_rule, ", by the rule")):
        own = [verdict(row["input"], source) for row, source in zip(rows, sources, strict=True)]
        shifted = [verdict(rows[i]["input"], sources[true[(place + 1) % len(true)]]) for place, i in enumerate(true)]
        both = [*(own[i] for i in true), *shifted]
        found.append(agreement(f"true or false claims{by}", own, truth))
        found.append(agreement(f"own or another abstract{by}", both, [True] * len(true) + [False] * len(true)))
    return found


def agreement(name: str, verdicts: list[tuple[str, float]], truth: list[bool]) -> Agreement:
    """Verdicts with their scores against labels; "supported" is the positive class.

    AUROC is the chance that a supported statement scores above an unsupported one (Mann-Whitney), ties counted half.
    """
    kept = [(v, s, t) for (v, s), t in zip(verdicts, truth, strict=True) if v != "unchecked"]
    said = np.asarray([v == "supported" for v, _, _ in kept])
    label = np.asarray([t for _, _, t in kept])
    score = np.asarray([s for _, s, _ in kept])
    hits = float((said & label).sum())
    recall = hits / max(label.sum(), 1)
    precision = hits / max(said.sum(), 1)
    specificity = float((~said & ~label).sum()) / max((~label).sum(), 1)
    f1 = 2 * precision * recall / max(precision + recall, 1e-12)
    return Agreement(
        name,
        len(kept),
        float(recall + specificity) / 2,
        float(precision),
        float(recall),
        float(f1),
        auroc(score, label),
        len(verdicts) - len(kept),
    )


def auroc(score: np.ndarray, label: np.ndarray) -> float:
    """The area under the ROC curve of scores `(n,)` for labels `(n,)`, ties counted half."""
    good, bad = score[label], score[~label]
    if not len(good) or not len(bad):
        return float("nan")
    above = (good[:, None] > bad[None, :]).mean() + 0.5 * (good[:, None] == bad[None, :]).mean()
    return float(above)


def _verdict(statement: str, source: str) -> tuple[str, float]:
    claims = check(f"{statement.rstrip('. ')} [1].", [source])
    worst = min(claims, key=lambda claim: claim.score)
    return worst.verdict, worst.score


def _rule(statement: str, source: str) -> tuple[str, float]:
    return "supported" if supported(statement, [source]) else "unsupported", coverage(statement, source) or 0.0


def _source(row: dict[str, object]) -> str:
    gold = row["gold_ctx"]
    parts = gold if isinstance(gold, list) else [gold]
    return " ".join(f"{part['title']}. {part['text']}" for part in parts if isinstance(part, dict))


def _is_true(row: dict[str, object]) -> bool:
    answer = row.get("answer", row.get("output"))
    return str(answer).strip().casefold() in ("true", "supports", "support", "1")
