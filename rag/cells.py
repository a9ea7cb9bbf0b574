"""The nearest of very many vectors without looking at all of them: an inverted file of cells.

Vectors are grouped around centroids (spherical k-means); a query looks into the cells whose centroids are nearest, at
codes of one byte a dimension, and the best of those are compared exactly. Jégou, Douze and Schmid, "Product
Quantization for Nearest Neighbor Search", 2011, section IV, with plain codes in place of product ones. There are
more cells in a larger corpus, so what a query looks into grows with its square root.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rag.mapped import mapped_array

Vectors = NDArray[np.float32]

FEWEST = 20_000  # vectors; fewer are compared all, which takes 3 ms
_ROUNDS = 8
_SAMPLE = 40  # vectors a cell that the centroids are learned from
_PROBES = 160  # cells that a query looks into
_BLOCK = 8192
_SEED = 20_251


class Cells:
    """An index over `(n, d)` unit vectors.

    `members` are their positions, cell by cell: those of cell i at `bounds[i]:bounds[i + 1]`, with their `codes`.
    """

    def __init__(
        self, centroids: Vectors, bounds: NDArray[np.int64], members: NDArray[np.int32], codes: NDArray[np.int8]
    ) -> None:
        self._centroids, self._bounds, self._members, self._codes = centroids, bounds, members, codes

    @classmethod
    def build(cls, vectors: Vectors) -> Cells:
        """Cells of `vectors`, about four times the square root of their number; the same vectors give the same."""
        count = max(1, min(int(4 * np.sqrt(len(vectors))), len(vectors)))
        dice = np.random.default_rng(_SEED)
        drawn = np.sort(dice.permutation(len(vectors))[: count * _SAMPLE])
        centroids = _trained(np.ascontiguousarray(vectors[drawn]), count, dice)
        owners = _nearest_centroid(vectors, centroids)
        members = np.argsort(owners, kind="stable").astype(np.int32)
        bounds = np.searchsorted(owners[members], np.arange(count + 1)).astype(np.int64)
        scale = 127.0 / max(float(np.abs(vectors[drawn]).max(initial=0.0)), 1e-6)
        codes = np.empty(vectors.shape, dtype=np.int8)
        for start in range(0, len(members), _BLOCK):
            block = vectors[members[start : start + _BLOCK]]
            codes[start : start + _BLOCK] = np.clip(np.rint(block * scale), -127, 127)
        return cls(centroids, bounds, members, codes)

    def save(self, folder: Path) -> None:
        """Write the cells into `folder`, which is created."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "centroids.npy", self._centroids)
        np.save(folder / "bounds.npy", self._bounds)
        np.save(folder / "members.npy", self._members)
        np.save(folder / "codes.npy", self._codes)

    @classmethod
    def load(cls, folder: Path) -> Cells:
        """The cells saved in `folder`, memory-mapped."""
        return cls(*(mapped_array(folder / f"{name}.npy") for name in _FILES))

    def nearest(self, vector: Vectors, count: int) -> NDArray[np.int32]:
        """The positions of about the `count` vectors with the largest products with `vector`, best first by their
        codes: recall against an exact search is measured by `footnote bench`."""
        likeness = self._centroids @ vector
        probes = min(_PROBES, len(likeness))
        near = np.sort(np.argpartition(-likeness, probes - 1)[:probes])
        ranges = [slice(int(self._bounds[cell]), int(self._bounds[cell + 1])) for cell in near]
        members = np.concatenate([self._members[part] for part in ranges])
        # Cell by cell: what one cell's codes become as floats fits in the processor's cache.
        products = np.concatenate([self._codes[part].astype(np.float32) @ vector for part in ranges])
        if len(products) > count:
            kept = np.argpartition(-products, count)[:count]
            members, products = members[kept], products[kept]
        best: NDArray[np.int32] = members[np.argsort(-products, kind="stable")]
        return best


_FILES = ("centroids", "bounds", "members", "codes")


def _trained(sample: Vectors, count: int, dice: np.random.Generator) -> Vectors:
    centroids = sample[np.sort(dice.permutation(len(sample))[:count])]
    for _ in range(_ROUNDS):
        owners = _nearest_centroid(sample, centroids)
        order = np.argsort(owners, kind="stable")
        present, starts = np.unique(owners[order], return_index=True)
        sums = np.add.reduceat(sample[order], starts, axis=0)
        centroids = centroids.copy()
        centroids[present] = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
    return centroids


def _nearest_centroid(vectors: Vectors, centroids: Vectors) -> NDArray[np.int32]:
    owners = np.empty(len(vectors), dtype=np.int32)
    for start in range(0, len(vectors), _BLOCK):
        owners[start : start + _BLOCK] = (vectors[start : start + _BLOCK] @ centroids.T).argmax(axis=1)
    return owners
