"""Encoding spread over a Ray cluster: texts go out in small groups, vectors come back in order.

A text is encoded alone wherever it is (see `rag.embedding.minilm`), so the vectors are the same as from one machine. A
group whose worker dies is given to another one by Ray.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from rag.embedding.embedder import Embedder, TokenVectors, Vectors
from rag.embedding.loading import load_embedder
from rag.errors import EmbeddingError

_GROUP = 16  # texts a task
_PATIENCE_S = 5.0
_START = "start one with `ray start --head`"
_TRIES = 5  # of a group whose worker died
Encoded = tuple[Vectors, list[TokenVectors]]


class Spread:
    """An embedder whose texts are encoded by the workers of a Ray cluster; else the same as the one given."""

    def __init__(self, embedder: Embedder, setting: str, address: str, models_folder: Path) -> None:
        """Join the cluster at `address` (`auto`, `ray://HOST:PORT`, `HOST:PORT`); workers load the embedder `setting`.

        Raises:
            EmbeddingError: when Ray is not installed or there is no cluster there.
        """
        self._embedder = embedder
        self.name, self.dimensions = embedder.name, embedder.dimensions
        self.window, self.has_tokens = embedder.window, embedder.has_tokens
        self._ray = _joined(address)
        self.at_once = _GROUP * max(8, int(self._ray.cluster_resources().get("CPU", 1)) * 4)
        remote = self._ray.remote(num_cpus=1, max_retries=_TRIES)
        self._task: Any = remote(_encode)
        self._how = (setting, str(models_folder))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """As `Embedder.encode`."""
        return self.encode_with_tokens(texts)[0]

    def encode_with_tokens(self, texts: Sequence[str]) -> Encoded:
        """As `Embedder.encode_with_tokens`.

        Raises:
            EmbeddingError: when a group failed on every worker that tried it.
        """
        if len(texts) <= 1:
            return self._embedder.encode_with_tokens(texts)
        groups = [list(texts[start : start + _GROUP]) for start in range(0, len(texts), _GROUP)]
        waiting = [self._task.remote(group, self._how) for group in groups]
        try:
            done: list[Encoded] = self._ray.get(waiting)
        except self._ray.exceptions.RayError as error:
            raise EmbeddingError(
                f"the cluster did not encode the papers: {type(error).__name__}",
                "run the same command again: what was encoded stays",
            ) from error
        return np.concatenate([vectors for vectors, _ in done]), [entry for _, tokens in done for entry in tokens]

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """As `Embedder.count_tokens`; done here, since it takes next to no time."""
        return self._embedder.count_tokens(texts)


def _joined(address: str) -> Any:
    try:
        import ray
    except ModuleNotFoundError:
        raise EmbeddingError("Ray is not installed", "run `pip install 'ray>=2.40'`") from None
    if not ray.is_initialized():
        _check_reached(address)
        # Workers import what this process imports.
        paths = os.pathsep.join([str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", "")])
        try:
            ray.init(
                address=address,
                log_to_driver=False,
                logging_level=logging.ERROR,
                runtime_env={"env_vars": {"PYTHONPATH": paths.strip(os.pathsep)}},
            )
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise EmbeddingError(f"no Ray cluster at {address}: {type(error).__name__}", _START) from error
    return ray


def _check_reached(address: str) -> None:
    """Ray itself waits for minutes where nobody listens."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not port.isdigit():
        return  # such as `auto`, which is found without a wait
    try:
        socket.create_connection((host, int(port)), timeout=_PATIENCE_S).close()
    except OSError as error:
        raise EmbeddingError(f"no Ray cluster at {address}: {error.strerror or error}", _START) from error


@cache
def _loaded(setting: str, models_folder: str) -> Embedder:
    """The worker's own embedder, loaded once a process, on the one core that a task has."""
    return load_embedder(setting, Path(models_folder), threads=1)


def _encode(texts: list[str], how: tuple[str, str]) -> Encoded:
    return _loaded(*how).encode_with_tokens(texts)
