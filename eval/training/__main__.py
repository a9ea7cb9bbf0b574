"""`python -m eval.training [--pages FOLDER] [--home FOLDER]`: train all models on the train split."""

from __future__ import annotations

import json
from pathlib import Path

from eval.schema import bundled
from eval.training import common_words, grounding, models
from eval.training.many import train_many
from eval.training.models import Trained
from eval.training.rereading import train_rereading
from eval.training.views import View, open_views, search, search_without_gold, view_parser
from rag.linear_model import trained
from rag.reading import load_reader
from rag.settings import load_settings

_WEIGHTS = Path(__file__).parents[2] / "rag" / "weights"


def main() -> None:
    """Train, write the weights into the package, and print what cross-validation said."""
    options = view_parser("python -m eval.training", main.__doc__).parse_args()
    common_words.write(_WEIGHTS)
    questions = bundled("train")
    views = open_views(options.home, options.pages)
    found = search(views, questions)
    ranker = _save(models.train_ranker(found))
    _save(models.train_ranker_by_keywords(found, ranker.model))
    trained.cache_clear()
    _save(models.train_sentences(models.sentence_rows(views, questions)))
    searched = search(views, questions, ranker.model)
    _save(models.train_comparison(searched))
    trained.cache_clear()  # answerability looks at the sentence and the comparison model just written
    _save(models.train_answerability([*searched, *search_without_gold(views, questions, ranker.model)]))
    rows = models.topic_rows(views, questions, ranker.model)
    topic = _save(models.train_topic(rows))
    _save(models.train_topic_by_keywords(rows, topic.model.threshold))
    trained.cache_clear()
    _save(train_rereading(views, load_reader(load_settings().models_folder)))
    many = train_many(questions)
    (_WEIGHTS / "many.json").write_text(json.dumps(many, indent=0, ensure_ascii=False) + "\n", encoding="utf8")
    print(f"many.json: {many['cross_validation']}")
    if len(views) > 1:  # the abstracts are needed: digests are their paraphrases
        _train_grounding(*views)


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
    return made


if __name__ == "__main__":
    main()
