"""The chat page: a conversation, and beside it the sources of its last answer."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.errors import FootnoteError
from rag.ingest import ingest
from rag.types import Answer, Delta, Restart, Stage
from ui.answer_view import as_markdown, bibtex, chat_text, remarks, source_cards
from ui.conversations import Conversation, Conversations

EXAMPLES = (
    "Which FP8 training method compresses optimizer states?",
    "How much memory does COAT save compared with BF16?",
    "How do COAT and GaLore differ in what they compress?",
    "Which papers mention ImageNet?",
)
STYLE = Path(__file__).with_name("page.css").read_text(encoding="utf8")
SCRIPT = "<script>" + Path(__file__).with_name("page.js").read_text(encoding="utf8") + "</script>"
_CHATS = 64  # answers under way at once: most of them wait for a model
_OWNER = "local"
Chat = list[dict[str, Any]]
Turns = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Page:
    """What the page works on."""

    assistant: Assistant
    conversations: Conversations
    feedback: Path

    def heading(self) -> str:
        """What is indexed, and what answers."""
        snapshot = self.assistant.snapshot
        engine = self.assistant.model.name if self.assistant.model else "no language model: sentences of the papers"
        return f"# Footnote\n\n{snapshot.paper_count} papers in {len(snapshot)} passages. Engine: {engine}."

    def answer(
        self, question: str, turns: Turns, key: str, request: gr.Request
    ) -> Iterator[tuple[Chat, str, Turns, str, str]]:
        """Chat, sources, turns, key and an emptied input, again and again while the answer comes."""
        turns = [(q, a) for q, a in turns]
        question = question.strip()
        if not question:
            yield shown(turns), latest_cards(turns), turns, key, ""
            return
        number = len(turns) + 1
        chat = [*shown(turns), {"role": "user", "content": chat_text(question, 0)}]
        yield [*chat, said("…")], latest_cards(turns), turns, key, ""
        text = ""
        try:
            for event in self.assistant.stream(question, history_of(turns)):
                if isinstance(event, Delta):
                    text += event.text
                    yield [*chat, said(chat_text(text, number))], gr.skip(), turns, key, ""
                elif isinstance(event, Restart):
                    text = ""
                elif isinstance(event, Stage) and event.total:
                    yield [*chat, said(f"{event.done} of {event.total} papers judged …")], gr.skip(), turns, key, ""
                elif isinstance(event, Answer):
                    turns = [*turns, (question, event.to_dict())]
        except FootnoteError as error:
            yield [*chat, said(f"{error.message} ({error.hint})")], gr.skip(), turns, key, question
            return
        key = self.conversations.save(owner(request), turns, key)
        yield shown(turns), latest_cards(turns), turns, key, ""

    def opened(self, key: str | None, request: gr.Request) -> tuple[Chat, str, Turns, str]:
        """Chat, sources, turns and key of a kept conversation; an empty one for none."""
        found = self.conversations.load(owner(request), key) if key else None
        turns = list(found.turns) if found else []
        return shown(turns), latest_cards(turns), turns, found.id if found else ""

    def listed(self, words: str, request: gr.Request) -> Any:
        """The choices of the list of conversations."""
        found = self.conversations.search(owner(request), words or "")
        return gr.update(choices=[(entry.title, entry.id) for entry in found], value=None)

    def deleted(self, key: str, words: str, request: gr.Request) -> Any:
        """The list without the conversation that is open."""
        if key:
            self.conversations.delete(owner(request), key)
        return self.listed(words, request)

    def renamed(self, key: str, title: str, words: str, request: gr.Request) -> Any:
        """The list with the open conversation under another title."""
        if key and title.strip():
            self.conversations.rename(owner(request), key, title.strip())
        return self.listed(words, request)

    def uploaded(self, files: list[str] | None, progress: gr.Progress) -> tuple[str, str]:
        """A report on what was read from files, and the new heading."""
        if not files:
            return "", self.heading()

        def tell(stage: str, done: int, total: int) -> None:
            progress((done, total or None), desc=stage)

        try:
            report = ingest(list(files), self.assistant.settings, progress=tell)
        except FootnoteError as error:
            return f"Nothing was added. {error.message} {error.hint}", self.heading()
        lines = [
            f"{report.entries} entries read: {report.added} papers added, {report.updated} updated, "
            f"{report.unchanged} unchanged, {len(report.skipped)} things skipped."
        ]
        lines += [f"- skipped {chat_text(str(skipped), 0)}" for skipped in report.skipped[:50]]
        return "\n".join(lines), self.heading()

    def judged(self, turns: Turns, like: gr.LikeData) -> None:
        """Keep a thumb with its question, answer and revision, one line each."""
        place = like.index if isinstance(like.index, int) else like.index[0]
        turn = place // 2
        if not 0 <= turn < len(turns):
            return
        question, answer = turns[turn]
        line = {
            "question": question,
            "answer": answer,
            "helpful": bool(like.liked),
            "comment": "",
            "revision": self.assistant.snapshot.revision,
        }
        self.feedback.parent.mkdir(parents=True, exist_ok=True)
        with self.feedback.open("a", encoding="utf8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def found_papers(self, words: str) -> list[list[str]]:
        """Titles and sources of papers whose title has the words."""
        wanted = (words or "").casefold()
        papers = (paper for paper in self.assistant.snapshot.papers() if wanted in paper.title.casefold())
        return [[paper.title, ", ".join(paper.source_names)] for paper in papers][:500]


def build(page: Page) -> gr.Blocks:  # noqa: PLR0915 - a layout reads best in one piece
    """The page, ready to be mounted."""
    blocks = gr.Blocks(title="Footnote", analytics_enabled=False, fill_width=True)
    blocks.queue(default_concurrency_limit=_CHATS)
    with blocks:
        turns, key = gr.State([]), gr.BrowserState("", storage_key="footnote-conversation")
        with gr.Sidebar(label="Conversations", open=False):
            new = gr.Button("New conversation")
            words = gr.Textbox(label="Search conversations", lines=1)
            listing = gr.Radio(label="Conversations", choices=[])
            title = gr.Textbox(label="Title of the open one", lines=1)
            rename, delete = gr.Button("Rename", size="sm"), gr.Button("Delete", size="sm", variant="stop")
        heading = gr.Markdown(page.heading())
        with gr.Tab("Ask"), gr.Row(elem_classes="columns"):
            with gr.Column(scale=3, min_width=320):
                chat = gr.Chatbot(
                    label="Conversation", height=520, show_label=False, buttons=["copy"], latex_delimiters=[],
                    placeholder="Ask about the papers: every sentence of an answer carries its footnote.",
                    feedback_options=("Like", "Dislike"), elem_id="chat",
                )  # fmt: skip
                with gr.Row():
                    ask = gr.Textbox(
                        label="Question", placeholder="A fact, a number, a comparison, a list …", autofocus=True,
                        scale=8, lines=1, max_lines=6, elem_id="question",
                    )  # fmt: skip
                    send = gr.Button("Ask", variant="primary", scale=1, min_width=84)
                    stop = gr.Button("Stop", scale=1, min_width=84)
                examples = gr.Examples(list(EXAMPLES), inputs=ask, label="For example")
                del examples
                undo = gr.Button("Undo the last question", size="sm")
            with gr.Column(scale=2, min_width=320):
                cards = gr.HTML(latest_cards([]), elem_id="sources")
                table = gr.Dataframe(
                    headers=["paper", "sentence"], label="Listing", visible=False, interactive=False, wrap=True
                )
                with gr.Row():
                    markdown = gr.DownloadButton("Conversation as Markdown", size="sm")
                    bib = gr.DownloadButton("Cited papers as BibTeX", size="sm")
        with gr.Tab("Papers"):
            gr.Markdown("Add listing pages, JSON Lines, CSV, BibTeX, RIS, Markdown, text, PDF, or archives of these.")
            files = gr.File(label="Files", file_count="multiple")
            add = gr.Button("Add to the index", variant="primary")
            report = gr.Markdown()
            grep = gr.Textbox(label="Find papers by title", lines=1)
            found = gr.Dataframe(headers=["title", "sources"], interactive=False, wrap=True, max_height=420)
        answering = [chat, cards, turns, key, ask]
        opened = [chat, cards, turns, key]

        submitted = gr.on([ask.submit, send.click], page.answer, [ask, turns, key], answering, show_progress="hidden")
        submitted.then(_table, turns, table)
        submitted.then(page.listed, words, listing)
        stop.click(None, cancels=[submitted])
        undo.click(undone, turns, [chat, cards, turns, ask])
        chat.like(page.judged, turns, None)
        chat.retry(undone, turns, [chat, cards, turns, ask]).then(
            page.answer, [ask, turns, key], answering, show_progress="hidden"
        )
        chat.clear(_fresh, None, opened)
        chat.undo(undone, turns, [chat, cards, turns, ask])
        listing.input(page.opened, listing, opened).then(_table, turns, table)
        new.click(_fresh, None, opened)
        words.change(page.listed, words, listing)
        rename.click(page.renamed, [key, title, words], listing)
        delete.click(page.deleted, [key, words], listing).then(
            lambda: (shown([]), latest_cards([]), [], ""), None, opened
        )
        add.click(_uploader(page), files, [report, heading])
        grep.change(page.found_papers, grep, found)
        markdown.click(exported, turns, markdown)
        bib.click(cited, turns, bib)
        blocks.load(page.opened, key, opened)
        blocks.load(page.listed, words, listing)
        blocks.load(page.found_papers, grep, found)
    return blocks


def _fresh() -> tuple[Chat, str, Turns, str]:
    """An empty conversation."""
    return [], latest_cards([]), [], ""


def shown(turns: Turns) -> Chat:
    """The chat of some turns."""
    chat: Chat = []
    for number, (question, answer) in enumerate(turns, start=1):
        whole = Answer.from_dict(answer)
        chat.append({"role": "user", "content": chat_text(question, 0)})
        chat.append(said(chat_text(whole.text, number, whole) + remarks(whole)))
    return chat


def said(text: str) -> dict[str, Any]:
    """A message of the assistant."""
    return {"role": "assistant", "content": text}


def latest_cards(turns: Turns) -> str:
    """The sources of the last turn."""
    if not turns:
        return source_cards(_EMPTY, 0)
    return source_cards(Answer.from_dict(turns[-1][1]), len(turns))


def history_of(turns: Turns) -> list[dict[str, str]]:
    """The turns as `ask` takes them."""
    said_so_far = []
    for question, answer in turns:
        said_so_far += [{"role": "user", "content": question}, {"role": "assistant", "content": str(answer["text"])}]
    return said_so_far


def undone(turns: Turns) -> tuple[Chat, str, Turns, str]:
    """Without the last turn, whose question comes back into the input."""
    last = turns[-1][0] if turns else ""
    left = list(turns[:-1])
    return shown(left), latest_cards(left), left, last


def exported(turns: Turns) -> str:
    """A file with the conversation."""
    return _file("conversation.md", as_markdown([(question, Answer.from_dict(answer)) for question, answer in turns]))


def cited(turns: Turns) -> str:
    """A file with the papers that the last answer cites."""
    return _file("papers.bib", bibtex(Answer.from_dict(turns[-1][1])) if turns else "")


def owner(request: gr.Request | None) -> str:
    """Whose conversations these are: who is logged in, or the one user there is."""
    return str(getattr(request, "username", None) or _OWNER)


def _table(turns: Turns) -> Any:
    """A listing as a table that can be sorted."""
    answer = Answer.from_dict(turns[-1][1]) if turns else _EMPTY
    if answer.route not in ("survey", "count") or answer.abstained:
        return gr.update(visible=False)
    return gr.update(visible=True, value=[[citation.title, citation.quote] for citation in answer.citations])


def _uploader(page: Page) -> Any:
    def upload(files: list[str] | None, progress: gr.Progress = gr.Progress()) -> tuple[str, str]:  # noqa: B008
        return page.uploaded(files, progress)

    return upload


def _file(name: str, text: str) -> str:
    path = Path(tempfile.mkdtemp()) / name
    path.write_text(text, encoding="utf8")
    return str(path)


_EMPTY = Answer("", "", (), (), False, "chat", (), "")
__all__ = ["Conversation", "Page", "build"]
