"""The nouns that every other module speaks in: frozen, typed and JSON-serialisable.

All character offsets count Python characters (code points), half open: `text[start:end]`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal

Route = Literal["lookup", "compare", "survey", "count", "chat"]
Verdict = Literal["supported", "unsupported", "unchecked"]


@dataclass(frozen=True, slots=True)
class Source:
    """A file that a paper was read from.

    `name` is what people are shown (relative to the path they gave); `path` is where it lies on the
    ingesting machine, used to tell what has disappeared and never part of an answer.
    """

    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper. `sources[0]` is the source whose text is kept; `metadata` holds what a reader found
    beside title and text (`year`, `authors`, `doi`, `url`, …), all strings."""

    id: str
    title: str
    text: str
    sources: tuple[Source, ...]
    metadata: Mapping[str, str] = field(default_factory=dict)

    @property
    def source_names(self) -> tuple[str, ...]:
        """The names of the sources, in order, each once."""
        return tuple(dict.fromkeys(source.name for source in self.sources))


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one paper: `paper.text[start:end] == text`.

    `index` counts from 0 within the paper; `sources` are the names of the paper's sources.
    """

    id: str
    paper_id: str
    title: str
    text: str
    start: int
    end: int
    index: int
    sources: tuple[str, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RankedPassage:
    """A passage with its relevance to a query; higher is better."""

    passage: Passage
    score: float


@dataclass(frozen=True, slots=True)
class RankedPaper:
    """A paper with its relevance to a query, and the passages it earned that with, best first."""

    paper_id: str
    title: str
    score: float
    passages: tuple[RankedPassage, ...]


@dataclass(frozen=True, slots=True)
class Citation:
    """A footnote: the span that supports a sentence, and where it stands.

    `n` is the marker's number, from 1. `passage` is the text of the passage; `start` and `end` are the
    span's offsets in the paper's text, `passage_start` the passage's own, and `quote` the span itself:
    `passage[start - passage_start : end - passage_start] == quote`. `score` is in [0, 1].
    """

    n: int
    title: str
    passage: str
    start: int
    end: int
    score: float
    sources: tuple[str, ...]
    quote: str
    passage_start: int
    paper_id: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer with the numbers of the citations it rests on; `score` is in [0, 1].

    `reason` says why it is not supported, or why it could not be checked; empty where it is supported.
    """

    text: str
    citations: tuple[int, ...]
    verdict: Verdict
    score: float
    reason: str = ""

    @property
    def supported(self) -> bool:
        """Whether the cited spans were found to support the statement."""
        return self.verdict == "supported"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the conversation so far."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What language models were asked: calls, tokens in and out, and their cost where prices are configured.

    `cost` is in the currency of the configured prices, None without prices. Calls that a cache answered count
    in `cached` only.
    """

    calls: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        costs = [cost for cost in (self.cost, other.cost) if cost is not None]
        return Usage(
            self.calls + other.calls,
            self.cached + other.cached,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            sum(costs) if costs else None,
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """An event of a streamed answer: what is being done now, as a name among the keys of `Answer.timings`; `done`
    of `total` parts, where it has parts."""

    name: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Delta:
    """An event of a streamed answer: a piece of its text, in order, markers resolved."""

    text: str


@dataclass(frozen=True, slots=True)
class Restart:
    """An event of a streamed answer: what was shown so far is withdrawn, and the text starts anew."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a question gets.

    `text` carries its markers, `[1]`, each the `n` of one citation. `abstained` says that the papers do
    not answer; `nearest` then names the closest titles. `papers` are the distinct titles cited, first
    cited first. `engine` is "extractive" or a model's name; `degraded` says why it fell back, or is
    empty. `timings` are seconds by stage ("write" of a model's answer has "ground" in it). `examined` counts
    the papers judged by a survey or a count.
    `note` says what was left out, where a cap bit. `prompts` are the hashes of the prompts used, by name.
    """

    question: str
    text: str
    citations: tuple[Citation, ...]
    claims: tuple[Claim, ...]
    abstained: bool
    route: Route
    papers: tuple[str, ...]
    engine: str
    degraded: str = ""
    confidence: float = 0.0
    nearest: tuple[str, ...] = ()
    examined: int = 0
    timings: Mapping[str, float] = field(default_factory=dict)
    note: str = ""
    prompts: Mapping[str, str] = field(default_factory=dict)
    usage: Usage = Usage()

    def __str__(self) -> str:
        return self.text

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        """What a notebook shows: the text, and which paper each marker leads to."""
        sources = "".join(f"\n[{citation.n}] {citation.title}" for citation in self.citations)
        printer.text(f"{self.text}\n{sources}" if sources else self.text)

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain lists, dictionaries, strings and numbers, ready for `json.dumps`."""
        plain: dict[str, Any] = _in_lists(asdict(self))
        for claim, row in zip(self.claims, plain["claims"], strict=True):
            row["supported"] = claim.supported
        plain["timings"] = {stage: round(seconds, 6) for stage, seconds in self.timings.items()}
        return plain

    @classmethod
    def from_dict(cls, row: Mapping[str, Any]) -> Answer:
        """The answer that `to_dict` was called on, from JSON too; fields that are not known are left out."""
        known = {field.name for field in fields(cls)}
        plain = {name: value for name, value in row.items() if name in known}
        claims = [{name: value for name, value in claim.items() if name != "supported"} for claim in plain["claims"]]
        plain["claims"] = tuple(Claim(**{**claim, "citations": tuple(claim["citations"])}) for claim in claims)
        plain["citations"] = tuple(Citation(**{**c, "sources": tuple(c["sources"])}) for c in plain["citations"])
        plain["papers"], plain["nearest"] = tuple(plain["papers"]), tuple(plain.get("nearest", ()))
        plain["usage"] = Usage(**plain["usage"]) if isinstance(plain.get("usage"), Mapping) else Usage()
        return cls(**plain)


def _in_lists(value: Any) -> Any:
    """The same with lists for tuples, as JSON gives them back."""
    if isinstance(value, dict):
        return {name: _in_lists(part) for name, part in value.items()}
    return [_in_lists(part) for part in value] if isinstance(value, list | tuple) else value


Event = Stage | Delta | Restart | Answer
