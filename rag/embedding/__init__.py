"""Text in, unit vectors out: the built-in MiniLM, or any LlamaIndex embedding by name."""

from rag.embedding.embedder import Embedder, TokenVectors
from rag.embedding.loading import load_embedder
from rag.embedding.minilm import MiniLM, load_minilm

__all__ = ["Embedder", "MiniLM", "TokenVectors", "load_embedder", "load_minilm"]
