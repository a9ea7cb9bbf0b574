"""The built-in embedder gives the vectors of its weights, text by text, with exact offsets."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tokenizers import normalizers

from rag.embedding import MiniLM
from rag.embedding.graph import build
from rag.embedding.minilm import tokenizer_from
from rag.embedding.shipped import ENCODER, unpacked
from rag.embedding.weights import word_vectors

TEXTS = [
    "A cat sat on the mat.",
    "The feline rested upon the rug.",
    "Quantisation to eight bits halves the memory that a network takes.",
    "Diffusion models draw images by removing noise step by step.",
    "",
]


def exact_states(texts: list[str]) -> list[np.ndarray]:
    """What the weights that ship give in fp32 for each text, `[CLS]` and `[SEP]` included."""
    words, tokenizer = word_vectors()
    contents = build(unpacked(ENCODER, words), int8=False).SerializeToString()
    session = onnxruntime.InferenceSession(contents, providers=["CPUExecutionProvider"])
    cut = tokenizer_from(tokenizer)
    return [session.run(None, {"input_ids": np.asarray([cut.encode(text).ids])})[0][0] for text in texts]


def cosines(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    products: np.ndarray = (left * right).sum(axis=-1)
    return products / np.linalg.norm(left, axis=-1) / np.linalg.norm(right, axis=-1)


def test_vectors_are_those_of_the_weights_that_ship_up_to_int8(minilm: MiniLM) -> None:
    exact = exact_states(TEXTS)
    vectors, tokens = minilm.encode_with_tokens(TEXTS)
    assert cosines(np.stack([states.mean(axis=0) for states in exact]), vectors).min() > 0.99
    assert cosines(exact[2][1:-1], tokens[2].vectors).min() > 0.97


def test_what_means_the_same_is_nearer_than_what_does_not(minilm: MiniLM) -> None:
    asked = minilm.encode(["removing what a network has learned", "getting by with fewer bits a number"])
    said = minilm.encode([
        "Machine unlearning erases the influence of records from trained weights.",
        "Post-training quantization to INT4 leaves perplexity as it was.",
    ])  # fmt: skip
    assert np.argmax(asked @ said.T, axis=1).tolist() == [0, 1]


def test_every_vector_is_of_unit_length(minilm: MiniLM) -> None:
    vectors, tokens = minilm.encode_with_tokens(TEXTS)
    assert vectors.shape == (5, 384)
    assert vectors.dtype == np.float32
    for rows in (vectors, tokens[0].vectors, tokens[2].vectors):
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)


def test_a_vector_does_not_depend_on_its_neighbours(minilm: MiniLM) -> None:
    texts = [*TEXTS, " ".join(TEXTS * 20), "word"]
    together, tokens = minilm.encode_with_tokens(texts)
    for index, text in enumerate(texts):
        vectors, alone = minilm.encode_with_tokens([text])
        np.testing.assert_array_equal(vectors[0], together[index])
        np.testing.assert_array_equal(alone[0].vectors, tokens[index].vectors)
        np.testing.assert_array_equal(minilm.encode([text])[0], together[index])


def test_nothing_in_nothing_out(minilm: MiniLM) -> None:
    assert minilm.encode([]).shape == (0, 384)
    assert minilm.encode_with_tokens([])[1] == []
    assert minilm.count_tokens([]) == []


def test_a_text_without_word_pieces_has_a_vector_and_no_tokens(minilm: MiniLM) -> None:
    vectors, tokens = minilm.encode_with_tokens(["", " \n\t", "\x00\x07\u200b\ufeff"])
    np.testing.assert_array_equal(vectors[1:], vectors[:1].repeat(2, axis=0))
    assert [entry.vectors.shape for entry in tokens] == [(0, 384)] * 3
    assert [entry.offsets.shape for entry in tokens] == [(0, 2)] * 3


@pytest.mark.parametrize("filler", ["prose and more of it. ", "a", " ", "模", "\x00", "-", "e\u0301"])
def test_a_text_of_a_megabyte_is_read_as_far_as_the_window_goes(minilm: MiniLM, filler: str) -> None:
    text = filler * (1_000_000 // len(filler)) + " end"
    vectors, tokens = minilm.encode_with_tokens([text])
    whole = minilm.count_tokens([text])[0] - 2
    assert len(tokens[0].vectors) == min(254, whole)
    assert np.isfinite(vectors).all()


def test_a_look_at_the_start_gives_the_same_pieces_as_the_whole_text(minilm: MiniLM) -> None:
    start = " " * 4_000 + "x" * 300 + " " + "unbelievable " * 300
    long, longer = start + "y" * 50_000, start + "y" * 500_000
    (_, (first,)), (_, (second,)) = (minilm.encode_with_tokens([text]) for text in (long, longer))
    np.testing.assert_array_equal(first.offsets, second.offsets)
    assert first.offsets[0].tolist() == [
        4_000,
        4_300,
    ]  # a word of more than 100 characters: one unknown piece


def test_counts_include_the_markers_and_go_beyond_the_window(minilm: MiniLM) -> None:
    assert minilm.count_tokens(["", "cat", "A cat sat on the mat.", "cat " * 1000]) == [2, 3, 9, 1002]


def test_half_a_character_is_read_as_no_character(minilm: MiniLM) -> None:
    vectors, tokens = minilm.encode_with_tokens(["\ud800cat", "cat"])
    np.testing.assert_array_equal(vectors[0], vectors[1])
    assert tokens[0].offsets.tolist() == [[1, 4]]
    assert minilm.count_tokens(["\udfff"]) == [2]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Attention 😀 is all", ["Attention", "😀", "is", "all"]),
        (r"$\alpha_2$ wins", ["$", "\\", "alpha", "_", "2", "$", "wins"]),
        ("模型 and café", ["模", "型", "and", "café"]),
        ("cafe\u0301 au lait", ["cafe", "au", "lai", "t"]),
        ("re\u0301sume\u0301 tre\x00es", ["re\u0301sume", "tre\x00es"]),
    ],
)
def test_offsets_lead_back_to_the_text_given(minilm: MiniLM, text: str, words: list[str]) -> None:
    _, (tokens,) = minilm.encode_with_tokens([text])
    assert [text[start:end] for start, end in tokens.offsets] == words


_CHARACTERS = st.text(max_size=60) | st.text("aé İßﬁΣς模한😀👨‍👩‍👧$\\{}_^\u0301\u200d\x00\n\tǅﷺ½²—", max_size=40)


@given(_CHARACTERS)
@example("f\u0301\u0301oo 한국어")
def test_offsets_are_in_order_and_hold_what_was_read(minilm: MiniLM, text: str) -> None:
    _, (tokens,) = minilm.encode_with_tokens([text])
    starts, ends = tokens.offsets[:, 0], tokens.offsets[:, 1]
    assert (starts < ends).all()
    assert (np.diff(starts) >= 0).all()
    assert (ends <= len(text)).all()
    assert minilm.count_tokens([text])[0] - 2 == len(tokens.offsets)
    normal = normalizers.BertNormalizer()
    read = {place for start, end in tokens.offsets for place in range(start, end)}
    left = "".join(character for place, character in enumerate(text) if place not in read)
    # What no piece covers leaves nothing behind: white space, control characters, marks of nothing.
    assert normal.normalize_str(left).strip() == ""


def test_importing_loads_none_of_the_heavy_parts() -> None:
    code = "import rag.embedding, sys; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"chromadb", "llama_index", "onnx", "onnxruntime", "tokenizers", "safetensors", "torch"}
    assert "rag" in done.stdout.split()
    assert not heavy & set(done.stdout.split())


def test_a_fork_after_encoding_works_without_a_warning(models_folder: Path) -> None:
    code = """
import os, pathlib, sys
from rag.embedding import load_minilm
minilm = load_minilm(pathlib.Path(sys.argv[1]), threads=2)
minilm.count_tokens(["a", "b"] * 50)
before = minilm.encode(["a cat", "a dog"])
child = os.fork()
after = minilm.encode(["a cat", "a dog"])
if child == 0:
    os._exit(0 if (after == before).all() else 1)
print(os.waitpid(child, 0)[1])
"""
    if not hasattr(os, "fork"):
        pytest.skip("this system does not fork")
    command = [sys.executable, "-W", "ignore::DeprecationWarning", "-c", code, str(models_folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert (done.stdout, done.stderr) == ("0\n", "")
