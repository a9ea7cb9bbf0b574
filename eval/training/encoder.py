"""`python -m eval.training.encoder`: train the encoder further (needs PyTorch and transformers).

What is asked in everyday words, and a text that says it in terms of art, are to lie near one another. MiniLM learns
it by contrast (InfoNCE, van den Oord et al. 2018): a question is to be nearer to its own text than to all others of a
batch, in both ways in which a search compares them, by the vectors of whole texts and by late interaction (Khattab &
Zaharia 2020); where the answering sentence is known, it is to be nearer than the other sentences; a request for a list
is to be nearer to each paper that belongs on it than to those that do not. It learns from
invented papers alone (`eval.training.encoding`), so that every model fitted on top of it, and every figure, is of
papers that it has not seen. Word vectors and the token basis stay as they are. About half an hour on two cores; then
train everything else again (`python -m eval.training`).
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from eval.training.encoding import Concept, Listing, Pair, Pool, Wording, Wordings, concepts, pairs, pools
from eval.training.network import minilm, rate
from eval.training.views import open_views
from rag.embedding.calibration import ranges
from rag.embedding.minilm import tokenizer_from
from rag.embedding.shipped import ENCODER, packed
from rag.embedding.smoothing import smoothed
from rag.embedding.weights import checkpoint
from rag.token_basis import basis

_WEIGHTS = Path(__file__).parents[2] / "rag" / "weights" / ENCODER.file
_STEPS, _RATE, _SHARPNESS_RATE = 400, 4e-5, 1e-2
_SHORT, _LONG, _CONCEPTS = 14, 8, 20  # questions on short and long texts, and concepts, in a batch
_LISTINGS, _BELONG, _SHOWN = 6, 5, 32  # of a pool: requests, papers that belong on each, and papers in all
_TOGETHER = 12  # texts of about one length that the network reads at once
_LONG_TEXT = 900  # characters
_WINDOW = 254  # word pieces of a text that are read
_RELATED = 4  # concepts in a row that come together in every second batch
_PAPER = 0.85  # how often a concept is shown by a paper rather than by some of its terms
_SENTENCES = 0.7  # weight of the loss on sentences
_LEARNED = 0.6  # how far the weights go from the published to the trained ones
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Encoded:
    """Texts as the network sees them: unit vectors `(n, 384)`, and of the word pieces `(n, w, 128)`, of which `real`
    `(n, w)` marks those that are no padding, `[CLS]` or `[SEP]`."""

    vectors: Tensor
    pieces: Tensor
    real: Tensor


class Encoder(nn.Module):
    """The network with how sharply each of the two comparisons is taken."""

    def __init__(self, weights: dict[str, np.ndarray], tokenizer: str) -> None:
        super().__init__()
        self.bert = minilm(weights)
        self.sharpness = nn.Parameter(torch.log(torch.tensor([20.0, 30.0])))
        self._basis = torch.from_numpy(basis())
        self._cut = tokenizer_from(tokenizer)

    def forward(self, texts: Sequence[str]) -> Encoded:
        """The texts, encoded."""
        rows = [[101, *self._cut.encode(text, add_special_tokens=False).ids[:_WINDOW], 102] for text in texts]
        order = sorted(range(len(rows)), key=lambda place: len(rows[place]))
        width = len(rows[order[-1]])
        parts = [
            self._read([rows[i] for i in order[at : at + _TOGETHER]], width) for at in range(0, len(order), _TOGETHER)
        ]
        back = torch.tensor(order).argsort()
        return Encoded(*(torch.cat(same)[back] for same in zip(*parts, strict=True)))

    def _read(self, rows: Sequence[list[int]], width: int) -> tuple[Tensor, Tensor, Tensor]:
        """Word pieces, encoded and padded to `width` after that."""
        ids = torch.zeros(len(rows), max(len(row) for row in rows), dtype=torch.long)
        mask, real = torch.zeros(ids.shape), torch.zeros(ids.shape)
        for place, row in enumerate(rows):
            ids[place, : len(row)], mask[place, : len(row)], real[place, 1 : len(row) - 1] = torch.tensor(row), 1, 1
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        states = states.float()
        vectors = functional.normalize((states * mask[:, :, None]).sum(1), dim=-1)
        missing = width - ids.shape[1]
        pieces = functional.normalize(states @ self._basis, dim=-1)
        return vectors, functional.pad(pieces, (0, 0, 0, missing)), functional.pad(real, (0, missing))

    def starts(self, text: str) -> Tensor:
        """Where each word piece that is read starts in the text."""
        offsets = self._cut.encode(text, add_special_tokens=False).offsets[:_WINDOW]
        return torch.tensor([start for start, _ in offsets])


class Deck(Generic[_T]):
    """Entries dealt in random order, each once before any comes again."""

    def __init__(self, entries: Sequence[_T], chance: random.Random) -> None:
        self._entries, self._chance = list(entries), chance
        self._left: list[_T] = []

    def deal(self, count: int) -> list[_T]:
        """The next `count`."""
        while len(self._left) < count:
            again = list(self._entries)
            self._chance.shuffle(again)
            self._left = again + self._left
        dealt = self._left[-count:]
        del self._left[-count:]
        return dealt


@dataclass(frozen=True, slots=True)
class Lessons:
    """What is learned from."""

    asked: Sequence[Pair]
    known: Sequence[Concept]
    pools: Sequence[Pool]


def main() -> None:
    """Train, write the weights into the package, and print how the loss falls."""
    parser = argparse.ArgumentParser(prog="python -m eval.training.encoder", description=main.__doc__)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "footnote-training")
    parser.add_argument("--steps", type=int, default=_STEPS)
    options = parser.parse_args()
    chance = random.Random(1)
    torch.manual_seed(1)
    view = open_views(options.home, None)[0]  # for the rarity of words alone
    wording = Wordings(view.embedder, view.snapshot.text)
    model, tokenizer = checkpoint()
    weights = load_file(model)
    encoder = Encoder(weights, tokenizer)
    known = Lessons(list(pairs(wording)), list(concepts(wording)), list(pools(wording)))
    _fit(encoder, known, options.steps, chance)
    learned = {name: values.detach().numpy() for name, values in encoder.bert.state_dict().items()}
    mixed = {name: _between(values, learned[name]) if name in learned else values for name, values in weights.items()}
    save_file(packed(smoothed(mixed, ranges(mixed, tokenizer))), _WEIGHTS)


def _between(published: np.ndarray, learned: np.ndarray) -> np.ndarray:
    """What the network knew before is kept in part (Wortsman et al. 2022)."""
    if published.dtype.kind != "f":
        return published
    return np.asarray(_LEARNED * learned + (1 - _LEARNED) * published, dtype=published.dtype)


def _fit(encoder: Encoder, lessons: Lessons, steps: int, chance: random.Random) -> None:
    body = [values for values in encoder.bert.parameters() if values.requires_grad]
    sharpness = {"params": [encoder.sharpness], "lr": _SHARPNESS_RATE, "weight_decay": 0.0}
    optimizer = torch.optim.AdamW([{"params": body, "lr": _RATE}, sharpness], fused=True, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step / steps))
    short = Deck([pair for pair in lessons.asked if len(pair.text) <= _LONG_TEXT], chance)
    long = Deck([pair for pair in lessons.asked if len(pair.text) > _LONG_TEXT], chance)
    single = Deck(lessons.known, chance)
    related = Deck([lessons.known[i : i + _RELATED] for i in range(0, len(lessons.known), _RELATED)], chance)
    listed = Deck([(pool, listings) for pool in lessons.pools for listings in _dealt(pool, chance)], chance)
    started, losses = time.perf_counter(), list[float]()
    encoder.train()
    for step in range(steps):
        questions = short.deal(_SHORT) + long.deal(_LONG)
        loss = _loss_of_pairs(encoder, questions, chance)
        if step % 2:
            blocks = related.deal(_CONCEPTS // _RELATED)
            shown = single.deal(_CONCEPTS) if step % 4 == 1 else [concept for block in blocks for concept in block]
            loss = loss + _loss_of_concepts(encoder, shown, chance)
        else:
            [(pool, listings)] = listed.deal(1)
            loss = loss + _loss_of_listings(encoder, pool, listings, chance)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(body, 1.0)
        optimizer.step()
        schedule.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        if (step + 1) % 25 == 0:
            seconds = time.perf_counter() - started
            print(f"{step + 1}/{steps} {np.mean(losses[-25:]):.3f} {seconds:.0f} s", flush=True)


def _loss_of_pairs(encoder: Encoder, asked: Sequence[Pair], chance: random.Random) -> Tensor:
    own = [pair.text for pair in asked]
    texts = list(dict.fromkeys([*own, *(chance.choice(pair.near) for pair in asked if pair.near)]))
    right = [texts.index(text) for text in own]
    questions = encoder([pair.question.text for pair in asked])
    found = encoder(texts)
    weights = _weights([pair.question for pair in asked], questions)
    loss = _contrast(encoder, questions, weights, found, right)
    sentences = [
        _sentence_loss(encoder, pair, questions.pieces[row], weights[row], found.pieces[right[row]])
        for row, pair in enumerate(asked)
        if pair.says
    ]
    return loss + _SENTENCES * torch.stack(sentences).mean() if sentences else loss


def _loss_of_concepts(encoder: Encoder, shown: Sequence[Concept], chance: random.Random) -> Tensor:
    requests = [chance.choice(concept.requests) for concept in shown]
    texts = [
        chance.choice(concept.papers) if chance.random() < _PAPER else ", ".join(chance.sample(concept.terms, 3))
        for concept in shown
    ]
    questions, found = encoder([request.text for request in requests]), encoder(texts)
    return _contrast(encoder, questions, _weights(requests, questions), found, list(range(len(shown))))


def _dealt(pool: Pool, chance: random.Random) -> list[Sequence[Listing]]:
    """The listings of a pool in random order, some at a time."""
    mixed = chance.sample(pool.listings, len(pool.listings))
    return [mixed[at : at + _LISTINGS] for at in range(0, len(mixed), _LISTINGS)]


def _loss_of_listings(encoder: Encoder, pool: Pool, listings: Sequence[Listing], chance: random.Random) -> Tensor:
    belong = [paper for entry in listings for paper in chance.sample(entry.belong, min(_BELONG, len(entry.belong)))]
    others = chance.sample(range(len(pool.papers)), len(pool.papers))
    shown = list(dict.fromkeys([*belong, *others]))[:_SHOWN]
    requests = encoder([entry.request.text for entry in listings])
    papers = encoder([pool.papers[paper] for paper in shown])
    weights = _weights([entry.request for entry in listings], requests)
    right = torch.tensor([[paper in entry.belong for paper in shown] for entry in listings])
    wrong = torch.tensor([[paper not in entry.belong + entry.borderline for paper in shown] for entry in listings])
    losses = []
    for alike in _likeness(encoder, requests, weights, papers):
        against = torch.logsumexp(alike.masked_fill(~wrong, float("-inf")), dim=1, keepdim=True)
        each = functional.softplus(against - alike) * right  # of one that belongs, against all that do not
        losses.append((each.sum(1) / right.sum(1).clamp(min=1)).mean())
    return losses[0] + losses[1]


def _contrast(encoder: Encoder, questions: Encoded, weights: Tensor, texts: Encoded, right: list[int]) -> Tensor:
    """How unlikely each question's own text is among all, by whole vectors and by late interaction."""
    truth = torch.tensor(right)
    by_vectors, by_pieces = _likeness(encoder, questions, weights, texts)
    return functional.cross_entropy(by_vectors, truth) + functional.cross_entropy(by_pieces, truth)


def _likeness(encoder: Encoder, questions: Encoded, weights: Tensor, texts: Encoded) -> tuple[Tensor, Tensor]:
    """`(questions, texts)`, twice: by whole vectors and by late interaction, as sharply as the encoder takes them."""
    whole, late = encoder.sharpness.exp()
    alike = torch.einsum("qid,njd->qinj", questions.pieces, texts.pieces)
    met = alike.masked_fill(texts.real[None, None] == 0, -1.0).amax(-1)
    return questions.vectors @ texts.vectors.T * whole, (met * weights[:, :, None]).sum(1) * late


def _sentence_loss(encoder: Encoder, pair: Pair, question: Tensor, weights: Tensor, text: Tensor) -> Tensor:
    """How unlikely the answering sentences are among those of their text, by late interaction."""
    starts = encoder.starts(pair.text)
    alike = question @ text[1 : len(starts) + 1].T
    within = [(starts >= start) & (starts < end) for start, end in pair.sentences]
    read = [number for number, mask in enumerate(within) if mask.any()]
    met = torch.stack([(alike[:, within[number]].amax(1) * weights).sum() for number in read])
    likely = functional.log_softmax(met * encoder.sharpness[1].exp(), dim=0)
    says = [read.index(number) for number in pair.says if number in read]
    return -torch.logsumexp(likely[says], dim=0) if says else likely.sum() * 0.0


def _weights(asked: Sequence[Wording], encoded: Encoded) -> Tensor:
    """`(n, w)`: the weight of each word piece, 0 for what is none."""
    weights = torch.zeros(encoded.real.shape)
    for row, wording in enumerate(asked):
        weights[row, 1 : len(wording.weights) + 1] = torch.from_numpy(wording.weights)
    return weights


if __name__ == "__main__":
    main()
