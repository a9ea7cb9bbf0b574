"""`python -m eval.pubmedqa FOLDER`: does what was learned on machine-learning papers hold elsewhere?

PubMedQA (Jin et al., EMNLP 2019): 1,000 questions, each with its abstract and a long answer that people
wrote. Reported: the abstract first / among five, by the learned order and by BM25 alone; and how many of
the long answer's content words stand in the four chosen sentences, by the learned choice and by late
interaction alone. FOLDER holds `ori_pqal.json`.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.assistant import Assistant
from rag.ingest import ingest
from rag.linear_model import trained
from rag.retrieval.retriever import Hits, Retriever
from rag.settings import load_settings
from rag.text.words import words
from rag.writing.answer_type import asked_types
from rag.writing.selection import choose
from rag.writing.sentence_features import NAMES, SentenceTable, tabulate

_LIMIT, _BUDGET = 4, 800


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its abstract and the answer that people gave."""

    number: str
    question: str
    abstract: str
    long_answer: str


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m eval.pubmedqa", description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "footnote-pubmedqa")
    options = parser.parse_args()
    cases = read_cases(options.folder / "ori_pqal.json")
    retriever = Assistant(load_settings(home=_indexed(options.home, cases))).retriever
    ranks, lexical_ranks, recalls, late_recalls = [], [], [], []
    for case in cases:
        hits = retriever.hits(case.question)
        titles = [retriever.snapshot.title(candidate.paper) for candidate in hits.candidates]
        ranks.append(_rank(titles, case))
        by_words = np.argsort(-retriever.snapshot.text.scores(hits.query.words), kind="stable")[:5]
        lexical_ranks.append(_rank([retriever.snapshot.passage(int(i)).title for i in by_words], case))
        if ranks[-1] < len(titles):
            learned, late = _recalls(retriever, hits, ranks[-1], case)
            recalls.append(learned)
            late_recalls.append(late)
    _print("abstract first / among five, learned", ranks)
    _print("abstract first / among five, BM25", lexical_ranks)
    print(
        f"long answer's words in four sentences: learned {np.mean(recalls):.3f}, late only {np.mean(late_recalls):.3f}"
    )


def read_cases(path: Path) -> list[Case]:
    """The questions of `ori_pqal.json`."""
    rows = json.loads(path.read_text(encoding="utf8"))
    return [Case(n, row["QUESTION"], " ".join(row["CONTEXTS"]), row["LONG_ANSWER"]) for n, row in rows.items()]


def _indexed(home: Path, cases: Sequence[Case]) -> Path:
    """An index of the abstracts, titled by their numbers, since the real title is nearly the question."""
    home.mkdir(parents=True, exist_ok=True)
    source = home / "pubmedqa.jsonl"
    lines = (json.dumps({"title": _title(case), "abstract": case.abstract}) for case in cases)
    source.write_text("\n".join(lines), encoding="utf8")
    ingest([source], load_settings(home=home))
    return home


def _title(case: Case) -> str:
    return f"Abstract {case.number}"


def _rank(titles: Sequence[str], case: Case) -> int:
    wanted = _title(case)
    return titles.index(wanted) if wanted in titles else len(titles)


def _recalls(retriever: Retriever, hits: Hits, rank: int, case: Case) -> tuple[float, float]:
    table = tabulate(retriever.snapshot, hits.query, hits.candidates[rank], asked_types(case.question))
    likely = trained("sentences", NAMES).probability(table.features)
    late = table.features[:, NAMES.index("late")]
    return _recall(table, likely, case), _recall(table, late, case)


def _recall(table: SentenceTable, worth: np.ndarray, case: Case) -> float:
    chosen = choose(worth, [len(sentence.text) for sentence in table.sentences], _LIMIT, _BUDGET)
    found = {word for position in chosen for word in words(table.sentences[position].text)}
    wanted = set(words(case.long_answer))
    return len(wanted & found) / max(len(wanted), 1)


def _print(what: str, ranks: Sequence[int]) -> None:
    array = np.asarray(ranks)
    print(f"{what}: {np.mean(array < 1):.3f} / {np.mean(array < 5):.3f} (n={len(array)})")


if __name__ == "__main__":
    main()
