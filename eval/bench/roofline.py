"""What this machine can do at most, and how near the encoder and a search come to it.

The encoder against the largest rate of products that ONNX Runtime reaches here with the same number types on one large
matrix; an exact search against the largest rate at which memory is read. Williams, Waterman and Patterson, "Roofline:
an insightful visual performance model", 2009.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.corpus import bundled, merge
from rag.embedding import load_embedder
from rag.settings import Settings

_LAYERS, _WIDTH, _INNER = 6, 384, 1536
_SIZE = 1024
_ROUNDS = 5


def roofline(settings: Settings) -> dict[str, float]:
    """Rates in multiply-adds counted twice (FLOP/s) and bytes a second; shares of the peak.

    `int8_peak` and `float_peak` are of one thread each, run on as many threads as the encoder uses.
    """
    embedder = load_embedder(settings.embedder, settings.models_folder, settings.threads)
    threads = getattr(embedder, "_threads", 1)
    texts = [f"{paper.title}\n{paper.text}" for paper in merge(list(bundled()))][:200]
    counts = embedder.count_tokens(texts)
    embedder.encode(texts[:8])
    seconds = min(_seconds(lambda: embedder.encode(texts)) for _ in range(3))
    achieved = sum(flops(min(count, embedder.window)) for count in counts) / seconds
    int8 = _on(threads, _int8_rate)
    return {
        "threads": threads,
        "encoder_flops": achieved,
        "texts_a_second": len(texts) / seconds,
        "int8_peak": int8,
        "float_peak": _on(threads, _float_rate),
        "encoder_share": achieved / int8,
        "bytes_a_second": _bandwidth(),
    }


def flops(tokens: int) -> float:
    """Multiply-adds, counted twice, of one text of so many word pieces through MiniLM: projections and the inner
    layers, and the products of attention."""
    projections = 4 * _WIDTH * _WIDTH + 2 * _WIDTH * _INNER
    return 2.0 * _LAYERS * (tokens * projections + 2 * tokens * tokens * _WIDTH)


def _on(threads: int, rate: Any) -> float:
    with ThreadPoolExecutor(threads) as pool:
        return float(sum(pool.map(lambda _: rate(), range(threads))))


def _int8_rate() -> float:
    """Of ONNX Runtime's own int8 product (dynamic quantisation, as in the encoder's graph), on one thread."""
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper

    weights = np.random.default_rng(0).integers(-127, 127, (_SIZE, _SIZE), dtype=np.int8)
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["a", "b"], ["c"])],
        "product",
        [helper.make_tensor_value_info("a", TensorProto.UINT8, [_SIZE, _SIZE])],
        [helper.make_tensor_value_info("c", TensorProto.INT32, [_SIZE, _SIZE])],
        [helper.make_tensor("b", TensorProto.INT8, [_SIZE, _SIZE], weights.tobytes(), raw=True)],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    given = np.random.default_rng(1).integers(0, 255, (_SIZE, _SIZE), dtype=np.uint8)
    session.run(None, {"a": given})
    return 2.0 * float(_SIZE) ** 3 / min(_seconds(lambda: session.run(None, {"a": given})) for _ in range(_ROUNDS))


def _float_rate() -> float:
    from rag.blas import one_thread

    left: NDArray[np.float32] = np.random.default_rng(0).standard_normal((_SIZE, _SIZE), dtype=np.float32)
    with one_thread():
        return 2.0 * float(_SIZE) ** 3 / min(_seconds(lambda: left @ left) for _ in range(_ROUNDS))


def _bandwidth() -> float:
    """Bytes a second of adding up half a gigabyte."""
    block = np.ones(64_000_000, dtype=np.float64)
    return block.nbytes / min(_seconds(block.sum) for _ in range(_ROUNDS))


def _seconds(work: Any) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
