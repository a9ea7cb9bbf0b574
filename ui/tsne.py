"""t-SNE, exact and deterministic (van der Maaten and Hinton 2008), for some hundreds of points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_STEPS, _EARLY = 350, 80
Matrix = NDArray[np.float32]


def principal(vectors: Matrix, dimensions: int) -> Matrix:
    """`(n, d)` centred and turned onto its first principal axes, `(n, min(dimensions, n, d))`."""
    centred = vectors - vectors.mean(axis=0)
    left, sizes, _ = np.linalg.svd(centred, full_matrices=False)
    kept: Matrix = (left[:, :dimensions] * sizes[:dimensions]).astype(np.float32)
    return kept


def tsne(vectors: Matrix, perplexity: float = 25.0) -> Matrix:
    """`(n, d)` vectors as `(n, 2)` points whose neighbours are theirs; starts from the first two axes."""
    n = len(vectors)
    alike = _similarities(vectors, min(perplexity, (n - 1) / 3))
    points = np.zeros((n, 2), np.float32)
    first = vectors[:, :2]
    points[:, : first.shape[1]] = first / max(float(first[:, 0].std()), 1e-9) * 1e-2
    speed, gain = np.zeros_like(points), np.ones_like(points)
    rate = max(n / 12.0 / 4.0, 20.0)
    for step in range(_STEPS):
        wanted = alike * (12.0 if step < _EARLY else 1.0)
        kernel = 1.0 / (1.0 + _squares(points))
        np.fill_diagonal(kernel, 0.0)
        force = (wanted - kernel / kernel.sum()) * kernel
        slope = 4.0 * (force.sum(axis=1)[:, None] * points - force @ points)
        gain = np.where(slope * speed > 0, gain * 0.8, gain + 0.2).clip(0.01)
        speed = (0.5 if step < _EARLY else 0.8) * speed - rate * gain * slope
        points = points + speed
        points -= points.mean(axis=0)
    return points


def _similarities(vectors: Matrix, perplexity: float) -> Matrix:
    """Joint probabilities whose rows have the wanted perplexity, found by bisection on all rows at once."""
    squares = _squares(vectors)
    np.fill_diagonal(squares, np.inf)
    squares -= squares.min(axis=1, keepdims=True)
    low = np.full((len(vectors), 1), 1e-6, np.float64)
    high = np.full((len(vectors), 1), 1e6, np.float64)
    for _ in range(50):
        width = np.sqrt(low * high)
        share = np.exp(-squares / width)
        share /= share.sum(axis=1, keepdims=True)
        entropy = -(share * np.log(share.clip(1e-12))).sum(axis=1, keepdims=True)
        too_wide = entropy > np.log(max(perplexity, 1.01))
        high, low = np.where(too_wide, width, high), np.where(too_wide, low, width)
    joint: Matrix = ((share + share.T) / (2 * len(vectors))).clip(1e-12).astype(np.float32)
    return joint


def _squares(points: Matrix) -> Matrix:
    norms = (points**2).sum(axis=1)
    distances: Matrix = (norms[:, None] + norms[None, :] - 2 * points @ points.T).clip(0.0)
    return distances
