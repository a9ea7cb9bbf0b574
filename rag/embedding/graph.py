"""The encoder as an ONNX graph for one text at a time, its matrix products in int8.

The network is BERT (Devlin et al. 2019) in the size of all-MiniLM-L6-v2: 6 layers, 384 wide, 12 heads.
Weights are quantised symmetrically, one scale an output channel; word vectors, one scale a word; what
goes into a product is quantised as it comes, one scale a text. Since a text is a batch of its own, there
is no padding and no vector depends on the texts beside it. Attention and normalisation stay in fp32.
Nodes are chosen by measurement on ONNX Runtime (its SkipLayerNormalization takes seven times as long as
Add and LayerNormalization) and fused already, so that opening a session optimises nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

LAYERS, HEADS, WIDTH, WINDOW = 6, 12, 384, 256
_FUSED = "com.microsoft"
# CPUs without VNNI add two products in 16 bits. With 127 for the largest weight that overflows so often
# that the error quadruples; with 96 hardly ever.
_LARGEST_CODE = 96
_EPSILON = 1e-12  # of the norms
_OPSET, _IR = 20, 9  # read by every ONNX Runtime since 1.17

Array = NDArray[Any]
Weights = Mapping[str, Array]


def build(weights: Weights, int8: bool = True, taps: Sequence[str] = (), window: int = WINDOW) -> ModelProto:
    """The graph: `input_ids` `(1, n)` int64 in, `states` `(1, n, 384)` float32 out, one a word piece.

    `weights` go by their names in the published checkpoint; those of `smoothing.smoothed` work too. At most `window`
    word pieces can be read.
    `int8=False` keeps everything in fp32: the yardstick for the other. `taps` names inner results that
    become outputs: the name of a norm, `encoder.layer.0.context` or `encoder.layer.0.gelu`.
    """
    return _Builder(weights, int8, window).model(taps)


def quantised(matrix: Array, largest: int = _LARGEST_CODE) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """`matrix` `(k, n)` as codes `(k, n)` and one scale a column `(n,)`: `codes * scales` is close to it."""
    scales = np.maximum(np.abs(matrix).max(axis=0) / largest, 1e-12).astype(np.float32)
    return np.rint(matrix / scales).astype(np.int8), scales


class _Builder:
    """Nodes and constants, as they are added. Methods return the name of the result they add."""

    def __init__(self, weights: Weights, int8: bool, window: int) -> None:
        self._weights = weights
        self._int8 = int8
        self._window = window
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def model(self, taps: Sequence[str]) -> ModelProto:
        states = self._embeddings()
        for layer in range(LAYERS):
            states = self._layer(states, f"encoder.layer.{layer}.")
        self._nodes[-1].output[0] = "states"
        shape: list[str | int] = [1, "n", WIDTH]
        graph = helper.make_graph(
            self._nodes,
            "minilm",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "n"])],
            [helper.make_tensor_value_info("states", TensorProto.FLOAT, shape)]
            + [helper.make_tensor_value_info(tap, TensorProto.FLOAT, None) for tap in taps],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR, producer_name="footnote")

    def _embeddings(self) -> str:
        segment = self._weights["embeddings.token_type_embeddings.weight"][0]
        positions = self._weights["embeddings.position_embeddings.weight"][: self._window] + segment
        length = self._add("Shape", ["input_ids"], "length", start=1)
        bounds = [self._constant("first", np.array([0])), length, self._constant("axis", np.array([1]))]
        placed = self._add("Slice", [self._constant("positions", positions[None]), *bounds], "placed")
        return self._normed(self._words(), placed, "embeddings.LayerNorm")

    def _words(self) -> str:
        table = self._weights["embeddings.word_embeddings.weight"]
        if not self._int8:
            return self._add("Gather", [self._constant("words", table), "input_ids"], "looked_up")
        codes, scales = quantised(table.T, 127)
        found = self._add("Gather", [self._constant("words", codes.T), "input_ids"], "codes")
        floats = self._add("Cast", [found], "floats", to=TensorProto.FLOAT)
        scale = self._add("Gather", [self._constant("word_scales", scales[:, None]), "input_ids"], "scales")
        return self._add("Mul", [floats, scale], "looked_up")

    def _layer(self, states: str, at: str) -> str:
        context = self._attention(states, at)
        product = self._product(context, f"{at}attention.output.dense")
        states = self._normed(product, self._scaled(states), f"{at}attention.output.LayerNorm")
        inner = self._product(states, f"{at}intermediate.dense", biased=False)
        bias = self._weight(f"{at}intermediate.dense.bias")
        active = self._scaled(self._add("BiasGelu", [inner, bias], f"{at}gelu", domain=_FUSED))
        product = self._product(active, f"{at}output.dense")
        return self._normed(product, self._scaled(states), f"{at}output.LayerNorm")

    def _attention(self, states: str, at: str) -> str:
        parts = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([self._weights[f"{part}.weight"] for part in parts]).T
        bias = self._constant(f"{at}bias", np.concatenate([self._weights[f"{part}.bias"] for part in parts]))
        if not self._int8:
            operands = [states, self._constant(f"{at}matrix", matrix), bias]
            return self._add("Attention", operands, f"{at}context", domain=_FUSED, num_heads=HEADS)
        names = [f"{at}{part}" for part in ("coded", "scale", "zero")]
        self._nodes.append(helper.make_node("DynamicQuantizeLinear", [states], names))
        coded, scale, zero = names
        codes, scales, zeros = self._quantised(matrix, at)
        operands = [coded, codes, bias, scale, scales, "", zero, zeros]
        return self._add("QAttention", operands, f"{at}context", domain=_FUSED, num_heads=HEADS)

    def _product(self, operand: str, at: str, biased: bool = True) -> str:
        """`operand` times the matrix of this name, and its bias added."""
        matrix = self._weights[f"{at}.weight"].T
        bias = [self._weight(f"{at}.bias")] if biased else []
        if self._int8:
            operands = [operand, *self._quantised(matrix, at), *bias]
            return self._add("DynamicQuantizeMatMul", operands, f"{at}.product", domain=_FUSED)
        product = self._add("MatMul", [operand, self._constant(f"{at}.matrix", matrix)], f"{at}.product")
        return self._add("Add", [product, *bias], f"{at}.sum") if biased else product

    def _quantised(self, matrix: Array, at: str) -> list[str]:
        codes, scales = quantised(matrix)
        zeros = np.zeros(matrix.shape[1], np.int8)
        parts: dict[str, Array] = {"codes": codes, "scales": scales, "zeros": zeros}
        return [self._constant(f"{at}.{part}", values) for part, values in parts.items()]

    def _normed(self, product: str, states: str, at: str) -> str:
        total = self._add("Add", [product, states], f"{at}.total")
        operands = [total, self._weight(f"{at}.weight"), self._weight(f"{at}.bias")]
        return self._add("LayerNormalization", operands, at, epsilon=_EPSILON)

    def _scaled(self, name: str) -> str:
        """A result times the factors that smoothing wants there, if any."""
        scale = f"{name}.scale"
        return self._add("Mul", [name, self._weight(scale)], f"{name}.scaled") if scale in self._weights else name

    def _weight(self, name: str) -> str:
        return self._constant(name, self._weights[name])

    def _constant(self, name: str, values: Array) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _add(self, operation: str, operands: Sequence[str], name: str, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(operation, operands, [name], **attributes))
        return name
