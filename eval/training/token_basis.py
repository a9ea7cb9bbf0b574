"""`python -m eval.training.token_basis`: the directions that `rag.token_basis` keeps, from the bundled papers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from rag.chunking import encoder_text
from rag.corpus import bundled, merge
from rag.embedding import load_embedder
from rag.settings import load_settings
from rag.token_basis import WIDTH

_TARGET = Path(__file__).parents[2] / "rag" / "weights" / "token_basis.npy"


def main() -> None:
    """Encode the bundled papers, diagonalise the second moments of their tokens, keep the leading part."""
    settings = load_settings()
    embedder = load_embedder(settings.embedder, settings.models_folder, settings.threads)
    texts = [encoder_text(paper.title, paper.text) for paper in merge(bundled())]
    _, tokens = embedder.encode_with_tokens(texts)
    vectors = np.concatenate([entry.vectors for entry in tokens]).astype(np.float64)
    values, directions = np.linalg.eigh(vectors.T @ vectors / len(vectors))
    leading = directions[:, np.argsort(-values)[:WIDTH]]
    leading *= np.sign(leading[np.abs(leading).argmax(axis=0), np.arange(WIDTH)])  # one sign, every time
    np.save(_TARGET, leading.astype(np.float16))
    print(f"{WIDTH} of {len(values)} directions hold {np.sort(values)[::-1][:WIDTH].sum() / values.sum():.3f}")


if __name__ == "__main__":
    main()
