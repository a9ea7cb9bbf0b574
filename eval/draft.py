"""New questions proposed from a corpus, for a person to accept: templates without a model, its wording with one.

Every proposal names its paper and a fact with the form that stands in the text, so that it validates as it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from eval import planting
from eval.matching import says
from prompts import load
from rag.chat_model import Call, ChatModel, parsed, telling_prompts
from rag.text.sentences import sentences
from rag.types import Paper

_SEED = 20254
_NUMERIC = ("What does “{name}” report about {about}?", "Which figure does {name} give for {about}?")
_NAMED = ("What is {name}, and what does it do?", "Which paper proposes {name}?")
_SECONDS = 30.0
Wording = Callable[[str, str], str]  # a statement and a template's question to the question that is asked


def proposals(
    papers: Sequence[Paper], count: int, model: ChatModel | None = None, folder: Path | None = None
) -> Iterator[dict[str, object]]:
    """At most `count` rows of a dataset, each from another paper, split by paper, marked `"accepted": false`.

    `folder` may hold a prompt of the user's own for the model.

    Raises:
        ModelError: when the model gives no usable reply.
        PromptError: when the prompt in `folder` cannot be used.
    """
    chance = random.Random(_SEED)
    chosen = chance.sample(list(papers), len(papers))
    made = 0
    for paper in chosen:
        if made >= count:
            return
        row = _row(paper, chance, lambda statement, question: _worded(statement, question, model, folder))
        if row is not None:
            made += 1
            yield {"id": f"draft-{made:04}", **row, "accepted": False}


def _row(paper: Paper, chance: random.Random, worded: Wording) -> dict[str, object] | None:
    texts = [paper.text[start:end] for start, end in sentences(paper.text)]
    name = paper.title.partition(":")[0] if ":" in paper.title else paper.title
    numeric = [text for text in texts if _number(text, paper)]
    split = "test" if chance.random() < 0.4 else "train"
    if numeric:
        text = chance.choice(numeric)
        number = _number(text, paper)
        about = _about(text, number)
        question = chance.choice(_NUMERIC).format(name=name, about=about)
        return _made(worded(text, question), "number", split, paper, number)
    named = [found for found in planting.names_in(paper.text) if says(paper.text, found)]
    if not named:
        return None
    question = chance.choice(_NAMED).format(name=named[0])
    return _made(worded(texts[0], question), "method", split, paper, named[0])


def _number(text: str, paper: Paper) -> str:
    """A number of the sentence that the dataset's own matching finds again in the paper; empty where there is none."""
    found = (number for number in planting.numbers_in(text) if len(number) > 1 and says(paper.text, number))
    return next(found, "")


def _made(question: str, kind: str, split: str, paper: Paper, form: str) -> dict[str, object]:
    return {
        "question": question,
        "kind": kind,
        "split": split,
        "gold": [paper.title],
        "facts": [{"any": [form], "vital": True}],
    }


def _about(text: str, number: str) -> str:
    """The few words before a number, or after it."""
    before, _, after = text.partition(number)
    words = re.findall(r"[A-Za-z][\w-]+", before)[-4:] or re.findall(r"[A-Za-z][\w-]+", after)[:4]
    return " ".join(words) or "its results"


def _worded(statement: str, question: str, model: ChatModel | None, folder: Path | None) -> str:
    """The model's wording, or the template's where there is none."""
    if model is None:
        return question
    with telling_prompts():
        messages = load("draft_question", folder).render(statement=statement)
    said = (parsed(model.complete(messages, Call(_SECONDS)).text) or {}).get("question")
    return said if isinstance(said, str) and said.strip() else question
