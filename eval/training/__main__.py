"""`python -m eval.training [--pages FOLDER] [--home FOLDER]`: train all models on the train split."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eval.schema import Question, bundled
from eval.training import common_words, grounding, models
from eval.training.many import train_many
from eval.training.models import Trained
from eval.training.rereading import train_rereading
from eval.training.views import View, open_views, search, search_without_gold, view_parser
from rag.linear_model import LinearModel, trained
from rag.reading import load_reader
from rag.settings import load_settings

_WEIGHTS = Path(__file__).parents[2] / "rag" / "weights"


def main() -> None:
    """Train, write the weights into the package, and print what cross-validation said."""
    options = view_parser("python -m eval.training", main.__doc__).parse_args()
    common_words.write(_WEIGHTS)
    questions = bundled("train")
    views = open_views(options.home, options.pages)
    bare = [view.without_keywords for view in views]
    ranker = _save(models.train_ranker(search(bare, questions)))
    _save(models.train_ranker_by_keywords(search(views, questions), ranker.model))
    _save(models.train_sentences(models.sentence_rows(views, questions)))
    _save(models.train_comparison(search(bare, questions, ranker.model)))
    rows = models.topic_rows(views, questions, ranker.model)
    topic = _save(models.train_topic(rows))
    _save(models.train_topic_by_keywords(rows, topic.model.threshold))
    for some, suffix in ((bare, ""), (views, "_keywords")):
        _train_refusals(some, questions, ranker.model, suffix)
    many = train_many(questions)
    (_WEIGHTS / "many.json").write_text(json.dumps(many, indent=0, ensure_ascii=False) + "\n", encoding="utf8")
    print(f"many.json: {many['cross_validation']}")
    if len(views) > 1:  # the abstracts are needed: digests are their paraphrases
        _train_grounding(*views)


def _train_refusals(views: Sequence[View], questions: Sequence[Question], ranker: LinearModel, suffix: str) -> None:
    """Both steps; with keywords they are others, since a paper that has the right ones is ahead by more."""
    found = [*search(views, questions, ranker), *search_without_gold(views, questions, ranker)]
    first = models.train_answerability(found)
    _save(replace(first, name=first.name + suffix))
    second = train_rereading(views, load_reader(load_settings().models_folder))
    _save(replace(second, name=second.name + suffix))


def _train_grounding(digests: View, pages: View) -> None:
    found = grounding.read(grounding.statements(digests, pages), pages)
    turned, fold_of, parts = grounding.train_turned(found)
    for made in (turned, grounding.train_grounding(found, fold_of, parts)):
        stored = {"features": list(made.features), "cross_validation": made.note, **made.stored}
        (_WEIGHTS / f"{made.name}.json").write_text(json.dumps(stored, separators=(",", ":")) + "\n", encoding="utf8")
        print(f"{made.name}.json: {made.note}")


def _save(made: Trained) -> Trained:
    weights = dict(zip(made.features, (round(float(w), 4) for w in made.model.weights), strict=True))
    stored = {
        "weights": weights,
        "bias": round(made.model.bias, 4),
        "threshold": round(made.model.threshold, 4),
        "cross_validation": made.note,
    }
    path = _WEIGHTS / f"{made.name}.json"
    path.write_text(json.dumps(stored, indent=1) + "\n", encoding="utf8")
    print(f"{path.name}: {made.note}")
    trained.cache_clear()  # some look at models that were just written
    return made


if __name__ == "__main__":
    main()
