"""The Settings tab: what a visitor may choose, kept in their browser."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.answer_view import plain
from ui.choices import MODEL, SENTENCES, Choices, bounds
from ui.desk import Desk

_CHECKS = [("on this machine", "local"), ("by the model as well", "llm"), ("not at all", "off")]
_FATES = [("marked", "mark"), ("dropped", "drop"), ("a reason to refuse the answer", "abstain")]


def lay_settings(desk: Desk, kept: gr.BrowserState, blocks: gr.Blocks) -> None:
    """Lay the tab out and wire it; choices are kept in `kept`."""
    own = Choices.of(desk.assistant)
    model = desk.assistant.model
    if model is None:
        gr.Markdown(
            "No language model is configured: answers are sentences of the papers. The README says how to add one."
        )
    else:
        gr.Markdown(f"Language model: {plain(model.name)}. Its key stays on the server.")
    engine = gr.Radio([MODEL, SENTENCES], label="Answers are written by", value=MODEL, visible=model is not None)
    k = gr.Slider(*bounds("k"), own.k, step=1, label="Papers that a question is answered from")
    sentences = gr.Slider(
        *bounds("max_sentences"), own.max_sentences, step=1, label="Sentences in an answer without a model"
    )
    verify = gr.Radio(_CHECKS, label="Sentences of a model are checked", value=own.verify, visible=model is not None)
    unsupported = gr.Radio(_FATES, label="Unsupported sentences are", value=own.unsupported, visible=model is not None)
    knobs: list[Any] = [engine, k, sentences, verify, unsupported]

    def values(choices: Choices) -> list[Any]:
        return list(choices.to_dict().values())

    def keep(*given: Any) -> dict[str, Any]:
        return own.taken(dict(zip(own.to_dict(), given, strict=True))).to_dict()

    gr.on([knob.input for knob in knobs], keep, knobs, kept, show_progress="hidden", trigger_mode="always_last")
    blocks.load(lambda row: values(own.taken(row)), kept, knobs)
    gr.Button("As configured", size="sm").click(lambda: [*values(own), {}], None, [*knobs, kept])
