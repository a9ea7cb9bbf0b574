"""An embedder by its name."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rag.embedding.embedder import Embedder
from rag.embedding.minilm import load_minilm
from rag.errors import EmbeddingError, SettingsError
from rag.settings import openai_key

if TYPE_CHECKING:
    from llama_index.core.base.embeddings.base import BaseEmbedding

BUILTIN = "builtin"

# Short names of LlamaIndex embeddings: the module, and the class in it.
_KNOWN = {
    "azure": ("llama_index.embeddings.azure_openai", "AzureOpenAIEmbedding"),
    "cohere": ("llama_index.embeddings.cohere", "CohereEmbedding"),
    "fastembed": ("llama_index.embeddings.fastembed", "FastEmbedEmbedding"),
    "google": ("llama_index.embeddings.google_genai", "GoogleGenAIEmbedding"),
    "huggingface": ("llama_index.embeddings.huggingface", "HuggingFaceEmbedding"),
    "mistral": ("llama_index.embeddings.mistralai", "MistralAIEmbedding"),
    "ollama": ("llama_index.embeddings.ollama", "OllamaEmbedding"),
    "openai": ("llama_index.embeddings.openai_like", "OpenAILikeEmbedding"),
    "openai-like": ("llama_index.embeddings.openai_like", "OpenAILikeEmbedding"),
    "voyage": ("llama_index.embeddings.voyageai", "VoyageEmbedding"),
}


def load_embedder(name: str | BaseEmbedding, models_folder: Path, threads: int = 0) -> Embedder:
    """The embedder of this name.

    `name` is `builtin`, a short name and a model (`openai:text-embedding-3-small`), the dotted name of a
    LlamaIndex embedding class with or without a model (`llama_index.embeddings.x.Class:model`), or a
    LlamaIndex embedding itself.

    A class that is none of LlamaIndex's is not called: a name may stand in somebody else's file.

    Raises:
        EmbeddingError: when there is no such embedder, or what it needs is not installed or not set.
        SettingsError: when OPENAI_API_KEY is to be sent, and cannot be.
    """
    if name == BUILTIN:
        return load_minilm(models_folder, threads)
    from rag.embedding.foreign import LlamaIndexEmbedder

    return LlamaIndexEmbedder(_made(name) if isinstance(name, str) else name)


def _made(name: str) -> Any:
    kind, _, model = name.partition(":")
    module, _, class_name = kind.rpartition(".")
    if not module:
        module, class_name = _known(kind)
    try:
        made = _embedding_class(module, class_name)
        return made(model_name=model, **_options(kind)) if model else made(**_options(kind))
    except ModuleNotFoundError as error:
        raise EmbeddingError(f"the embedder {name!r} is not installed: {error}", _install(module)) from error
    except (EmbeddingError, SettingsError):
        raise
    except Exception as error:  # each integration has its own: a missing key, an unknown model; its text may hold a key
        raise EmbeddingError(
            f"the embedder {name!r} cannot be made: {type(error).__name__}", "check its name, its model and its key"
        ) from None


def _embedding_class(module: str, name: str) -> Any:
    from llama_index.core.base.embeddings.base import BaseEmbedding

    found = getattr(import_module(module), name, None)
    if not isinstance(found, type) or not issubclass(found, BaseEmbedding):
        raise EmbeddingError(f"{module}.{name} is no LlamaIndex embedding", "name a class of its BaseEmbedding kind")
    return found


def _options(kind: str) -> dict[str, Any]:
    """Where an OpenAI-compatible endpoint is, from the variables that its own client reads; OpenAI itself else."""
    if not kind.startswith("openai"):
        return {}
    base = os.environ.get("OPENAI_BASE_URL") or os.environ.get("OPENAI_API_BASE") or "https://api.openai.com/v1"
    return {"api_base": base, "api_key": openai_key() or "none", "max_retries": 3}


def _known(kind: str) -> tuple[str, str]:
    if kind not in _KNOWN:
        short = ", ".join([BUILTIN, *(f"{known}:MODEL" for known in sorted(_KNOWN))])
        hint = f"known: {short}, or the dotted name of a class"
        raise EmbeddingError(f"no embedder is called {kind!r}", hint)
    return _KNOWN[kind]


def _install(module: str) -> str:
    if module.startswith("llama_index."):
        return f"run `pip install {'-'.join(module.split('.')[:3]).replace('_', '-')}`"
    return "install the package that has it"
