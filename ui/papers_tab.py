"""The Papers tab: add files, find, remove."""

from __future__ import annotations

from typing import Any

import gradio as gr

from ui.desk import Desk
from ui.library import Library


def lay_papers(library: Library, desk: Desk, heading: gr.Markdown, tab: gr.Tab) -> None:
    """Lay the tab out and wire it; `heading` is told what the index holds."""
    gr.Markdown("Add listing pages, JSON Lines, CSV, BibTeX, RIS, Markdown, text, PDF, or archives of these.")
    files = gr.File(label="Files", file_count="multiple")
    add = gr.Button("Add to the index", variant="primary")
    report = gr.Markdown(elem_id="report")
    grep = gr.Textbox(label="Find papers by title", lines=1)
    found = gr.Dataframe(
        headers=["title", "year", "sources"],
        label="Papers",
        interactive=False,
        wrap=True,
        max_height=420,
        column_widths=["65%", "10%", "25%"],
    )
    with gr.Row():
        title = gr.Textbox(label="Paper to remove (click a row)", lines=1, scale=8, elem_id="removing")
        remove = gr.Button("Remove from the index", variant="stop", scale=1, min_width=160, elem_classes="twice")

    def uploaded(names: list[str] | None, progress: gr.Progress = gr.Progress()) -> str:  # noqa: B008 - Gradio's way
        return library.add(names or [], lambda stage, done, total: progress((done, total or None), desc=stage))

    def picked(row: gr.SelectData) -> str:
        return str(row.row_value[0]) if row.row_value else ""

    def seen(words: str) -> tuple[Any, str]:
        return library.find(words), desk.heading()

    add.click(uploaded, files, report).then(seen, grep, [found, heading])
    remove.click(library.remove, title, report).then(seen, grep, [found, heading])
    grep.change(library.find, grep, found)
    found.select(picked, None, title)
    tab.select(library.find, grep, found)
