"""`python -m eval.training.reader --pages FOLDER`: train the reader (needs PyTorch and transformers).

MiniLM reads question and text as one sequence. Its word vectors stay as they are, so that encoder and reader share
them; everything else learns, with two heads: a choice of three (answered, left out, contradicted) on the first state,
and a yes or no on the mean state of each sentence. One fold of papers in eight is held
out, to see how it does and for what is built on it (`eval.training.rereading`). `--further` goes on from the reader
that ships instead of the encoder. About half an hour an epoch on two cores.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.numpy import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional

from eval.training.network import minilm, rate
from eval.training.reading import Example, examples, invented
from eval.training.views import open_views, view_parser
from rag.embedding.calibration import ranges
from rag.embedding.minilm import tokenizer_from
from rag.embedding.shipped import READER, WORDS, packed, shipped, unpacked
from rag.embedding.smoothing import smoothed, unsmoothed
from rag.embedding.weights import checkpoint
from rag.reading.reader import pieces
from rag.reading.weights import Heads

_WEIGHTS = Path(__file__).parents[2] / "rag" / "weights" / READER.file
_BATCH, _RATE, _HEAD_RATE = 16, 6e-5, 3e-4
_CLASS = {"answered": 0, "missing": 1, "other": 1, "false": 2}
# How often an example is used, in an epoch that shows each question in one of its views.
_CHANCE = {"answered": 0.5, "missing": 0.5, "false": 0.5, "other": 0.12}
_CUT = 0.25  # share of the answered that come again without the answer
_SENTENCES = 0.7  # weight of the loss on sentences


class Network(nn.Module):
    """Scores of the first state, and one of each sentence."""

    def __init__(self, weights: dict[str, np.ndarray]) -> None:
        super().__init__()
        self.bert = minilm(weights)
        self.hidden, self.scores, self.sentence = nn.Linear(384, 384), nn.Linear(384, 3), nn.Linear(384, 1)
        self.dropout = nn.Dropout(0.1)

    def take(self, heads: Heads) -> None:
        """Start with these heads."""
        arrays = (heads.hidden, heads.hidden_bias, heads.scores_of, heads.scores_bias, heads.sentence[None])
        own = (self.hidden.weight, self.hidden.bias, self.scores.weight, self.scores.bias, self.sentence.weight)
        with torch.no_grad():
            for parameter, values in zip(own, arrays, strict=True):
                parameter.copy_(torch.from_numpy(np.array(values)))
            self.sentence.bias.fill_(heads.sentence_bias)

    def forward(self, ids: Tensor, mask: Tensor, means: Tensor) -> tuple[Tensor, Tensor]:
        """For ids `(n, w)` and the weights of each sentence's mean `(n, s, w)`: scores `(n, 3)` and `(n, s)`."""
        states = self.bert(input_ids=ids, attention_mask=mask).last_hidden_state
        hidden = self.dropout(torch.tanh(self.hidden(self.dropout(states[:, 0]))))
        of_sentences = self.sentence(torch.bmm(means.to(states.dtype), states)).squeeze(-1)
        return self.scores(hidden).float(), of_sentences.float()


@dataclass(frozen=True, slots=True)
class Pieces:
    """An example as the network takes it."""

    example: Example
    ids: list[int]
    spans: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of some examples; `stands` `(n, s)` says which sentences there are, `says` which hold the evidence."""

    ids: Tensor
    mask: Tensor
    means: Tensor
    stands: Tensor
    says: Tensor


def main() -> None:
    """Train, write the weights into the package, and print how the held-out papers fare after each epoch."""
    parser = view_parser("python -m eval.training.reader", main.__doc__, pages_required=True)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--further", action="store_true", help="go on from the reader that ships")
    options = parser.parse_args()
    chance = random.Random(1)
    torch.manual_seed(1)
    model, tokenizer = checkpoint()
    weights = load_file(model)
    cut = tokenizer_from(tokenizer)
    views = open_views(options.home, options.pages)
    made = [_pieces(cut, example) for example in chain(examples(views, "train"), invented(views[-1]))]
    train = [entry for entry in made if not entry.example.held_out]
    held_out = [entry for entry in made if entry.example.held_out and _reported(entry.example, chance)]
    print(f"{len(train)} examples, {len(held_out)} held out", flush=True)
    network = Network(unsmoothed(unpacked(READER, weights[WORDS])) if options.further else weights)
    if options.further:
        network.take(Heads.of(shipped(READER, "heads.")))
        print(f"before: {_report(network, held_out)}", flush=True)
    _fit(network, train, held_out, cut, options.epochs, chance, lambda: _write(network, weights, tokenizer))


def _fit(
    network: Network, train: Sequence[Pieces], held_out: Sequence[Pieces], cut: Any, epochs: int,
    chance: random.Random, write: Any,
) -> None:  # fmt: skip
    body = [p for name, p in network.named_parameters() if name.startswith("bert") and p.requires_grad]
    heads = [p for name, p in network.named_parameters() if not name.startswith("bert")]
    optimizer = torch.optim.AdamW([{"params": body, "lr": _RATE}, {"params": heads, "lr": _HEAD_RATE}], fused=True)
    total = epochs * (len(_epoch(train, cut, chance)) // _BATCH + 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: rate(step / total))
    started, losses = time.perf_counter(), list[float]()
    for epoch in range(epochs):
        network.train()
        for chosen in _batches(_epoch(train, cut, chance), chance):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores, of_sentences = network(*_inputs(batch := _batch(chosen)))
            loss = _loss(scores, of_sentences, batch, [entry.example for entry in chosen])
            loss.backward()
            torch.nn.utils.clip_grad_norm_([*body, *heads], 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            losses.append(loss.item())
            if len(losses) % 50 == 0:
                print(
                    f"{len(losses)}/{total} {np.mean(losses[-50:]):.3f} {time.perf_counter() - started:.0f} s",
                    flush=True,
                )
        write()
        print(f"epoch {epoch + 1}: {_report(network, held_out)}", flush=True)


def _reported(example: Example, chance: random.Random) -> bool:
    """Few of those beside another paper, which are most."""
    return example.kind != "other" or chance.random() < _CHANCE["other"]


def _epoch(train: Sequence[Pieces], cut: Any, chance: random.Random) -> list[Pieces]:
    chosen = [entry for entry in train if chance.random() < _CHANCE[entry.example.kind]]
    again = [
        _pieces(cut, without(entry.example))
        for entry in chosen
        if entry.example.kind == "answered" and entry.example.evidence and chance.random() < _CUT
    ]
    return chosen + again


def without(example: Example) -> Example:
    """A question beside its text less the sentences that answer it: what is asked is left out then."""
    kept = tuple(text for i, text in enumerate(example.sentences) if i not in example.evidence)
    return replace(example, sentences=kept, kind="missing", evidence=())


def _pieces(tokenizer: Any, example: Example) -> Pieces:
    return Pieces(example, *pieces(tokenizer, example.question, example.title, example.sentences))


def _batches(entries: Sequence[Pieces], chance: random.Random) -> Iterator[list[Pieces]]:
    """Batches of similar length, in random order."""
    order = list(entries)
    chance.shuffle(order)
    found: list[list[Pieces]] = []
    for start in range(0, len(order), 20 * _BATCH):
        block = sorted(order[start : start + 20 * _BATCH], key=lambda entry: len(entry.ids))
        found += [block[i : i + _BATCH] for i in range(0, len(block), _BATCH)]
    chance.shuffle(found)
    yield from found


def _batch(chosen: Sequence[Pieces]) -> Batch:
    width, height = max(len(e.ids) for e in chosen), max(1, *(len(e.spans) for e in chosen))
    ids, mask = torch.zeros(len(chosen), width, dtype=torch.long), torch.zeros(len(chosen), width)
    means, stands = torch.zeros(len(chosen), height, width), torch.zeros(len(chosen), height)
    says = torch.zeros(len(chosen), height)
    for row, entry in enumerate(chosen):
        ids[row, : len(entry.ids)] = torch.tensor(entry.ids)
        mask[row, : len(entry.ids)] = 1
        for place, (start, end) in enumerate(entry.spans):
            if end > start:
                means[row, place, start:end], stands[row, place] = 1 / (end - start), 1
        says[row, list(entry.example.evidence)] = 1
    return Batch(ids, mask, means, stands, says)


def _inputs(batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
    return batch.ids, batch.mask, batch.means


def _loss(scores: Tensor, of_sentences: Tensor, batch: Batch, chosen: Sequence[Example]) -> Tensor:
    truth = torch.tensor([_CLASS[example.kind] for example in chosen])
    loss = functional.cross_entropy(scores, truth, label_smoothing=0.05)
    counted = batch.stands * (batch.says.sum(dim=1, keepdim=True) > 0)
    if counted.sum() > 0:
        each = functional.binary_cross_entropy_with_logits(of_sentences, batch.says, reduction="none")
        loss = loss + _SENTENCES * (each * counted).sum() / counted.sum()
    return loss


def _report(network: Network, held_out: Sequence[Pieces]) -> str:
    """Of each kind, how many are refused where 5% of the answered are; sentences found first."""
    found = _scores(network, held_out)
    kinds = np.asarray([entry.example.kind for entry in held_out])
    answered = np.asarray([torch.log_softmax(scores, 0)[0].item() for scores, _ in found])
    cut = np.quantile(answered[kinds == "answered"], 0.05)
    parts = [f"{kind} {np.mean(answered[kinds == kind] < cut):.3f}" for kind in ("missing", "false", "other")]
    first = [
        int(of_sentences[: len(entry.spans)].argmax()) in entry.example.evidence
        for entry, (_, of_sentences) in zip(held_out, found, strict=True)
        if entry.example.kind == "answered" and entry.example.evidence
    ]
    return ", ".join([*parts, f"sentence {np.mean(first):.3f}"])


def _scores(network: Network, entries: Sequence[Pieces]) -> list[tuple[Tensor, Tensor]]:
    network.eval()
    order = sorted(range(len(entries)), key=lambda i: len(entries[i].ids))
    found: dict[int, tuple[Tensor, Tensor]] = {}
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for start in range(0, len(order), 2 * _BATCH):
            rows = order[start : start + 2 * _BATCH]
            scores, of_sentences = network(*_inputs(_batch([entries[row] for row in rows])))
            found.update({row: (scores[i], of_sentences[i]) for i, row in enumerate(rows)})
    return [found[i] for i in range(len(entries))]


def _write(network: Network, checkpoint_weights: dict[str, np.ndarray], tokenizer: str) -> None:
    trained = {name: values.detach().numpy() for name, values in network.bert.state_dict().items()}
    weights = {name: trained.get(name, values) for name, values in checkpoint_weights.items()}
    heads = {
        "hidden": network.hidden.weight, "hidden_bias": network.hidden.bias,
        "scores": network.scores.weight, "scores_bias": network.scores.bias,
        "sentence": network.sentence.weight[0], "sentence_bias": network.sentence.bias,
    }  # fmt: skip
    arrays = {name: values.detach().numpy() for name, values in heads.items()}
    save_file(packed(smoothed(weights, ranges(weights, tokenizer)), arrays), _WEIGHTS)


if __name__ == "__main__":
    main()
