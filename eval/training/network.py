"""MiniLM in PyTorch, as the reader and the encoder are trained from it."""

from __future__ import annotations

import numpy as np
import torch
from transformers import BertConfig, BertModel


def minilm(weights: dict[str, np.ndarray]) -> BertModel:
    """The network with these weights, by their names in the published checkpoint. Word vectors will not learn, so that
    the published ones can be shared by all that is trained from them."""
    config = BertConfig(
        hidden_size=384, num_hidden_layers=6, intermediate_size=1536, hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0, attn_implementation="eager",  # the fastest of them on a CPU in bfloat16
    )  # fmt: skip
    network = BertModel(config, add_pooling_layer=False)
    own = {name: torch.from_numpy(np.array(values)) for name, values in weights.items()}
    network.load_state_dict({name: own[name] for name in network.state_dict() if name in own}, strict=False)
    network.embeddings.word_embeddings.weight.requires_grad_(False)
    return network


def rate(share: float) -> float:
    """A rise over the first tenth of the steps, then a straight fall."""
    return min(1.0, share / 0.1) * max(0.02, 1.0 - share)
