"""An embedder by its name; a LlamaIndex embedding as an embedder."""

import traceback
from pathlib import Path

import numpy as np
import pytest
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.embeddings import MockEmbedding

from rag.embedding import MiniLM, load_embedder
from rag.errors import EmbeddingError
from tests.conftest import KEY


class Letters(BaseEmbedding):
    """Counts a, b and c; raises where there is a question mark."""

    model_name: str = "letters"

    def _get_text_embedding(self, text: str) -> list[float]:
        if "?" in text:
            raise ConnectionError(f"GET https://api.example/embed?key={KEY} failed")
        return [float(text.count(letter)) for letter in "abc"]

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


class Locked(Letters):
    """Does not open."""

    def __init__(self, model_name: str) -> None:
        raise ValueError(f"{KEY} is no key for {model_name}")


def test_builtin_is_the_minilm(models_folder: Path) -> None:
    embedder = load_embedder("builtin", models_folder)
    assert isinstance(embedder, MiniLM)
    assert (embedder.dimensions, embedder.window, embedder.has_tokens) == (384, 256, True)


def test_a_llama_index_embedding_is_an_embedder(tmp_path: Path) -> None:
    embedder = load_embedder(Letters(), tmp_path)
    vectors, tokens = embedder.encode_with_tokens(["aaaabbb", "c", ""])
    assert vectors.tolist() == [pytest.approx(row) for row in ([0.8, 0.6, 0], [0, 0, 1], [0, 0, 0])]
    assert vectors.dtype == np.float32
    assert (tokens, embedder.has_tokens, embedder.dimensions) == ([], False, 3)
    assert embedder.encode([]).shape == (0, 3)
    assert embedder.name == "Letters:letters"


def test_its_counts_grow_with_the_text(tmp_path: Path) -> None:
    assert load_embedder(Letters(), tmp_path).count_tokens(["", "cat", "cat cat cat"]) == [2, 3, 5]


def test_what_a_service_raises_becomes_one_line(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="Letters:letters gave no vectors: ConnectionError") as caught:
        load_embedder(Letters(), tmp_path).encode(["why?"])
    assert KEY not in "".join(traceback.format_exception(caught.value))


def test_a_class_by_its_dotted_name(tmp_path: Path) -> None:
    embedder = load_embedder(f"{__name__}.Letters:abc", tmp_path)
    assert embedder.name == "Letters:abc"


CALLED: list[object] = []
"""What `called` was called with: nothing."""


def called(**options: object) -> None:
    CALLED.append(options)


class Called:
    """No embedding, but with the arguments of one."""

    def __init__(self, **options: object) -> None:
        CALLED.append(options)


@pytest.mark.parametrize(
    "name", ["sys.exit", f"{__name__}.called", f"{__name__}.Called:abc", f"{__name__}.Gone", f"{__name__}.CALLED"]
)
def test_nothing_but_an_embedding_class_is_called(tmp_path: Path, name: str) -> None:
    with pytest.raises(EmbeddingError, match="is no LlamaIndex embedding"):
        load_embedder(name, tmp_path)
    assert CALLED == []


def test_an_integration_that_is_not_installed_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="not installed") as caught:
        load_embedder("voyage:voyage-3", tmp_path)
    assert caught.value.hint == "run `pip install llama-index-embeddings-voyageai`"


@pytest.mark.parametrize("name", ["", "nonsense", "nonsense:model"])
def test_an_unknown_name_lists_the_known_ones(tmp_path: Path, name: str) -> None:
    with pytest.raises(EmbeddingError, match="no embedder is called") as caught:
        load_embedder(name, tmp_path)
    assert "builtin, azure:MODEL" in caught.value.hint


def test_a_class_that_cannot_be_made_says_why(tmp_path: Path) -> None:
    name = f"{MockEmbedding.__module__}.MockEmbedding"  # wants its width
    with pytest.raises(EmbeddingError, match="cannot be made: "):
        load_embedder(name, tmp_path)


def test_what_a_class_says_of_its_key_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(EmbeddingError, match="cannot be made: ValueError") as caught:
        load_embedder(f"{__name__}.Locked:abc", tmp_path)
    assert KEY not in "".join(traceback.format_exception(caught.value))
