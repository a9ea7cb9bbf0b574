"""What the page does with a conversation: answer, edit, undo, keep, open, judge, export."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import gradio as gr

from rag.assistant import Assistant
from rag.errors import FootnoteError
from rag.question import MAX_QUESTION
from rag.text.counted import counted
from rag.text.visible import visible
from rag.types import Answer, Delta, Restart, Stage
from ui.answer_view import chat_text, plain, unmarked
from ui.choices import Choices
from ui.conversations import Conversations
from ui.exports import as_csv, as_html, as_markdown, bibtex, inert
from ui.feedback import Feedback
from ui.index_now import snapshot_now
from ui.source_cards import Find, sources_pane
from ui.turns import Chat, Turns, answers_of, asked, going, history_of, said, shown

Cut = tuple[Chat, str, Turns, str, str]  # chat, sources, turns, input, what is being asked
Opened = tuple[Chat, str, Turns, str, str, str, Turns]  # chat, sources, turns, key, title, what is being asked, seen
_OWNER = "local"
_REMEMBERED = 50  # turns that a follow-up looks back on
_PACE_S = 0.2  # between two pieces of an answer: for each the browser lays the whole conversation out again


@dataclass(frozen=True, slots=True)
class Only:
    """What restricts the papers, as the page's filters give it."""

    papers: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    since: int | None = None
    until: int | None = None

    @classmethod
    def of(cls, papers: object, sources: object, since: object, until: object) -> Only:
        """From the values of the filters, whatever a browser sends."""
        return cls(_strings(papers), _strings(sources), _year(since), _year(until))

    def as_options(self) -> dict[str, Any]:
        """As `Assistant.stream` takes it."""
        return {"papers": self.papers, "sources": self.sources, "since": self.since, "until": self.until}

    def label(self) -> str:
        """What is looked at, in a few words."""
        parts = [f"“{title[:60]}”" for title in self.papers[:1]]
        parts += [f"and {len(self.papers) - 1} more"] if len(self.papers) > 1 else []
        parts += [", ".join(self.sources)[:60]] if self.sources else []
        if self.since is not None or self.until is not None:
            parts.append(f"{self.since or '…'} to {self.until or '…'}")
        return "Looking at: " + ("only " + ", ".join(parts) if parts else "all papers")


@dataclass(frozen=True, slots=True)
class Desk:
    """The assistant of the page with what it keeps."""

    assistant: Assistant
    conversations: Conversations
    feedback: Feedback

    def heading(self) -> str:
        """What is indexed, and what answers."""
        try:
            snapshot = self.assistant.snapshot
        except FootnoteError as error:
            return f"# Footnote\n\nNothing can be asked now: {plain(str(error))}. Files can be added under Papers."
        names: set[str] = set()
        for paper in snapshot.papers():
            names.update(paper.source_names)
        model = self.assistant.model
        engine = f"{plain(model.name)} writes the answers" if model else "Answers are sentences of the papers"
        papers, passages = counted(snapshot.paper_count, "paper"), counted(len(snapshot), "passage")
        return f"# Footnote\n\n{papers} in {passages} from {counted(len(names), 'source')}. {engine}."

    def answer(
        self, question: str, turns: Turns, key: str, seen: Turns, only: Only, choices: Choices, request: gr.Request
    ) -> Iterator[tuple[Chat, Any, Any, Any, Any, str, Any]]:
        """Chat, sources, turns, key, what remains in the input, what is being asked, and the turns that this page knows
        to be kept (`seen`), again and again while the answer comes, though not for each of its pieces. The input is
        emptied once only: the next question may be typed meanwhile."""
        turns = [(q, a) for q, a in turns or []]
        question = (question or "").strip()[:MAX_QUESTION]
        if not question:
            yield shown(turns), gr.skip(), turns, key, "", "", seen
            return
        number = len(turns) + 1
        chat = [*shown(turns), asked(question)]
        same = gr.skip()
        yield [*chat, going("")], same, same, same, "", question, same
        text, told_at = "", 0.0
        try:
            history = history_of(turns[-_REMEMBERED:])
            for event in self._engine(choices).stream(question, history, **only.as_options()):
                told = ""
                if isinstance(event, Delta):
                    text += event.text
                    told = chat_text(text, number)
                elif isinstance(event, Restart):
                    text = ""
                elif isinstance(event, Stage) and event.total:
                    told = f"{event.done} of {event.total} papers judged"
                elif isinstance(event, Answer):
                    turns = [*turns, (question, event.to_dict())]
                if told and time.monotonic() - told_at >= _PACE_S:
                    told_at = time.monotonic()
                    yield [*chat, going(told)], same, same, same, same, question, same
        except FootnoteError as error:
            yield [*chat, said(plain(str(error)))], gr.skip(), turns, key, question, "", seen
            return
        key = self.conversations.save(owner(request), turns, key, seen)
        yield shown(turns), self.cards(turns), turns, key, gr.skip(), "", turns

    def _engine(self, choices: Choices) -> Assistant:
        return _varied(self.assistant, self.assistant.snapshot.revision, choices)

    def cards(self, turns: Turns) -> str:
        """The sources pane of some turns."""
        return sources_pane(answers_of(turns), self._finding())

    def _finding(self) -> Find:
        """What gives the paper of an id, as the index is now."""
        snapshot = snapshot_now(self.assistant)
        return snapshot.find if snapshot else lambda _: None

    def opened(self, key: object, request: gr.Request) -> Opened:
        """A kept conversation, nothing being asked; an empty one for none, or one of somebody else."""
        found = self.conversations.load(owner(request), key) if isinstance(key, str) and key else None
        turns = list(found.turns) if found else []
        key, title = (found.id, found.title) if found else ("", "")
        return shown(turns), self.cards(turns), turns, key, title, "", turns

    def kept(self, turns: Turns, key: str, seen: Turns, request: gr.Request) -> tuple[str, Turns]:
        """Keep what is left of a conversation; its key, and the turns that are kept now."""
        return (self.conversations.save(owner(request), turns, key, seen), turns) if key else (key, seen)

    def listed(self, words: str, key: str, request: gr.Request) -> tuple[Any, Any]:
        """The list of conversations, the open one chosen, and the title of that."""
        found = self.conversations.search(owner(request), words or "")
        titles = {entry.id: visible(entry.title) for entry in found}
        chosen = key if key in titles else None
        listing = gr.update(choices=[(title, entry) for entry, title in titles.items()], value=chosen)
        return listing, titles[key] if chosen else gr.skip()

    def deleted(self, key: str, words: str, request: gr.Request) -> Any:
        """The list without the conversation that is open."""
        if key:
            self.conversations.delete(owner(request), key)
        return self.listed(words, "", request)[0]

    def renamed(self, key: str, title: str, words: str, request: gr.Request) -> Any:
        """The list with the open conversation under another title."""
        if key and title.strip():
            self.conversations.rename(owner(request), key, title.strip())
        return self.listed(words, key, request)[0]

    def undone(self, turns: Turns) -> Cut:
        """Without the last turn, whose question comes back into the input."""
        return self.cut(turns, len(turns) - 1, turns[-1][0] if turns else "")

    def edited(self, turns: Turns, place: int, text: str) -> Cut:
        """Without the turn at a place of the chat and all after it; its new wording stands in the input. Everything
        stays where nothing is left of the wording."""
        if not text.strip():
            return self.cut(turns, len(turns), "")
        return self.cut(turns, place // 2, unmarked(text))

    def cut(self, turns: Turns, kept: int, question: str) -> Cut:
        """The first turns only, a question for the input, and that nothing is being asked."""
        left = list(turns[: max(kept, 0)])
        return shown(left), self.cards(left), left, question, ""

    def judge(self, turns: Turns, place: int, *, helpful: bool, comment: str = "") -> bool:
        """Keep a thumb on the message at a place of the chat; whether there is such an answer."""
        turn = place // 2
        if not 0 <= turn < len(turns):
            return False
        question, answer = turns[turn]
        snapshot = snapshot_now(self.assistant)
        revision = snapshot.revision if snapshot else ""
        self.feedback.add(question, answer, revision, helpful=helpful, comment=comment)
        return True

    def exported(self, turns: Turns, kind: str) -> dict[str, str]:
        """Name and text of a file: the conversation (`markdown`, `html`), the papers cited last (`bibtex`), or the
        listing (`csv`)."""
        answers = answers_of(turns)
        if kind == "markdown":
            return {"name": "conversation.md", "text": as_markdown(answers)}
        if kind == "html":
            return {"name": "conversation.html", "text": as_html(answers)}
        if kind == "csv":
            return {"name": "listing.csv", "text": as_csv(answers[-1][1]) if answers else ""}
        return {"name": "papers.bib", "text": self._entries(answers[-1][1]) if answers else ""}

    def _entries(self, answer: Answer) -> str:
        ids = {citation.title: citation.paper_id for citation in answer.citations}
        find = self._finding()
        return bibtex(answer.papers, [find(ids.get(title, "")) for title in answer.papers])

    def table(self, turns: Turns) -> tuple[Any, Any]:
        """The last answer as a table that can be sorted, where it is a listing; and whether it can be had as CSV."""
        last = Answer.from_dict(turns[-1][1]) if turns else None
        if last is None or last.route not in ("survey", "count") or last.abstained or not last.citations:
            return gr.update(visible=False), gr.update(visible=False)
        rows = [[inert(citation.title), inert(citation.quote)] for citation in last.citations]
        return gr.update(visible=True, value=rows), gr.update(visible=True)

    def footer(self, turns: Turns) -> str:
        """Health, and where the time of the last answer went."""
        snapshot = snapshot_now(self.assistant)
        ready = (
            f"Ready: {counted(snapshot.paper_count, 'paper')}, index {snapshot.revision[:8]}"
            if snapshot
            else "Not ready"
        )
        parts = [ready]
        if turns:
            timings = turns[-1][1].get("timings", {})
            spent = ", ".join(f"{name} {1000 * seconds:.0f} ms" for name, seconds in timings.items() if name != "total")
            parts.append(f"last answer {timings.get('total', 0.0):.2f} s ({plain(spent)})")
        return '<p class="soft">' + " · ".join(parts) + "</p>"


def owner(request: gr.Request | None) -> str:
    """Whose conversations these are: who is logged in, or the one user there is."""
    return str(getattr(request, "username", None) or _OWNER)


@lru_cache(maxsize=64)
def _varied(assistant: Assistant, revision: str, choices: Choices) -> Assistant:
    """The assistant with a visitor's choices; `revision` has it made anew where the index changed."""
    del revision
    return assistant if choices == Choices.of(assistant) else assistant.varied(**choices.settings())


def _strings(values: object) -> list[str]:
    return [value[:1000] for value in values if isinstance(value, str)][:1000] if isinstance(values, list) else []


def _year(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return int(value) if 0 < value < 10_000 else None
