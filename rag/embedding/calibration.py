"""How large the encoder's channels are: it is run in fp32 over a few lines of many kinds."""

from __future__ import annotations

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from rag.embedding.graph import WINDOW, Weights, build
from rag.embedding.smoothing import SITES, Range

_LINES = (
    "We present a transformer that reads a question, looks up passages in a large corpus, and writes an "
    "answer whose every sentence cites its source.",
    "On three benchmarks (F1 = 87.4, +2.3 points over the baseline) the method is 1.54x faster, uses 38% "
    "less memory, and needs no labels.",
    "How does the learning rate change the loss when batches grow from 32 to 4,096 examples?",
    "The patients (n = 1,204; mean age 57.3 years) were assigned at random to the drug or to placebo; "
    "mortality after 30 days did not differ (p = 0.41).",
    r"$\mathcal{O}(n \log n)$ time suffices if $\|x\|_2 \leq 1$, where \textbf{x} is sparse; see "
    "https://example.org/code_v2 and Table 3.",
    "Galaxies at redshift z > 6 emit in the far infrared, so their dust masses (10^8 solar masses) and star "
    "formation rates can be measured.",
    "Wir zeigen, dass kleine Modelle mehr können; les réseaux profonds généralisent; 我们提出了一种新的方法; "
    "нейронные сети.",
    "def encode(texts): return [model(t) for t in texts]  # GPU, int8, fp16, CUDA 12.1",
    "Diffusion models, GANs and VAEs generate images; LoRA, QLoRA and adapters fine-tune LLaMA-2-7B or "
    "GPT-4o on one A100.",
    "Bank failures in 1931 deepened the depression, whereas deposit insurance, introduced two years later, "
    "calmed savers.",
    "Methyltransferase inhibitors suppressed tumour growth in mice; CRISPR knock-outs of TP53 restored it.",
)
_TEXTS = (*_LINES, " ".join(_LINES[:6]), " ".join(_LINES[6:]), "What is attention?", "cats")


def ranges(weights: Weights, tokenizer: str) -> dict[str, Range]:
    """The smallest and the largest value of each channel at each of `smoothing.SITES`.

    `weights` are those of the checkpoint, `tokenizer` is the contents of its `tokenizer.json`.
    """
    cut = Tokenizer.from_str(tokenizer)
    cut.no_padding()
    cut.enable_truncation(WINDOW)
    session = onnxruntime.InferenceSession(
        build(weights, int8=False, taps=SITES).SerializeToString(), providers=["CPUExecutionProvider"]
    )
    seen = [session.run(SITES, {"input_ids": [cut.encode(text).ids]}) for text in _TEXTS]
    stacked = [np.concatenate([run[index][0] for run in seen]) for index in range(len(SITES))]
    return {site: (values.min(axis=0), values.max(axis=0)) for site, values in zip(SITES, stacked, strict=True)}
