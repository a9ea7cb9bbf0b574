"""Any LlamaIndex embedding as an embedder."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rag.embedding.embedder import TokenVectors, Vectors, unit
from rag.errors import EmbeddingError

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

_WINDOW = 256  # passages as long as the built-in embedder's; none of the models in use reads less


class LlamaIndexEmbedder:
    """A LlamaIndex embedding; see `Embedder` for its methods. It has no token vectors."""

    window = _WINDOW
    has_tokens = False

    def __init__(self, embedding: BaseEmbedding) -> None:
        self._embedding = embedding
        self.name = f"{type(embedding).__name__}:{embedding.model_name}"

    @cached_property
    def dimensions(self) -> int:
        """The width of a vector, found out by encoding a word."""
        return int(self.encode(["word"]).shape[1])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """`(n, dimensions)` unit vectors."""
        if not texts:
            return np.zeros((0, self.dimensions), dtype=np.float32)
        try:
            found = self._embedding.get_text_embedding_batch(list(texts))
        except Exception as error:  # whatever the service and its client raise
            message = f"{self.name} gave no vectors: {_kind(error)}"
            raise EmbeddingError(message, "is it reachable, and its key set?") from None
        return unit(np.asarray(found, dtype=np.float32))

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[TokenVectors]]:
        """What `encode` gives, and no token vectors."""
        return self.encode(texts), []

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Word pieces as LlamaIndex counts them, and two for the markers that many models add."""
        from llama_index.core.utils import get_tokenizer

        count = get_tokenizer()
        return [len(count(text)) + 2 for text in texts]


def _kind(error: Exception) -> str:
    """An error's type and HTTP status. Its text may hold the key, or an address with the key in it."""
    status = getattr(getattr(error, "response", error), "status_code", None)
    return f"{type(error).__name__} ({status})" if isinstance(status, int) else type(error).__name__
