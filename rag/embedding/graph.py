"""The encoder as an ONNX graph for one text at a time, its matrix products in int8.

The network is BERT (Devlin et al. 2019) in the size of all-MiniLM-L6-v2: 6 layers, 384 wide, 12 heads.
Weights are quantised symmetrically, one scale an output channel; word vectors, one scale a word; what
goes into a product is quantised as it comes, one scale a text. Since a text is a batch of its own, there
is no padding and no vector depends on the texts beside it. Attention and normalisation stay in fp32.
Nodes are the fused ones of ONNX Runtime's own domain, so that opening a session optimises nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

LAYERS, HEADS, WIDTH, WINDOW = 6, 12, 384, 256
_FUSED = "com.microsoft"
_MOST = 127  # of an int8 weight
_EPSILON = 1e-12  # of the layer norms
_OPSET, _IR = 20, 9  # read by every ONNX Runtime since 1.17

Array = NDArray[Any]
Weights = Mapping[str, Array]


def build(weights: Weights, int8: bool = True) -> ModelProto:
    """The graph: `input_ids` `(1, n)` int64 in, `states` `(1, n, 384)` float32 out, one a word piece.

    `weights` are those of the published checkpoint, by their names there. `int8=False` keeps everything
    in fp32: three times larger and half as fast, the yardstick for the other.
    """
    return _Builder(weights, int8).model()


class _Builder:
    def __init__(self, weights: Weights, int8: bool) -> None:
        self._weights = weights
        self._int8 = int8
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def model(self) -> ModelProto:
        states = self._embeddings()
        for layer in range(LAYERS):
            states = self._layer(states, f"encoder.layer.{layer}.")
        self._add("Identity", [states], "states")
        graph = helper.make_graph(
            self._nodes,
            "minilm",
            [helper.make_tensor_value_info("input_ids", TensorProto.INT64, [1, "n"])],
            [helper.make_tensor_value_info("states", TensorProto.FLOAT, [1, "n", WIDTH])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=_IR, producer_name="footnote")

    def _embeddings(self) -> str:
        words = self._weights["embeddings.word_embeddings.weight"]
        segment = self._weights["embeddings.token_type_embeddings.weight"][0]
        positions = self._weights["embeddings.position_embeddings.weight"][:WINDOW] + segment
        length = self._add("Shape", ["input_ids"], "length", start=1)
        bounds = [self._constant("first", np.array([0])), length, self._constant("axis", np.array([1]))]
        placed = self._add("Slice", [self._constant("positions", positions[None]), *bounds], "placed")
        norm = self._norm("embeddings.LayerNorm")
        return self._fused("SkipLayerNormalization", [self._words(words), placed, *norm], "embedded", epsilon=_EPSILON)

    def _words(self, table: Array) -> str:
        if not self._int8:
            return self._add("Gather", [self._constant("words", table), "input_ids"], "looked_up")
        codes, scales = quantised(table.T)
        found = self._add("Gather", [self._constant("words", codes.T), "input_ids"], "codes")
        scale = self._add("Gather", [self._constant("word_scales", scales[:, None]), "input_ids"], "code_scales")
        return self._add("Mul", [self._add("Cast", [found], "floats", to=TensorProto.FLOAT), scale], "looked_up")

    def _layer(self, states: str, at: str) -> str:
        context = self._attention(states, at)
        states = self._close(context, states, f"{at}attention.output")
        inner = self._product(states, f"{at}intermediate.dense")
        bias = self._constant(f"{at}inner_bias", self._weights[f"{at}intermediate.dense.bias"])
        return self._close(self._fused("BiasGelu", [inner, bias], f"{at}gelu"), states, f"{at}output")

    def _attention(self, states: str, at: str) -> str:
        parts = [f"{at}attention.self.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([self._weights[f"{part}.weight"] for part in parts]).T
        bias = self._constant(f"{at}bias", np.concatenate([self._weights[f"{part}.bias"] for part in parts]))
        if not self._int8:
            operands = [states, self._constant(f"{at}matrix", matrix), bias]
            return self._fused("Attention", operands, f"{at}context", num_heads=HEADS)
        codes, scales = self._quantised(matrix, at)
        names = [f"{at}{part}" for part in ("coded", "scale", "zero")]
        self._nodes.append(helper.make_node("DynamicQuantizeLinear", [states], names))
        coded, scale, zero = names
        zeros = self._constant(f"{at}zeros", np.zeros(matrix.shape[1], np.int8))
        operands = [coded, codes, bias, scale, scales, "", zero, zeros]
        return self._fused("QAttention", operands, f"{at}context", num_heads=HEADS)

    def _close(self, inner: str, states: str, at: str) -> str:
        """The last product of a block, the block's input added, and the norm."""
        bias = self._constant(f"{at}.bias", self._weights[f"{at}.dense.bias"])
        operands = [self._product(inner, f"{at}.dense"), states, *self._norm(f"{at}.LayerNorm"), bias]
        return self._fused("SkipLayerNormalization", operands, f"{at}.states", epsilon=_EPSILON)

    def _product(self, operand: str, at: str) -> str:
        matrix = self._weights[f"{at}.weight"].T
        if not self._int8:
            return self._add("MatMul", [operand, self._constant(f"{at}.matrix", matrix)], f"{at}.product")
        codes, scales = self._quantised(matrix, at)
        zeros = self._constant(f"{at}.zeros", np.zeros(matrix.shape[1], np.int8))
        return self._fused("DynamicQuantizeMatMul", [operand, codes, scales, zeros], f"{at}.product")

    def _quantised(self, matrix: Array, at: str) -> tuple[str, str]:
        codes, scales = quantised(matrix)
        return self._constant(f"{at}.codes", codes), self._constant(f"{at}.scales", scales)

    def _norm(self, at: str) -> list[str]:
        return [self._constant(f"{at}.{part}", self._weights[f"{at}.{part}"]) for part in ("weight", "bias")]

    def _constant(self, name: str, values: Array) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _add(self, operation: str, operands: Sequence[str], name: str, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(operation, operands, [name], **attributes))
        return name

    def _fused(self, operation: str, operands: Sequence[str], name: str, **attributes: Any) -> str:
        return self._add(operation, operands, name, domain=_FUSED, **attributes)


def quantised(matrix: Array) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """`matrix` `(k, n)` as codes `(k, n)` and one scale a column `(n,)`: `codes * scales` is close to it."""
    scales = np.maximum(np.abs(matrix).max(axis=0) / _MOST, 1e-12).astype(np.float32)
    return np.rint(matrix / scales).astype(np.int8), scales
