"""Word pieces for the checks: those that the index keeps where it has them, else from the built-in encoder."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from rag.embedding import Embedder, TokenVectors, load_embedder
from rag.settings import Settings
from rag.snapshot import Snapshot
from rag.token_basis import shortened_tokens
from rag.types import Passage

EncodePassage = Callable[[Passage], TokenVectors]
_BUILTIN = "builtin"


def token_encoder(settings: Settings, embedder: Embedder) -> Embedder:
    """The embedder itself where it gives token vectors, else the built-in one."""
    return embedder if embedder.has_tokens else load_embedder(_BUILTIN, settings.models_folder, settings.threads)


def encoded(text: str, encoder: Embedder) -> TokenVectors:
    """The word pieces of a text `(n, 128)` with their offsets; none where the encoder gives none."""
    _, tokens = encoder.encode_with_tokens([text])
    if not tokens:
        return TokenVectors(np.zeros((0, 128), dtype=np.float32), np.zeros((0, 2), dtype=np.int32))
    return TokenVectors(shortened_tokens(tokens[0].vectors), tokens[0].offsets)


def stored(snapshot: Snapshot, positions: Mapping[str, int], encoder: Embedder) -> EncodePassage:
    """A passage's word pieces from the index, where it keeps them; `positions` are those of passage ids."""

    @lru_cache(maxsize=64)
    def of(passage_id: str, text: str) -> TokenVectors:
        if not snapshot.has_tokens:
            return encoded(text, encoder)
        kept = snapshot.tokens(positions[passage_id])
        return TokenVectors(kept.vectors, kept.spans)

    return lambda passage: of(passage.id, passage.text)
