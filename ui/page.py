"""The chat page: its layout, and what each of its parts sets off."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import gradio as gr

from ui.choices import Choices
from ui.corpus_map import CorpusMap, load_map
from ui.desk import Cut, Desk, Only, Opened
from ui.index_now import snapshot_now
from ui.library import Library
from ui.map_view import map_svg, members
from ui.papers_tab import lay_papers
from ui.settings_tab import lay_settings
from ui.turns import Chat, Turns

EXAMPLES = (
    "Which FP8 training method compresses optimizer states?",
    "How much memory does COAT save compared with BF16?",
    "How do COAT and APOLLO differ in how they save memory?",
    "Which papers mention ImageNet?",
)
STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf8")
SCRIPT = "<script>" + Path(__file__).with_name("page.js").read_text(encoding="utf8") + "</script>"
# What is shown after an answer waits its turn where the answer before is still being shown; by default it is dropped.
_AGAIN: Literal["always_last"] = "always_last"
_CHATS, _WAITING = 64, 256  # answers under way at once: most of them wait for a model; and those that wait for a turn
_BESIDE = 16  # threads of the page for all else that it does meanwhile
# What a browser keeps is read with this. It hides nothing; but Gradio would make up another one in each process, and a
# server that is started again would lose the settings, and which conversation stood open.
_KEPT = "footnote"
_SWEPT = (3600, 24 * 3600)  # seconds between two looks at uploads, and the age from which they are removed
# A click on what carries data-ask or data-cluster tells Python of it.
_CHOOSES = """element.addEventListener("click", event => {
  const chosen = event.target.closest("[data-ask], [data-cluster]");
  if (chosen) trigger("select", { ask: chosen.dataset.ask || "", cluster: chosen.dataset.cluster || "" });
});"""


def build(desk: Desk, home: Path) -> gr.Blocks:
    """The page, ready to be mounted; the map is kept in the folder `home`."""
    library = Library(desk.assistant)
    blocks = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True, delete_cache=_SWEPT)
    blocks.max_threads = _CHATS + _BESIDE  # of its own: by default it shares those of the HTTP interface, 40
    blocks.queue(default_concurrency_limit=_CHATS, max_size=_WAITING)
    with blocks:
        parts = _Parts()
        parts.listing()
        heading = gr.Markdown(desk.heading(), elem_id="heading")
        with gr.Tabs() as tabs:
            with gr.Tab("Ask", id="ask"), gr.Row(elem_classes="columns"):
                with gr.Column(scale=3, min_width=320):
                    parts.talk()
                    parts.filters()
                with gr.Column(scale=2, min_width=320):
                    parts.sources()
            with gr.Tab("Map", id="map") as map_tab:
                picture = gr.HTML('<p class="soft">Drawing …</p>', elem_id="map", js_on_load=_CHOOSES)
            with gr.Tab("Papers", id="papers") as papers_tab:
                lay_papers(library, desk, heading, papers_tab)
            with gr.Tab("Settings", id="settings"):
                lay_settings(desk, parts.choices, blocks)
        parts.footer = gr.HTML(desk.footer([]), elem_id="footer")
        answers = _wire_answers(desk, parts)
        _wire_cuts(desk, parts, answers)
        _wire_judging(desk, parts)
        _wire_exports(desk, parts)
        _wire_conversations(desk, parts, blocks, answers)
        _wire_filters(library, parts, blocks)
        _wire_choosing(desk, home, parts, picture, tabs)
        parts.hear.click(lambda: None, show_progress="hidden")
        map_tab.select(lambda: map_svg(_map(desk, home)), None, picture)
        blocks.load(desk.heading, None, heading)
    return blocks


def _map(desk: Desk, home: Path) -> CorpusMap:
    """The map of what is indexed now."""
    snapshot = snapshot_now(desk.assistant)
    return load_map(snapshot, home) if snapshot else CorpusMap("", (), ())


class _Parts:
    """The components, laid out group by group; each group's method makes its own."""

    def __init__(self) -> None:
        self.turns, self.seen = gr.State([]), gr.State([])
        self.key = gr.BrowserState("", storage_key="footnote-conversation", secret=_KEPT)
        self.choices = gr.BrowserState({}, storage_key="footnote-choices", secret=_KEPT)
        self.asking, self.judged, self.file = gr.State(""), gr.State(None), gr.JSON(visible=False)
        self.hear = gr.Button(elem_id="hear")  # pressed by the page's script only

    def listing(self) -> None:
        with gr.Sidebar(label="Conversations", open=False):
            self.new = gr.Button("New conversation")
            self.words = gr.Textbox(label="Search conversations", lines=1)
            self.found = gr.Radio(label="Conversations", choices=[], elem_id="found")
            self.title = gr.Textbox(label="Title of the open one", lines=1)
            self.rename = gr.Button("Rename", size="sm")
            self.delete = gr.Button("Delete", size="sm", variant="stop", elem_classes="twice")

    def talk(self) -> None:
        self.chat = gr.Chatbot(
            label="Conversation", height=520, show_label=False, buttons=["copy"], latex_delimiters=[], editable="user",
            placeholder="Ask about the papers: every sentence of an answer carries its footnote.",
            feedback_options=("Like", "Dislike"), elem_id="chat", autoscroll=False,
            examples=[{"text": text} for text in EXAMPLES],
        )  # fmt: skip
        with gr.Row(visible=False) as self.commenting:
            self.comment = gr.Textbox(label="What was right or wrong? (optional)", lines=1, scale=8, elem_id="comment")
            self.keep = gr.Button("Keep the comment", scale=1, min_width=120)
        with gr.Row():
            self.ask = gr.Textbox(
                label="Question", placeholder="A fact, a number, a comparison, a list …", autofocus=True,
                scale=8, lines=1, max_lines=6, elem_id="question",
            )  # fmt: skip
            self.send = gr.Button("Ask", variant="primary", scale=1, min_width=84, elem_id="send")
            self.stop = gr.Button("Stop", scale=1, min_width=84, elem_id="stop")  # in its place while an answer comes

    def filters(self) -> None:
        with gr.Accordion(Only().label(), open=False, elem_id="filters") as self.fold:
            with gr.Row():
                self.papers = gr.Dropdown(
                    label="Papers (titles, or a part of them)", choices=[], multiselect=True, allow_custom_value=True
                )
                self.sources_of = gr.Dropdown(
                    label="Sources", choices=[], multiselect=True, allow_custom_value=True
                )  # as titles: the index may change while the page is open
            with gr.Row(visible=False) as self.years:
                self.since = gr.Number(label="From year", precision=0, value=None)
                self.until = gr.Number(label="To year", precision=0, value=None)
            self.all = gr.Button("All papers", size="sm")
        self.undo = gr.Button("Undo the last question", size="sm", elem_id="undo")

    def sources(self) -> None:
        self.cards = gr.HTML(elem_id="sources", js_on_load=_CHOOSES)
        self.table = gr.Dataframe(
            headers=["paper", "sentence"],
            label="Listing",
            visible=False,
            interactive=False,
            wrap=True,
            max_height=420,
            column_widths=["35%", "65%"],
        )
        self.csv = gr.Button("Listing as CSV", size="sm", visible=False)
        with gr.Row(elem_id="exports"):
            self.markdown = gr.Button("Conversation as Markdown", size="sm")
            self.html = gr.Button("Conversation as HTML", size="sm")
            self.bibtex = gr.Button("Cited papers as BibTeX", size="sm")

    footer: gr.HTML

    @property
    def only(self) -> list[Any]:
        return [self.papers, self.sources_of, self.since, self.until]

    @property
    def opened(self) -> list[Any]:
        return [self.chat, self.cards, self.turns, self.key, self.title, self.asking, self.seen]

    @property
    def cut(self) -> list[Any]:
        return [self.chat, self.cards, self.turns, self.ask, self.asking]


def _wire_answers(desk: Desk, parts: _Parts) -> list[Any]:
    """Asking, asking again, editing, an example; gives the events that answer, for others to cancel."""

    def answer(
        question: str, turns: Turns, key: str, seen: Turns, kept: Any, papers: Any, sources: Any, since: Any,
        until: Any, request: gr.Request,
    ) -> Iterator[tuple[Chat, Any, Any, Any, Any, str, Any]]:  # fmt: skip
        choices = Choices.of(desk.assistant).taken(kept)
        yield from desk.answer(question, turns, key, seen, Only.of(papers, sources, since, until), choices, request)

    def edited(turns: Turns, change: gr.EditData) -> Cut:
        place = change.index if isinstance(change.index, int) else change.index[0]
        return desk.edited(turns, place, str(change.value))

    def example(data: gr.SelectData) -> str:
        value = data.value
        return str(value["text"] if isinstance(value, dict) else value)

    inputs = [parts.ask, parts.turns, parts.key, parts.seen, parts.choices, *parts.only]
    outputs = [parts.chat, parts.cards, parts.turns, parts.key, parts.ask, parts.asking, parts.seen]
    # A stopped event counts as running for a while: another mode would drop what is asked just then. The page's script
    # sees to it that one question is asked at a time.
    quiet: dict[str, Any] = {"show_progress": "hidden", "trigger_mode": "multiple"}
    submitted = gr.on([parts.ask.submit, parts.send.click], answer, inputs, outputs, **quiet)
    retried = parts.chat.retry(desk.undone, parts.turns, parts.cut).then(answer, inputs, outputs, **quiet)
    picked = parts.chat.example_select(example, None, parts.ask).then(answer, inputs, outputs, **quiet)
    changed = parts.chat.edit(edited, parts.turns, parts.cut).then(answer, inputs, outputs, **quiet)
    answers = [submitted, retried, picked, changed]
    for event in answers:
        _show_last(desk, parts, event)
        event.then(desk.listed, [parts.words, parts.key], [parts.found, parts.title], trigger_mode=_AGAIN)
    return answers


def _wire_cuts(desk: Desk, parts: _Parts, answers: list[Any]) -> None:
    """Stopping and undoing."""

    def stopped(turns: Turns, asking: str, typed: str) -> Any:
        return desk.cut(turns, len(turns), typed if typed.strip() else asking) if asking else (gr.skip(),) * 5

    _ended(parts.stop.click, answers)(stopped, [parts.turns, parts.asking, parts.ask], parts.cut)
    for event in (parts.undo.click, parts.chat.undo):
        done = _ended(event, answers)(desk.undone, parts.turns, parts.cut)
        done.then(desk.kept, [parts.turns, parts.key, parts.seen], [parts.key, parts.seen])
        _show_last(desk, parts, done)


def _ended(event: Any, answers: list[Any]) -> Any:
    """What to call for that which an event sets off once the answers that are coming have been ended.

    Given to the event itself, `cancels` would end them after it: their next piece would undo what it showed."""
    return event(None, cancels=answers).then


def _wire_exports(desk: Desk, parts: _Parts) -> None:
    for kind in ("csv", "markdown", "html", "bibtex"):
        button = getattr(parts, kind)
        button.click(lambda turns, kind=kind: desk.exported(turns, kind), parts.turns, parts.file).then(
            None, parts.file, None, js="file => window.footnoteSave(file)"
        )


def _show_last(desk: Desk, parts: _Parts, event: Any) -> None:
    """After an event, the table and the footer of the last answer that there is now."""
    event.then(desk.table, parts.turns, [parts.table, parts.csv], trigger_mode=_AGAIN)
    event.then(desk.footer, parts.turns, parts.footer, trigger_mode=_AGAIN)


def _wire_judging(desk: Desk, parts: _Parts) -> None:
    def judged(turns: Turns, like: gr.LikeData) -> tuple[Any, Any, Any]:
        place = like.index if isinstance(like.index, int) else like.index[0]
        if not isinstance(like.liked, bool):  # a thumb that is taken back says nothing
            return None, gr.update(visible=False), ""
        kept = desk.judge(turns, place, helpful=like.liked)
        return (place, like.liked) if kept else None, gr.update(visible=kept), ""

    def said(turns: Turns, judged: Any, comment: str) -> tuple[Any, Any]:
        if judged and comment.strip():
            desk.judge(turns, judged[0], helpful=judged[1], comment=comment.strip())
        return gr.update(visible=False), ""

    judging = [parts.judged, parts.commenting, parts.comment]
    parts.chat.like(judged, parts.turns, judging, trigger_mode="multiple")
    gr.on(
        [parts.keep.click, parts.comment.submit],
        said, [parts.turns, parts.judged, parts.comment], [parts.commenting, parts.comment],
    )  # fmt: skip


def _wire_conversations(desk: Desk, parts: _Parts, blocks: gr.Blocks, answers: list[Any]) -> None:
    def fresh() -> Opened:
        return [], desk.cards([]), [], "", "", "", []

    chosen = _ended(parts.found.input, answers)
    for event, given in ((chosen, parts.found), (blocks.load, parts.key)):
        _show_last(desk, parts, event(desk.opened, given, parts.opened, trigger_mode=_AGAIN))
    for event in (parts.new.click, parts.chat.clear):
        begun = _ended(event, answers)(fresh, None, parts.opened)
        begun.then(lambda: None, None, parts.found)
        _show_last(desk, parts, begun)
    parts.words.change(desk.listed, [parts.words, parts.key], [parts.found, parts.title])
    named = [parts.rename.click, parts.title.submit]
    gr.on(named, desk.renamed, [parts.key, parts.title, parts.words], parts.found)
    deleted = _ended(parts.delete.click, answers)(desk.deleted, [parts.key, parts.words], parts.found)
    _show_last(desk, parts, deleted.then(fresh, None, parts.opened))
    blocks.load(desk.listed, [parts.words, parts.key], [parts.found, parts.title])


def _wire_filters(library: Library, parts: _Parts, blocks: gr.Blocks) -> None:
    def filled() -> tuple[Any, Any, Any]:
        years = library.years()
        return (
            gr.update(choices=library.titles()),
            gr.update(choices=library.sources()),
            gr.update(visible=years is not None),
        )

    def told(papers: Any, sources: Any, since: Any, until: Any) -> Any:
        return gr.update(label=Only.of(papers, sources, since, until).label())

    blocks.load(filled, None, [parts.papers, parts.sources_of, parts.years])
    gr.on([part.change for part in parts.only], told, parts.only, parts.fold, show_progress="hidden")
    parts.all.click(lambda: ([], [], None, None), None, parts.only)


def _wire_choosing(desk: Desk, home: Path, parts: _Parts, picture: gr.HTML, tabs: gr.Tabs) -> None:
    """ "Ask about this paper", a dot or a cluster of the map: the filter takes it, and the input waits."""

    def chosen(data: gr.EventData) -> tuple[Any, Any, Any]:
        cluster, title = str(data._data.get("cluster", "")), str(data._data.get("ask", ""))
        titles = members(_map(desk, home), int(cluster)) if cluster.isdecimal() else [title]
        return gr.update(value=[title for title in titles if title]), gr.update(open=False), gr.update(selected="ask")

    for shown in (parts.cards, picture):
        shown.select(chosen, None, [parts.papers, parts.fold, tabs]).then(
            None, js="() => document.querySelector('#question textarea').focus()"
        )
