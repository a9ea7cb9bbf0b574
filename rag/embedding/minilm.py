"""The built-in embedder: MiniLM (384 wide, 256 word pieces), trained further by us, on ONNX Runtime, on the CPU.

Texts are encoded one at a time, several at once: a text in a batch of its own needs no padding, and its
vector is bit for bit the same whatever stands beside it. Each runs on one thread; the threads share one
session, which has none of its own and so survives a fork.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from rag.embedding.embedder import TokenVectors, Vectors, unit
from rag.embedding.weights import TOKENIZER, Graph, find_graph
from rag.errors import EmbeddingError

_CLS, _SEP = 101, 102
_FIRST_LOOK = 4096  # characters of a long text that are cut into word pieces first
_LONGEST_WORD = 100  # characters; a longer one is a single unknown piece
_SURROGATES = re.compile("[\ud800-\udfff]")  # halves of characters, which no UTF-8 can hold
_T = TypeVar("_T")


def load_minilm(models_folder: Path, threads: int = 0) -> MiniLM:
    """The built-in embedder, its graph built in `models_folder` where it is not there yet (about a second).

    `threads` is how many texts are encoded at once; 0: as many as this process has cores.

    Raises:
        WeightsMissingError, WeightsCorruptError, EmbeddingError: as `find_graph` does.
    """
    graph = find_graph(models_folder)
    return MiniLM(graph.name, opened(graph), threads or _cores())


class MiniLM:
    """The built-in embedder; see `Embedder` for its methods. Safe to share between threads."""

    dimensions = 384
    window = 256
    has_tokens = True

    def __init__(self, name: str, session: Any, threads: int) -> None:
        self.name = name
        self._session = session
        self._threads = threads
        self._tokenizer = tokenizer_of(session)
        self._inputs = [entry.name for entry in session.get_inputs()]

    def encode(self, texts: Sequence[str]) -> Vectors:
        """`(n, 384)` unit vectors: the mean over all word pieces, `[CLS]` and `[SEP]` included."""
        return _stack(self._map(self._encode, texts))

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[TokenVectors]]:
        """What `encode` gives, and the word pieces of each text."""
        encoded = self._map(self._encode_with_tokens, texts)
        return _stack([vector for vector, _ in encoded]), [tokens for _, tokens in encoded]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The word pieces of each text, `[CLS]` and `[SEP]` included, beyond the window too."""
        cut = self._tokenizer.encode_batch_fast([without_surrogates(text) for text in texts], add_special_tokens=False)
        return [len(pieces) + 2 for pieces in cut]

    def _encode(self, text: str) -> Vectors:
        mean: Vectors = self._states(self._pieces(text)[0]).mean(axis=0)
        return mean

    def _encode_with_tokens(self, text: str) -> tuple[Vectors, TokenVectors]:
        pieces, offsets = self._pieces(text)
        states = self._states(pieces)
        spans = np.asarray(offsets, dtype=np.int32).reshape(-1, 2)
        return states.mean(axis=0), TokenVectors(unit(states[1:-1]), spans)

    def _states(self, pieces: list[int]) -> Vectors:
        """What the network gives for `n` word pieces between `[CLS]` and `[SEP]`: `(n + 2, 384)`."""
        ids = np.asarray([[_CLS, *pieces, _SEP]], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        states: Vectors = self._session.run(None, {name: inputs[name] for name in self._inputs})[0][0]
        return states

    def _pieces(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """The word pieces that are read, and their offsets; of a long text only the start is cut."""
        room = self.window - 2
        text = without_surrogates(text)
        look = _FIRST_LOOK
        while True:
            cut = self._tokenizer.encode(text[:look], add_special_tokens=False)
            # The last word may go on beyond the look, and be cut differently: up to _LONGEST_WORD pieces.
            if look >= len(text) or len(cut) >= room + _LONGEST_WORD:
                return cut.ids[:room], cut.offsets[:room]
            look *= 4

    def _map(self, encode: Callable[[str], _T], texts: Sequence[str]) -> list[_T]:
        """`encode` of each text, the longest first so that no thread is left with it in the end."""
        if self._threads == 1 or len(texts) < 2:
            return [encode(text) for text in texts]
        order = sorted(range(len(texts)), key=lambda index: -len(texts[index]))
        with ThreadPoolExecutor(min(self._threads, len(texts))) as pool:
            found = dict(zip(order, pool.map(encode, [texts[index] for index in order]), strict=True))
        return [found[index] for index in range(len(texts))]


def _stack(means: Sequence[Vectors]) -> Vectors:
    return unit(np.stack(means)) if means else np.zeros((0, MiniLM.dimensions), dtype=np.float32)


def without_surrogates(text: str) -> str:
    """The text with halves of characters, which no UTF-8 can hold, replaced."""
    return _SURROGATES.sub("\ufffd", text)


def tokenizer_of(session: Any) -> Any:
    """The tokenizer that a graph carries; see `tokenizer_from`."""
    return tokenizer_from(session.get_modelmeta().custom_metadata_map[TOKENIZER])


def tokenizer_from(definition: str) -> Any:
    """The tokenizer of a `tokenizer.json`, neither cutting nor padding."""
    # It runs inside our threads; its own would warn after every fork.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(definition)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def opened(graph: Graph) -> Any:
    """The ONNX Runtime session of a graph, on one thread.

    Raises:
        EmbeddingError: when it cannot be opened.
    """
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # where the program loaded it before us
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(str(graph.path), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime's own, which share no base
        message = f"cannot open the encoder's graph {graph.path}: {error}"
        raise EmbeddingError(message, "delete it: it is built again") from error


def _cores() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1
