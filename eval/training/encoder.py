"""`python -m eval.training.encoder`: train the encoder further (needs PyTorch and transformers).

What is asked in everyday words, and a text that says it in terms of art, are to lie near one another. MiniLM learns
it by contrast (InfoNCE, van den Oord et al. 2018): a question is to be nearer to its own text than to all others of a
batch, in both ways in which a search compares them, by the vectors of whole texts and by late interaction (Khattab &
Zaharia 2020); where the answering sentence is known, it is to be nearer than the other sentences. It learns from
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

from eval.training.encoding import Concept, Pair, Wording, Wordings, concepts, pairs
from eval.training.network import minilm, rate
from eval.training.views import open_views
from rag.embedding.calibration import ranges
from rag.embedding.minilm import tokenizer_from
from rag.embedding.shipped import ENCODER, packed
from rag.embedding.smoothing import smoothed
from rag.embedding.weights import checkpoint
from rag.token_basis import basis

_WEIGHTS = Path(__file__).parents[2] / "rag" / "weights" / ENCODER.file
_STEPS, _RATE, _SHARPNESS_RATE = 300, 4e-5, 1e-2
_SHORT, _LONG, _CONCEPTS = 14, 8, 20  # questions on short and long texts, and concepts, in a batch
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
        ids = torch.zeros(len(rows), max(len(row) for row in rows), dtype=torch.long)
        mask, real = torch.zeros(ids.shape), torch.zeros(ids.shape)
        for place, row in enumerate(rows):
            ids[place, : len(row)], mask[place, : len(row)], real[place, 1 : len(row) - 1] = torch.tensor(row), 1, 1
        with torch.autocast("cpu", dtype=torch.bfloat16):
            states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        states = states.float()
        vectors = functional.normalize((states * mask[:, :, None]).sum(1), dim=-1)
        return Encoded(vectors, functional.normalize(states @ self._basis, dim=-1), real)

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
    _fit(encoder, list(pairs(wording)), list(concepts(wording)), options.steps, chance)
    learned = {name: values.detach().numpy() for name, values in encoder.bert.state_dict().items()}
    mixed = {name: _between(values, learned[name]) if name in learned else values for name, values in weights.items()}
    save_file(packed(smoothed(mixed, ranges(mixed, tokenizer))), _WEIGHTS)


def _between(published: np.ndarray, learned: np.ndarray) -> np.ndarray:
    """What the network knew before is kept in part (Wortsman et al. 2022)."""
    if published.dtype.kind != "f":
        return published
    return np.asarray(_LEARNED * learned + (1 - _LEARNED) * published, dtype=published.dtype)


def _fit(encoder: Encoder, asked: Sequence[Pair], known: Sequence[Concept], steps: int, chance: random.Random) -> None:
    body = [values for values in encoder.bert.parameters() if values.requires_grad]
    sharpness = {"params": [encoder.sharpness], "lr": _SHARPNESS_RATE, "weight_decay": 0.0}
    optimizer = torch.optim.AdamW([{"params": body, "lr": _RATE}, sharpness], fused=True, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step / steps))
    short = Deck([pair for pair in asked if len(pair.text) <= _LONG_TEXT], chance)
    long = Deck([pair for pair in asked if len(pair.text) > _LONG_TEXT], chance)
    single = Deck(known, chance)
    related = Deck([known[i : i + _RELATED] for i in range(0, len(known), _RELATED)], chance)
    started, losses = time.perf_counter(), list[float]()
    encoder.train()
    for step in range(steps):
        questions = short.deal(_SHORT) + long.deal(_LONG)
        blocks = related.deal(_CONCEPTS // _RELATED)
        shown = single.deal(_CONCEPTS) if step % 2 else [concept for block in blocks for concept in block]
        loss = _loss_of_pairs(encoder, questions, chance) + _loss_of_concepts(encoder, shown, chance)
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


def _contrast(encoder: Encoder, questions: Encoded, weights: Tensor, texts: Encoded, right: list[int]) -> Tensor:
    """How unlikely each question's own text is among all, by whole vectors and by late interaction."""
    whole, late = encoder.sharpness.exp()
    truth = torch.tensor(right)
    alike = torch.einsum("qid,njd->qinj", questions.pieces, texts.pieces)
    met = alike.masked_fill(texts.real[None, None] == 0, -1.0).amax(-1)
    by_pieces = (met * weights[:, :, None]).sum(1)
    by_vectors = questions.vectors @ texts.vectors.T
    return functional.cross_entropy(by_vectors * whole, truth) + functional.cross_entropy(by_pieces * late, truth)


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
