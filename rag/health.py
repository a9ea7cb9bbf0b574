"""Is everything there that answers need? Encoder, index, language model: each looked at, each timed."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from prompts import load
from rag.chat_model import KEYLESS, Call, load_chat_model, telling_prompts
from rag.embedding import load_embedder
from rag.errors import FootnoteError, IndexDamagedError
from rag.index import Index, other_embedder
from rag.reading import load_reader
from rag.settings import Settings

_PATIENCE_S = 20.0  # seconds that a look at the model may take
_QUESTION = "How is the KV cache compressed?"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, what was found in one line, and what to do where it is not."""

    name: str
    ok: bool
    told: str
    hint: str = ""


def examine(settings: Settings) -> list[Finding]:
    """The findings on these settings, in the order in which a question needs the things. Never has a key in it."""
    return [
        Finding("home", True, str(settings.home)),
        _looked("encoder", lambda: _encoder(settings)),
        _looked("reader", lambda: _reader(settings)),
        _looked("index", lambda: _index(settings)),
        Finding("endpoint", True, _endpoint(settings), KEYLESS if _asks_without_key(settings) else ""),
        _looked("model", lambda: _model(settings)),
    ]


def _looked(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except FootnoteError as error:
        return Finding(name, False, error.message, error.hint)


def _encoder(settings: Settings) -> str:
    embedder = load_embedder(settings.embedder, settings.models_folder, settings.threads)
    started = time.perf_counter()
    embedder.encode([_QUESTION])
    return f"{embedder.name}, {(time.perf_counter() - started) * 1000:.1f} ms a question"


def _reader(settings: Settings) -> str:
    reader = load_reader(settings.models_folder)
    started = time.perf_counter()
    reader.read(_QUESTION, "A paper", ["It keeps two bits of each key and value."])
    return f"question and text together, from {(time.perf_counter() - started) * 1000:.1f} ms a text"


def _index(settings: Settings) -> str:
    index = Index.of(settings)
    state = index.state()
    if (index.folder / "chroma").exists() and not (index.folder / "state.json").exists():
        raise IndexDamagedError(
            f"{index.folder} has a folder 'chroma' and no state.json",
            "move the folder away, and restore or ingest again",
        )
    if not (state.revision or state.emptied or index.is_remote):
        return "nothing ingested yet: the first question takes in the bundled papers"
    snapshot = index.snapshot(search=True)
    embedder = load_embedder(settings.embedder, settings.models_folder, settings.threads).name
    if snapshot.manifest["embedder"] != embedder:
        raise other_embedder(snapshot.manifest["embedder"], embedder)
    unfinished = "; an ingest did not finish: run it again" if state.writing else ""
    return f"{snapshot.paper_count} papers in {len(snapshot)} passages, built with {state.embedder}{unfinished}"


def _endpoint(settings: Settings) -> str:
    """The model and where it is, without user names, keys or paths that the address may hold."""
    if settings.offline:
        return "switched off (offline): sentences are chosen without a model"
    model = load_chat_model(settings)
    if model is None and settings.llm_base_url and settings.sends_no_key:
        return "none: a file of this folder names an address, but no model to ask there without a key (FOOTNOTE_LLM)"
    if model is None:
        how = "set FOOTNOTE_LLM, or OPENAI_API_KEY in the environment"
        return f"none configured: sentences are chosen without a model ({how})"
    place = urlsplit(model.address)
    where = f"{place.hostname}:{place.port}" if place.port else place.hostname or "OpenAI"
    keyless = ", without a key" if _asks_without_key(settings) else ""
    return f"{model.name} at {where}, within {settings.llm_timeout_s:g} s{keyless}"


def _asks_without_key(settings: Settings) -> bool:
    return bool(settings.chat_model) and settings.sends_no_key


def _model(settings: Settings) -> str:
    """A small question to the model."""
    model = load_chat_model(settings.model_copy(update={"cache": False}))
    if model is None:
        return "not needed"
    call = Call(min(_PATIENCE_S, settings.llm_timeout_s))
    model.warm()
    with telling_prompts():
        messages = load("ready", settings.prompts).render(question=_QUESTION)
    started = time.perf_counter()
    model.complete(messages, call, max_tokens=50)
    return f"replied in {time.perf_counter() - started:.2f} s"
