"""Token vectors in a third of their size: the 128 directions that hold most of what tells word pieces apart.

`weights/token_basis.npy` `(384, 128)` are the leading eigenvectors of the second moments of the built-in
encoder's token vectors over the bundled papers (`eval.training.token_basis`). Late interaction over the
shortened vectors found the same papers and sentences to within a point (see `eval/TRIED.md`), in a third
of the space and time.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

WIDTH = 128


def shortened_tokens(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """`(n, 128)` unit vectors for `(n, 384)` ones of the built-in encoder."""
    short = vectors @ basis()
    lengths = np.linalg.norm(short, axis=1, keepdims=True)
    return np.asarray(short / np.maximum(lengths, 1e-9), dtype=np.float32)


@cache
def basis() -> NDArray[np.float32]:
    """`(384, 128)`: the directions, as columns."""
    with files("rag.weights").joinpath("token_basis.npy").open("rb") as file:
        return np.asarray(np.load(file), dtype=np.float32)
