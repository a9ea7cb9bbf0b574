"""New questions proposed from a corpus, for a person to accept: templates without a model, its wording with one.

Every proposal names its paper and a fact with the form that stands in the text, so that it validates as it is. One in
five asks a paper for a figure of another one: as a rule a question that it leaves open.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval import planting
from eval.matching import says
from prompts import load
from rag.chat_model import Call, ChatModel, parsed, telling_prompts
from rag.text.sentences import sentences
from rag.types import Paper

_SEED = 20254
_SECONDS = 30.0
_OPEN = 5  # one proposal in so many is unanswerable
_UNIT = re.compile(
    r"\s?(?:%|[x×](?!\s?\d|[a-z])|[KMBT]\b|-?fold\b|(?:times|percent|percentage points|points|million|billion|thousand|"
    r"hours|days|months|years|seconds|ms|GB|MB|KB|dB|tokens|parameters|languages|tasks|papers|participants)\b)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure of a paper with its unit, and the words around it, the figure left out."""

    paper: Paper
    statement: str
    form: str
    blank: str


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
    made, last = 0, None
    for paper in chance.sample(list(papers), len(papers)):
        if made >= count:
            return
        figure = _figure(paper, chance)
        if last is not None and made % _OPEN == _OPEN - 1:
            row = _left_open(paper, last)
        else:
            row = _asked(figure, model, folder) if figure else _named(paper)
        last = figure if figure and not planting.names_in(figure.blank) else last
        if row is not None:
            made += 1
            split = "test" if chance.random() < 0.4 else "train"
            yield {"id": f"draft-{made:04}", **row, "split": split, "accepted": False}


def _asked(figure: _Figure, model: ChatModel | None, folder: Path | None) -> dict[str, object]:
    question = _worded(figure.statement, model, folder) or _question(figure.paper, figure.blank)
    return _row(question, "number", figure.paper, figure.form)


def _left_open(paper: Paper, other: _Figure) -> dict[str, object] | None:
    """A figure of another paper asked of this one; None where this one has it too."""
    if says(paper.text, other.form):
        return None
    question = _question(paper, other.blank)
    return {"question": question, "kind": "unanswerable", "gold": [], "reason": "missing-detail", "about": paper.title}


def _named(paper: Paper) -> dict[str, object] | None:
    """The paper asked for by what its title says of it, where the title gives it a name before a colon."""
    name, colon, rest = paper.title.partition(": ")
    if not colon or len(name.split()) > 3 or len(rest.split()) < 3 or says(rest, name):
        return None
    return _row(f"Which paper is about this: {rest.rstrip('?.')}?", "method", paper, name)


def _figure(paper: Paper, chance: random.Random) -> _Figure | None:
    """One of its figures, rather with a unit than without."""
    texts = [" ".join(paper.text[start:end].split()) for start, end in sentences(paper.text)]
    found = [figure for text in texts for figure in _figures(text, paper)]
    measured = [figure for figure in found if _UNIT.search(figure.form)]
    return chance.choice(measured or found) if found else None


def _figures(text: str, paper: Paper) -> Iterator[_Figure]:
    """Those of a sentence that the dataset's own matching finds again in the paper, with words enough around them."""
    for number in planting.numbers_in(text):
        place = text.index(number)
        unit = _UNIT.match(text, place + len(number))
        form = text[place : unit.end()] if unit else number
        words = len(form) > 1 and not _YEAR.fullmatch(form) and _around(text, place, place + len(form))
        if words and says(paper.text, form) and not says(words, form):
            yield _Figure(paper, text, form, words)


def _around(text: str, start: int, end: int) -> str:
    """A few words of the clause, with `___` for the figure; empty where there are not three."""
    before = re.split(r"[,;:()]", text[:start])[-1].split()[-8:]
    after = re.split(r"[,;:().]", text[end:])[0].split()[: 3 if len(before) > 2 else 8]
    return " ".join([*before, "___", *after]) if len(before) + len(after) > 2 else ""


def _question(paper: Paper, blank: str) -> str:
    return f"Which figure does “{paper.title.partition(': ')[0]}” give: “{blank}”?"


def _row(question: str, kind: str, paper: Paper, form: str) -> dict[str, object]:
    return {"question": question, "kind": kind, "gold": [paper.title], "facts": [{"any": [form], "vital": True}]}


def _worded(statement: str, model: ChatModel | None, folder: Path | None) -> str:
    """The model's question on a statement; empty where there is no model, or no question in its reply."""
    if model is None:
        return ""
    with telling_prompts():
        messages = load("draft_question", folder).render(statement=statement)
    said = (parsed(model.complete(messages, Call(_SECONDS)).text) or {}).get("question")
    return said.strip() if isinstance(said, str) else ""
