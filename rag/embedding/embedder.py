"""What every embedder is to the rest of the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class TokenVectors:
    """The word pieces of one text that were encoded, without `[CLS]` and `[SEP]`.

    `vectors` is `(n, d)` float32, each row of unit length; `offsets` is `(n, 2)` int32, where each piece
    starts and ends in the text given, in characters.
    """

    vectors: Vectors
    offsets: NDArray[np.int32]


class Embedder(Protocol):
    """Text in, vectors out.

    `name` differs wherever vectors would differ; `window` is how many word pieces are read, the rest of a
    longer text being dropped; `has_tokens` says whether `encode_with_tokens` gives token vectors.
    All methods raise EmbeddingError where no vectors can be had.
    """

    @property
    def name(self) -> str: ...
    @property
    def dimensions(self) -> int: ...
    @property
    def window(self) -> int: ...
    @property
    def has_tokens(self) -> bool: ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """`(n, dimensions)` float32, a unit vector a text; a vector does not depend on the other texts."""
        ...

    def encode_with_tokens(self, texts: Sequence[str]) -> tuple[Vectors, list[TokenVectors]]:
        """What `encode` gives, and the token vectors of each text (none at all unless `has_tokens`)."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """The word pieces of each text, `[CLS]` and `[SEP]` included, whatever the window."""
        ...


def unit(vectors: Vectors) -> Vectors:
    """`vectors` `(n, d)`, each row divided by its length; rows of zeros stay."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    scaled: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return scaled
