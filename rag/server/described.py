"""What the interface replies with, field by field, for its description: whoever builds on it can have a client made.

Only described: what is sent is `Answer.to_dict()` and the like as they are, and a test holds one against the other.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from rag.types import Route, Verdict


class Sent(BaseModel):
    """Something the interface sends: with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


class SentCitation(Sent):
    """A footnote: the span that supports a sentence, and where it stands."""

    n: int = Field(description="the number of its marker in the text, from 1")
    title: str
    passage: str = Field(description="the passage that the span stands in")
    start: int = Field(description="where the span begins in the paper's text, in characters (code points)")
    end: int
    score: float = Field(description="0 to 1")
    sources: list[str] = Field(description="names of the files that the paper was read from")
    quote: str = Field(description="the span itself")
    passage_start: int = Field(description="where the passage begins in the paper's text")
    paper_id: str = Field(description="the paper, as /v1/papers/{id} takes it")


class SentClaim(Sent):
    """One statement of the answer, and whether the spans that it cites support it."""

    text: str
    citations: list[int] = Field(description="numbers of the citations that it rests on")
    verdict: Verdict
    score: float = Field(description="0 to 1")
    reason: str = Field(description="why it is not supported, or could not be checked; else empty")
    supported: bool


class SentUsage(Sent):
    """What a language model was asked."""

    calls: int
    cached: int
    tokens_in: int
    tokens_out: int
    cost: float | None = Field(description="in the currency of the configured prices; null without prices")


class SentAnswer(Sent):
    """What a question gets."""

    question: str
    text: str = Field(description="the answer; each sentence ends in its markers, such as [1]")
    citations: list[SentCitation]
    claims: list[SentClaim]
    abstained: bool = Field(description="whether the papers do not answer; `nearest` then names the closest")
    route: Route
    papers: list[str] = Field(description="distinct titles cited, first cited first")
    engine: str = Field(description="extractive, or the name of the model that wrote it")
    degraded: str = Field(description="why it was written without the model; else empty")
    confidence: float = Field(description="0 to 1")
    nearest: list[str]
    examined: int = Field(description="papers that a list or a count looked at")
    timings: dict[str, float] = Field(description="seconds by stage, and in total")
    note: str = Field(description="what was left out, where something was")
    prompts: dict[str, str] = Field(description="hashes of the prompts used, by name")
    usage: SentUsage


class FoundPassage(Sent):
    """A passage of a paper that was found."""

    text: str
    start: int
    end: int
    score: float


class FoundPaper(Sent):
    """A paper that was found; higher scores are better, of one search among themselves."""

    id: str
    title: str
    score: float
    passages: list[FoundPassage] = Field(description="best first")


class Found(Sent):
    """What a search gets, best first."""

    papers: list[FoundPaper]


class ListedPaper(Sent):
    """A paper of the index."""

    id: str
    title: str
    sources: list[str]


class Listed(Sent):
    """A page of the index's papers; `total` counts all that fit."""

    total: int
    papers: list[ListedPaper]


class WholePaper(ListedPaper):
    """A paper with its text and what else was read: authors, year, doi, … as strings."""

    text: str
    metadata: dict[str, str]


class Ready(Sent):
    """That questions can be answered."""

    status: Literal["ready"]
    papers: int


class Model(Sent):
    """A model as OpenAI's protocol describes one."""

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(Sent):
    """The models there are."""

    object: Literal["list"]
    data: list[Model]


class Place(Sent):
    """A citation in a message: where its marker stands, in characters, and what it cites."""

    start_index: int
    end_index: int
    title: str
    url: str = Field(description="footnote:PAPER_ID#START-END, the span in the paper's text")
    quote: str


class Annotation(Sent):
    """An annotation of a message."""

    type: Literal["url_citation"]
    url_citation: Place


class Said(Sent):
    """The answer as a message."""

    role: Literal["assistant"]
    content: str
    refusal: None
    annotations: list[Annotation]


class Choice(Sent):
    """The one choice of a completion."""

    index: int
    message: Said
    finish_reason: Literal["stop"]
    logprobs: None


class Tokens(Sent):
    """What a language model read and wrote; 0 without one."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Beside(Sent):
    """What OpenAI's protocol has no field for."""

    abstained: bool = Field(description="whether the papers do not answer")
    degraded: str = Field(description="why it was written without the model; else empty")
    note: str = Field(description="what was left out, where something was")


class Completion(Sent):
    """A chat completion as OpenAI's protocol has it, and a field of ours, which a stream's last choice has too."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[Choice]
    usage: Tokens
    footnote: Beside
