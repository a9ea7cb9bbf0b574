"""A real Chroma server in place of the folder: several homes, as several machines would have them, over one index."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from rag import index
from rag.asking import ready
from rag.assistant import Assistant
from rag.cli import main
from rag.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexMissingError,
    SettingsError,
    StoreError,
    UsageError,
)
from rag.index import Index
from rag.ingest import ingest, reindex, remove, repair
from rag.location import Server, location_of
from rag.settings import Settings, load_settings
from rag.store import COLLECTION, Store, connect, stored_papers
from tests.conftest import KEY
from tests.invented import PAPERS, numbered, write_jsonl
from tests.servers.processes import free_port, served

QUESTION = "By how much does FrogJump cut memory?"
Machine = Callable[[str], Settings]


@contextmanager
def chroma(folder: Path, port: int = 0) -> Iterator[int]:
    """`chroma run` on a free port of this machine, or on the one given."""
    port = port or free_port()
    program = Path(sys.executable).with_name("chroma")
    command = [str(program), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with served(command, port, "/api/v2/heartbeat"):
        yield port


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with chroma(tmp_path_factory.mktemp("server") / "data") as found:
        yield found


@pytest.fixture
def machine(port: int, tmp_path: Path, models_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    """The settings of a machine of that name, over the one server; the index there is emptied in the end."""
    monkeypatch.setattr(index, "_EVERY_S", 0.0)
    monkeypatch.setattr(index, "_PATIENCE_S", 60.0)

    def named(name: str) -> Settings:
        home = tmp_path / name
        if not home.exists():
            home.mkdir()
            (home / "models").symlink_to(models_home / "models")
        return load_settings(home=home, store=f"http://127.0.0.1:{port}", offline=True, lock_timeout_s=5)

    yield named
    cleaner = named("cleaner")
    with suppress(IndexMissingError):
        remove(cleaner, lambda paper: True)


def test_what_one_machine_ingests_all_of_them_answer_from(machine: Machine, tmp_path: Path, pond: Assistant) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    ingest([path], machine("writer"))
    reader = Assistant(machine("reader"), embedder=pond.embedder)
    assert "4.7x" in reader.ask(QUESTION).text
    assert reader.ask(QUESTION).text == Assistant(machine("writer"), embedder=pond.embedder).ask(QUESTION).text
    write_jsonl(path, {**PAPERS, **numbered(5)})
    assert ingest([path], machine("other writer")).added == 5  # the rest is there, though that machine never read it
    assert len(list(reader.snapshot.papers())) == len(PAPERS) + 5  # seen without a restart
    remove(machine("writer"), lambda paper: "FrogJump" in paper.title)
    assert "4.7x" not in reader.ask(QUESTION).text
    remove(machine("writer"), lambda paper: True)
    with pytest.raises(IndexMissingError):
        reader.ask(QUESTION)


def test_a_reader_never_fills_a_server(machine: Machine, tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError, match="nothing was ingested yet"):
        ready(machine("reader")).ask(QUESTION)
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], machine("writer"))
    remove(machine("writer"), lambda paper: True)
    for name in ("writer", "reader"):
        with pytest.raises(IndexMissingError):
            ready(machine(name)).ask(QUESTION)
    assert list(Index.of(machine("writer")).open_store().records()) == []


def test_the_index_is_the_same_as_in_a_folder(machine: Machine, tmp_path: Path, home: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", {**PAPERS, **numbered(20)})
    far, near = machine("writer"), load_settings(home=home, offline=True)
    assert ingest([path], far).revision == ingest([path], near).revision
    one, two = Index.of(far).snapshot(search=True), Index.of(near).snapshot(search=True)
    assert list(one.papers()) == list(two.papers())
    assert (one.vectors == two.vectors).all()


def test_every_store_keeps_the_contract(machine: Machine, tmp_path: Path, home: Path) -> None:
    """What is written is read back, replaced, found by its vector and deleted, in a folder as on a server."""
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    for settings in (machine("writer"), load_settings(home=home, offline=True)):
        ingest([path], settings)
        where = settings.store_location if Index.of(settings).is_remote else Index.of(settings).chroma
        searched = connect(where).get_collection(COLLECTION, embedding_function=None)
        store: Store = Index.of(settings).open_store()
        papers = stored_papers(store.records())
        assert {stored.paper.title: stored.paper.text for stored in papers.values()} == PAPERS
        records = [record for stored in papers.values() for record in stored.records]
        vectors = store.vectors([record.passage.id for record in records])
        for place in range(0, len(records), 3):
            near: Any = searched.query(query_embeddings=vectors[place : place + 1], n_results=3, include=["distances"])
            assert near["ids"][0][0] == records[place].passage.id
            assert near["distances"][0][0] == pytest.approx(0.0, abs=1e-4)
        store.write(records, vectors)
        assert len(list(store.records())) == len(records)
        store.delete([record.passage.id for record in records[:2]] + ["unknown"])
        assert len(list(store.records())) == len(records) - 2
        ingest([path, write_jsonl(tmp_path / "more.jsonl", numbered(1))], settings)
        assert len(list(store.records())) == len(records) + 1
        assert Index.of(settings).snapshot().paper_count == len(PAPERS) + 1


def is_known(settings: Settings) -> bool:
    """Whether a machine that is about to write knows what the server has to hold."""
    here = Index.of(settings)
    with here.locked(5):
        return not here.state().writing


def killed_as_it_finished(path: Path, settings: Settings) -> None:
    """Take the frogs out of a file, and end the ingest that notices it before it has told anybody."""
    write_jsonl(path, {title: text for title, text in PAPERS.items() if "Frog" not in title})

    def killed(stage: str, done: int, total: int) -> None:
        if stage == "finish":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest([path], settings, prune=True, progress=killed)


def test_a_write_that_one_machine_left_unfinished_is_known_to_all(machine: Machine, tmp_path: Path, port: int) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    ingest([path], machine("writer"))
    assert is_known(machine("writer"))
    assert is_known(machine("other"))
    killed_as_it_finished(path, machine("writer"))
    assert not is_known(machine("writer"))
    assert not is_known(machine("other"))
    more = write_jsonl(tmp_path / "b.jsonl", numbered(2))
    assert ingest([more], machine("other")).papers == len(PAPERS) + 1
    assert is_known(machine("other"))
    assert is_known(machine("third"))
    published = published_on(port)
    row = published.get(ids=["published"], include=["metadatas"])["metadatas"][0]
    published.update(ids=["published"], metadatas=[{**row, "noted": None}])  # as older versions wrote it
    assert not is_known(machine("fourth"))


def lose_rows(settings: Settings, title: str) -> None:
    """Take a paper's passages from the server, as no Footnote does."""
    store = Index.of(settings).open_store()
    store.delete([record.passage.id for record in store.records() if title in record.passage.title])


def test_a_paper_that_the_server_lost_is_missed_on_every_machine(machine: Machine, tmp_path: Path) -> None:
    path, more = write_jsonl(tmp_path / "a.jsonl", PAPERS), write_jsonl(tmp_path / "b.jsonl", numbered(2))
    ingest([path], machine("writer"))
    lose_rows(machine("writer"), "FrogJump")
    for name in ("writer", "other"):
        with pytest.raises(IndexDamagedError, match="has lost 'FrogJump"):
            ingest([more], machine(name))
        with pytest.raises(IndexDamagedError, match="has lost 'FrogJump"):
            remove(machine(name), lambda paper: "Otter" in paper.title)
    assert ingest([path, more], machine("other")).papers == len(PAPERS) + 2  # put back
    assert ingest([more], machine("writer")).unchanged == 2


def test_what_a_killed_machine_had_removed_is_not_missed_by_another(machine: Machine, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    ingest([path], machine("writer"))
    killed_as_it_finished(path, machine("writer"))
    more = write_jsonl(tmp_path / "b.jsonl", numbered(2))
    assert ingest([more], machine("other")).papers == len(PAPERS) + 1
    lose_rows(machine("other"), "Otter")  # what was left unfinished is finished, and counts again
    with pytest.raises(IndexDamagedError, match="has lost 'Otter"):
        ingest([write_jsonl(tmp_path / "c.jsonl", numbered(3))], machine("third"))
    ingest([path], machine("third"))


def test_two_machines_do_not_write_at_once(machine: Machine, tmp_path: Path) -> None:
    other = Index.of(machine("other"))
    told = pytest.raises(IndexBusyError, match="another machine")
    with Index.of(machine("writer")).locked(1), told, other.locked(0):
        pass
    with other.locked(1):
        pass  # given back


@pytest.mark.slow
def test_a_server_that_is_away(machine: Machine, tmp_path: Path, pond: Assistant, models_home: Path) -> None:
    home = tmp_path / "alone"
    home.mkdir()
    (home / "models").symlink_to(models_home / "models")
    data = tmp_path / "data"
    with chroma(data) as port:
        settings = load_settings(home=home, store=f"http://127.0.0.1:{port}", store_token=KEY, offline=True)
        ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
        assistant = Assistant(settings, embedder=pond.embedder)
        before = assistant.ask(QUESTION).text
        store = Index.of(settings).open_store()
    with pytest.raises(StoreError, match="cannot be used"):
        list(store.records())
    assert assistant.ask(QUESTION).text == before  # from what is here
    assert Assistant(settings, embedder=pond.embedder).ask(QUESTION).text == before
    with pytest.raises(StoreError, match="cannot be used"):
        ingest([write_jsonl(tmp_path / "a.jsonl", numbered(3))], settings)
    elsewhere = settings.model_copy(update={"home": tmp_path / "new"})
    with pytest.raises(StoreError) as told:
        Assistant(elsewhere, embedder=pond.embedder).ask(QUESTION)
    assert KEY not in str(told.value)
    with chroma(data, port):
        assert ingest([write_jsonl(tmp_path / "a.jsonl", {**PAPERS, **numbered(3)})], settings).added == 3


def test_a_damaged_publication_is_noticed(machine: Machine, tmp_path: Path, port: int, pond: Assistant) -> None:
    import chromadb

    settings = machine("writer")
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
    pieces = chromadb.HttpClient("127.0.0.1", port).get_collection("footnote-snapshot", embedding_function=None)
    row: Any = pieces.get(limit=1, include=["metadatas"])
    changed = {**row["metadatas"][0], "data": row["metadatas"][0]["data"][:-8] + "AAAAAAA="}
    pieces.update(ids=row["ids"], metadatas=[changed])
    with pytest.raises(StoreError):
        Assistant(machine("reader"), embedder=pond.embedder).ask(QUESTION)
    assert not list((tmp_path / "reader").rglob("*.part"))
    repair(settings)
    assert "4.7x" in Assistant(machine("reader"), embedder=pond.embedder).ask(QUESTION).text


def published_on(port: int) -> Any:
    """The collection that says what is to be read, and who writes."""
    return connect(Server("127.0.0.1", port)).get_collection("footnote-published", embedding_function=None)


def test_a_server_that_names_a_place_elsewhere_is_refused(
    machine: Machine, tmp_path: Path, port: int, pond: Assistant
) -> None:
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], machine("writer"))
    published, elsewhere = published_on(port), str(tmp_path / "elsewhere")
    row = published.get(ids=["published"], include=["metadatas"])["metadatas"][0]
    state = json.loads(row["state"])
    pieces = connect(Server("127.0.0.1", port)).get_collection("footnote-snapshot", embedding_function=None)
    held: Any = pieces.get(ids=[f"{state['revision']}:0"], include=["metadatas"])
    pieces.upsert(ids=[f"{elsewhere}:0"], embeddings=np.ones((1, 1)), metadatas=held["metadatas"])
    forged = {"pieces": 1, "state": json.dumps({**state, "revision": elsewhere})}
    published.update(ids=["published"], metadatas=[forged])
    try:
        with pytest.raises(IndexDamagedError, match="published index"):
            Assistant(machine("reader"), embedder=pond.embedder).ask(QUESTION)
        assert not Path(elsewhere).exists()
        assert "4.7x" in Assistant(machine("writer"), embedder=pond.embedder).ask(QUESTION).text
    finally:
        published.update(ids=["published"], metadatas=[row])
    newer = {**row, "state": json.dumps({**state, "colour": "green"})}  # a field that this version does not know
    published.update(ids=["published"], metadatas=[newer])
    assert "4.7x" in Assistant(machine("reader"), embedder=pond.embedder).ask(QUESTION).text


def test_a_writer_that_was_away_too_long_publishes_nothing(machine: Machine, tmp_path: Path, port: int) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    first = ingest([path], machine("writer")).revision
    write_jsonl(path, {**PAPERS, **numbered(3)})
    with ExitStack() as taken:

        def lose(stage: str, done: int, total: int) -> None:
            if stage == "finish" and not done:
                published_on(port).delete(ids=["writer"])  # as if its two minutes had passed
                taken.enter_context(Index.of(machine("other")).locked(5))

        with pytest.raises(IndexBusyError, match="another machine"):
            ingest([path], machine("writer"), progress=lose)
        assert Index.of(machine("reader")).state().revision == first
    ingest([path], machine("writer"))
    assert Index.of(machine("reader")).snapshot().paper_count == len(PAPERS) + 3


def test_what_is_being_written_here_is_not_cleared_away(machine: Machine, tmp_path: Path, pond: Assistant) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    first = ingest([path], machine("writer")).revision
    reader, here = Assistant(machine("reader"), embedder=pond.embedder), Index(machine("reader").index_folder)
    assert reader.snapshot.revision == first
    write_jsonl(path, {**PAPERS, **numbered(3)})
    second = ingest([path], machine("writer")).revision
    with here.locked(0):  # as another process holds it that ingests here
        unfinished = here.snapshots / "0123456789abcdef.part"
        unfinished.mkdir()
        assert reader.snapshot.revision == first
        assert unfinished.is_dir()
    assert reader.snapshot.revision == second
    assert [path.name for path in here.snapshots.iterdir()] == [second]


@contextmanager
def silent() -> Iterator[int]:
    """A server that takes connections and never replies."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield server.getsockname()[1]


def test_a_server_that_never_replies_keeps_no_question(
    home: Path, tmp_path: Path, pond: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index, "_EVERY_S", 0.0)
    monkeypatch.setattr(index, "_PATIENCE_S", 0.1)
    monkeypatch.setattr("rag.store._REPLY_S", 1.0)
    near = load_settings(home=home, offline=True)
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], near)
    with ThreadPoolExecutor(1) as other, silent() as port:
        far = load_settings(home=home, store=f"http://127.0.0.1:{port}", offline=True)
        shutil.copytree(near.index_folder, far.index_folder)
        assistant = Assistant(far, embedder=pond.embedder)
        answers = other.submit(lambda: [assistant.ask(QUESTION).text for _ in range(3)])
        assert all("4.7x" in text for text in answers.result(120))
        with pytest.raises(StoreError, match="cannot be used"):
            ingest([write_jsonl(tmp_path / "a.jsonl", numbered(3))], far)
        elsewhere = load_settings(home=tmp_path / "new", store=f"http://127.0.0.1:{port}", offline=True)
        with pytest.raises(StoreError, match="cannot be used"):
            Index.of(elsewhere)


@pytest.mark.slow
def test_what_a_slow_server_does_after_the_answer_is_not_told(home: Path, tmp_path: Path) -> None:
    near = load_settings(home=home, offline=True)
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], near)
    impatient = (
        "import sys, rag.index, rag.store\n"
        "from rag.cli import main\n"
        "rag.index._PATIENCE_S, rag.store._REPLY_S = 0.1, 3.0\n"
        f"sys.exit(main(['ask', '--offline', {QUESTION!r}]))\n"
    )
    with silent() as port:
        far = load_settings(home=home, store=f"http://127.0.0.1:{port}", offline=True)
        shutil.copytree(near.index_folder, far.index_folder)
        known = {**os.environ, "FOOTNOTE_HOME": str(home), "FOOTNOTE_STORE": far.store}
        done = subprocess.run([sys.executable, "-c", impatient], capture_output=True, text=True, env=known, check=False)
    assert done.returncode == 0
    assert "4.7x" in done.stdout
    assert done.stderr == "the Chroma server is slow to reply; answering from what is here\n"


def test_what_works_on_folders_only_says_so(machine: Machine, tmp_path: Path) -> None:
    settings = machine("writer")
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
    with pytest.raises(UsageError):
        reindex(settings)


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("http://chroma:8000", Server("chroma", 8000, False)),
        ("http://chroma", Server("chroma", 8000, False)),
        ("https://chroma.example", Server("chroma.example", 443, True)),
        ("cloud://lab/papers", Server("api.trychroma.com", 443, True, "lab", "papers")),
        ("", Path("default")),
        ("some/folder", Path("some/folder")),
    ],
)
def test_addresses(given: str, meant: object) -> None:
    assert location_of(given, Path("default")) == meant


@pytest.mark.parametrize(
    "given", ["http://", "ftp://x", "cloud://x", "http://x:port", f"http://me:{KEY}@x", "http://x/y"]
)
def test_no_addresses(given: str) -> None:
    with pytest.raises(SettingsError) as told:
        location_of(given, Path("default"))
    assert KEY not in str(told.value)


@pytest.mark.slow
def test_replicas_answer_through_restarts(tmp_path: Path, models_home: Path, pond: Assistant) -> None:
    """Two servers of answers over one Chroma server; each part is restarted during a load."""
    data = tmp_path / "data"
    with chroma(data) as port:
        writer = tmp_path / "writer"
        writer.mkdir()
        (writer / "models").symlink_to(models_home / "models")
        address = f"http://127.0.0.1:{port}"
        ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], load_settings(home=writer, store=address, offline=True))
    homes = [tmp_path / f"replica-{n}" for n in range(2)]
    for home in homes:
        home.mkdir()
        (home / "models").symlink_to(models_home / "models")
    with ThreadPoolExecutor(1) as crowd:
        with chroma(data, port), replica(homes[0], address) as one:
            stop: list[bool] = []
            with replica(homes[1], address) as two:
                load = crowd.submit(asked_until, stop, [one, two])
                time.sleep(2)
            time.sleep(1)  # one replica alone
            with replica(homes[1], address, int(two.rpartition(":")[2])):
                time.sleep(1)
        # The Chroma server is gone; what the replicas hold is enough.
        with replica(homes[0], address, int(one.rpartition(":")[2])):
            time.sleep(1)
            stop.append(True)
            answers, failed = load.result(60)
    assert answers > 20
    assert failed == 0


def asked_until(stop: list[bool], replicas: list[str]) -> tuple[int, int]:
    """Questions without end, each to one replica, and where that does not answer to the next, as a balancer does."""
    answers = failed = 0
    while not stop:
        for attempt in range(40):
            try:
                told = httpx.post(
                    f"{replicas[(answers + attempt) % 2]}/v1/ask", json={"question": QUESTION}, timeout=20
                )
                if told.status_code == 200 and "4.7x" in told.json()["text"]:
                    answers += 1
                    break
            except httpx.TransportError:
                pass
            time.sleep(0.25)
        else:
            failed += 1
    return answers, failed


@contextmanager
def replica(home: Path, store: str, port: int = 0) -> Iterator[str]:
    """`footnote serve` over a store."""
    port = port or free_port()
    known = {"FOOTNOTE_HOME": str(home), "FOOTNOTE_STORE": store, "FOOTNOTE_OFFLINE": "true"}
    command = [sys.executable, "-m", "rag.cli", "serve", "--port", str(port)]
    with served(command, port, "/readyz", environment=known) as (url, _):
        yield url


def test_from_the_command_line(
    machine: Machine, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FOOTNOTE_HOME", str(machine("here").home))
    monkeypatch.setenv("FOOTNOTE_STORE", f"http://127.0.0.1:{port}")
    assert main(["ingest", str(write_jsonl(tmp_path / "a.jsonl", PAPERS))]) == 0
    assert main(["ask", "--offline", QUESTION]) == 0
    assert main(["status"]) == 0
    assert main(["doctor"]) == 0
    assert main(["backup", str(tmp_path / "x.tar")]) == 2
    assert f"127.0.0.1:{port}" in capsys.readouterr().out
