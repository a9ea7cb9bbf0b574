"""Ingesting for real: real Chroma, real files, real processes."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexMissingError,
    NothingToReadError,
    StoreError,
    UsageError,
)
from rag.index import Index
from rag.ingest import ingest, ingest_bundled, reindex, remove, repair
from rag.settings import Settings, load_settings
from rag.snapshot import Snapshot
from rag.store import Store, stored_papers
from tests.invented import PAPERS, numbered, write_jsonl

ROOT = Path(__file__).resolve().parents[1]
TITLES = list(PAPERS)


@pytest.fixture
def settings(home: Path) -> Settings:
    return load_settings(home=home)


def snapshot(settings: Settings) -> Snapshot:
    return Index(settings.index_folder).snapshot()


def content(settings: Settings) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {paper.title: (paper.text, paper.source_names) for paper in snapshot(settings).papers()}


def test_a_second_run_encodes_nothing_and_leaves_the_index(settings: Settings, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    first = ingest([path], settings)
    second = ingest([path], settings)
    assert (first.added, first.encoded > 0, second.encoded) == (len(PAPERS), True, 0)
    assert (second.unchanged, second.revision) == (len(PAPERS), first.revision)


def test_unchanged_files_are_not_read_again(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    first = ingest([path], settings)
    with monkeypatch.context() as patched:
        patched.setattr("rag.ingest.read", None)  # would fail
        again = ingest([path], settings)
    assert (again.entries, again.unchanged, again.papers, again.passages, again.revision) == (
        first.entries,
        len(PAPERS),
        first.papers,
        first.passages,
        first.revision,
    )
    remove(settings, lambda paper: paper.title == TITLES[0])
    assert ingest([path], settings).added == 1  # taken out since
    path.write_text(path.read_text(encoding="utf8").replace("4.7x", "4.8x"), encoding="utf8")
    assert ingest([path], settings).updated == 1  # one character of a file
    with path.open("a", encoding="utf8") as file:
        file.write("broken\n")
    assert len(ingest([path], settings).skipped) == len(ingest([path], settings).skipped) == 1  # told each time


def test_what_is_stored_is_what_was_read(settings: Settings, tmp_path: Path) -> None:
    long = {"Long": " ".join(f"Sentence {i} tells of pond number {i}." for i in range(150))}
    ingest([write_jsonl(tmp_path / "a.jsonl", {**PAPERS, **long})], settings)
    assert {title: text for title, (text, _) in content(settings).items()} == {**PAPERS, **long}
    opened = snapshot(settings)
    for position in range(len(opened)):
        passage = opened.passage(position)
        paper = opened.paper(int(opened.paper_of[position]))
        assert paper.text[passage.start : passage.end] == passage.text
    assert len(opened) > len(PAPERS) + 2  # every passage of the long paper is kept, the first ingest and the next
    ingest([write_jsonl(tmp_path / "a.jsonl", {**PAPERS, **long, "New": "One more. It is short."})], settings)
    assert content(settings)["Long"][0] == long["Long"]


def test_a_changed_paper_replaces_its_old_passages(settings: Settings, tmp_path: Path) -> None:
    long = " ".join(f"Old sentence {i} about frogs in the pond." for i in range(100))
    ingest([write_jsonl(tmp_path / "a.jsonl", {"Frogs": long, **PAPERS})], settings)
    report = ingest([write_jsonl(tmp_path / "a.jsonl", {"Frogs": "All new. And shorter.", **PAPERS})], settings)
    assert (report.updated, report.unchanged) == (1, len(PAPERS))
    records = stored_papers(Store(Index(settings.index_folder).chroma).records())
    assert [paper.whole for paper in records.values()] == [True] * (len(PAPERS) + 1)
    assert content(settings)["Frogs"][0] == "All new. And shorter."


def test_a_paper_in_two_files_keeps_both_sources_and_the_longer_text(settings: Settings, tmp_path: Path) -> None:
    title, text = TITLES[0], PAPERS[TITLES[0]]
    one = write_jsonl(tmp_path / "one.jsonl", {title: text[:100].rsplit(".", 1)[0] + "."})
    two = write_jsonl(tmp_path / "two.jsonl", {title.upper(): text})
    ingest([one], settings)
    before = snapshot(settings).vectors.copy()
    report = ingest([two], settings)
    (kept,) = content(settings).values()
    assert (kept, report.updated) == ((text, ("two.jsonl", "one.jsonl")), 1)
    assert before.shape == snapshot(settings).vectors.shape


def test_new_sources_keep_the_vectors(settings: Settings, tmp_path: Path) -> None:
    ingest([write_jsonl(tmp_path / "one.jsonl", PAPERS)], settings)
    report = ingest([write_jsonl(tmp_path / "two.jsonl", PAPERS)], settings)
    assert (report.encoded, report.updated) == (0, len(PAPERS))
    assert {sources for _, sources in content(settings).values()} == {("one.jsonl", "two.jsonl")}


def test_an_edited_file_may_shorten_its_own_text(settings: Settings, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", {"Frogs": "A long text. With two sentences."})
    ingest([path], settings)
    ingest([write_jsonl(path, {"Frogs": "Now short."})], settings)
    assert content(settings)["Frogs"][0] == "Now short."


def test_a_real_text_replaces_a_bundled_digest(settings: Settings, tmp_path: Path) -> None:
    ingest_bundled(settings)
    digest = next(iter(snapshot(settings).papers()))
    ingest([write_jsonl(tmp_path / "real.jsonl", {digest.title: "The real text. It is short."})], settings)
    assert content(settings)[digest.title] == ("The real text. It is short.", ("real.jsonl",))
    ingest_bundled(settings)
    assert content(settings)[digest.title][0] == "The real text. It is short."


def test_prune_removes_what_disappeared_below_the_paths_and_nothing_else(settings: Settings, tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.mkdir()
    other.mkdir()
    write_jsonl(mine / "a.jsonl", dict(list(PAPERS.items())[:3]))
    write_jsonl(mine / "b.jsonl", dict(list(PAPERS.items())[3:5]))
    write_jsonl(other / "c.jsonl", dict(list(PAPERS.items())[5:7]))
    ingest([mine, other], settings)
    (mine / "b.jsonl").unlink()
    assert ingest([mine], settings).removed == 0
    assert ingest([mine], settings, prune=True).removed == 2
    assert set(content(settings)) == {*TITLES[:3], *TITLES[5:7]}


def test_prune_keeps_the_papers_of_damaged_files_however_they_were_named(settings: Settings, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "one.json").write_text('{"papers": [\n{"title": "Kites in Wind", "abstract": "They fly."}\n]}')
    write_jsonl(mine / "b.jsonl", {TITLES[0]: PAPERS[TITLES[0]]})
    ingest([mine / "one.json"], settings)  # known as "one.json", and not as "mine/one.json"
    ingest([mine / "b.jsonl"], settings)
    (mine / "one.json").write_text('{"papers": [\n{"title": "Kites')
    assert ingest([mine], settings, prune=True).removed == 0
    assert set(content(settings)) == {"Kites in Wind", TITLES[0]}


def test_files_of_one_name_in_two_folders_are_two_sources(settings: Settings, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        folder.mkdir()
        write_jsonl(folder / "refs.jsonl", {TITLES[0]: PAPERS[TITLES[0]]})
        ingest([folder / "refs.jsonl"], settings)
    write_jsonl(one / "refs.jsonl", {TITLES[0]: PAPERS[TITLES[0]], TITLES[1]: PAPERS[TITLES[1]]})
    ingest([one / "refs.jsonl"], settings)
    write_jsonl(one / "refs.jsonl", {TITLES[1]: PAPERS[TITLES[1]]})
    assert ingest([one / "refs.jsonl"], settings, prune=True).removed == 0
    assert TITLES[0] in content(settings)


def test_metadata_that_another_file_gives_stay(settings: Settings, tmp_path: Path) -> None:
    bare, told = tmp_path / "bare.jsonl", tmp_path / "told.jsonl"
    bare.write_text('{"title": "Kites", "abstract": "They fly very high in the wind."}\n')
    told.write_text('{"title": "Kites", "abstract": "They fly.", "year": 2021}\n')
    ingest([bare], settings)
    ingest([told], settings)
    assert ingest([bare], settings).updated == 0
    (paper,) = snapshot(settings).papers()
    assert paper.metadata["year"] == "2021"


def test_prune_keeps_what_could_not_be_read(settings: Settings, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    write_jsonl(mine / "a.jsonl", dict(list(PAPERS.items())[:3]))
    write_jsonl(mine / "b.jsonl", dict(list(PAPERS.items())[3:5]))
    ingest([mine], settings)
    (mine / "b.jsonl").write_bytes(b"")
    report = ingest([mine], settings, prune=True)
    assert report.skipped
    assert report.removed == 0
    with pytest.raises(UsageError, match="elsewhere"):
        ingest([tmp_path / "elsewhere"], settings, prune=True)
    assert set(content(settings)) == set(TITLES[:5])


def test_prune_knows_a_folder_by_its_short_name(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    mine = tmp_path / "mine"
    mine.mkdir()
    write_jsonl(mine / "a.jsonl", dict(list(PAPERS.items())[:3]))
    ingest([mine], settings)
    report = ingest(["~/mine"], settings, prune=True)
    assert (report.removed, report.unchanged, report.skipped) == (0, 3, [])
    write_jsonl(mine / "a.jsonl", dict(list(PAPERS.items())[:2]))
    assert ingest([Path("~/mine")], settings, prune=True).removed == 1
    with pytest.raises(UsageError, match="~/elsewhere is not there"):
        ingest(["~/elsewhere"], settings, prune=True)


def test_prune_goes_by_nothing_that_could_not_be_read(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def vanish(*_: object) -> str:
        (mine / "a.jsonl").unlink()
        mine.rmdir()
        return ""

    mine = tmp_path / "mine"
    mine.mkdir()
    write_jsonl(mine / "a.jsonl", dict(list(PAPERS.items())[:3]))
    ingest([mine], settings)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr("rag.ingest.fingerprint", vanish)  # the first look at the files
    report = ingest(["~/mine"], settings, prune=True)
    assert (report.removed, len(report.skipped)) == (0, 1)
    assert set(content(settings)) == set(TITLES[:3])


@pytest.mark.parametrize(("first", "then"), [("link", "link"), ("real", "link"), ("link", "real")])
def test_what_is_reached_by_a_link_is_updated_and_pruned(
    settings: Settings, tmp_path: Path, first: str, then: str
) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    file = write_jsonl(tmp_path / "real/a.jsonl", {"Newts": "A long text. It is wrong.", "Toads": "They stay at home."})
    ingest([tmp_path / first], settings)
    write_jsonl(file, {"Newts": "Now short."})
    report = ingest([tmp_path / then], settings, prune=True)
    assert (report.updated, report.removed) == (1, 1)
    assert content(settings) == {"Newts": ("Now short.", (f"{then}/a.jsonl",))}
    assert ingest([tmp_path / then], settings, prune=True).unchanged == 1


def test_a_damaged_file_keeps_what_it_gave_to_papers_of_others(settings: Settings, tmp_path: Path) -> None:
    mine, text = tmp_path / "mine", "The whole text. It has more to say."
    mine.mkdir()
    write_jsonl(mine / "a.jsonl", {"Frogs": "A digest."})
    whole = write_jsonl(mine / "b.jsonl", {"Frogs": text})
    ingest([mine], settings)
    whole.write_bytes(b"\x00\x01damaged")
    for prune in (False, True):
        assert len(ingest([mine], settings, prune=prune).skipped) == 1
        assert content(settings) == {"Frogs": (text, ("mine/b.jsonl", "mine/a.jsonl"))}
    write_jsonl(whole, {"Frogs": "Now short."})
    ingest([mine], settings)
    assert content(settings)["Frogs"][0] == "Now short."


@pytest.mark.parametrize("title", ["What Is It?", "تحليل"])
def test_a_title_without_a_search_word(settings: Settings, tmp_path: Path, title: str) -> None:
    text = "Frogs jump over 3 logs at once. They sleep at night."
    assert ingest([write_jsonl(tmp_path / "a.jsonl", {title: text})], settings).papers == 1
    assert "3 logs" in Assistant(settings).ask("How many logs do frogs jump over at once?").text


def test_a_repair_that_cannot_be_leaves_the_index(settings: Settings, tmp_path: Path) -> None:
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
    index = Index(settings.index_folder)
    index.save(replace(index.state(), embedder="another"))
    with pytest.raises(IndexMismatchError):
        repair(settings)
    assert set(content(settings)) == set(TITLES)
    assert not list(settings.index_folder.glob("rebuilt-*"))


def test_removing_papers(settings: Settings, tmp_path: Path) -> None:
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
    gone = remove(settings, lambda paper: paper.title == TITLES[0])
    assert [paper.title for paper in gone] == [TITLES[0]]
    assert TITLES[0] not in content(settings)
    remove(settings, lambda paper: True)
    with pytest.raises(IndexMissingError):
        snapshot(settings)


def test_nothing_to_read_is_said(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").touch()
    with pytest.raises(NothingToReadError, match=r"empty\.jsonl"):
        ingest([tmp_path / "empty.jsonl"], settings)


def test_another_embedder_is_refused(settings: Settings, tmp_path: Path) -> None:
    path = write_jsonl(tmp_path / "a.jsonl", PAPERS)
    ingest([path], settings)
    index = Index(settings.index_folder)
    index.save(replace(index.state(), embedder="another"))
    with pytest.raises(IndexMismatchError, match="another"):
        ingest([path], settings)


def test_a_damaged_snapshot_is_noticed_and_repaired(settings: Settings, tmp_path: Path) -> None:
    report = ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
    vectors = snapshot(settings).folder / "vectors.npy"
    vectors.write_bytes(vectors.read_bytes()[:-1])
    with pytest.raises(IndexDamagedError, match=r"vectors\.npy"):
        snapshot(settings)
    assert repair(settings).revision == report.revision
    assert len(snapshot(settings)) == report.passages


def test_a_repair_takes_a_sound_index_from_nobody(settings: Settings, tmp_path: Path) -> None:
    report = ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
    folder, seen = snapshot(settings).folder, list[str]()
    before = folder.stat().st_ino
    repaired = repair(settings, progress=lambda *_: seen.append(snapshot(settings).revision))
    assert set(seen) == {repaired.revision} == {report.revision}
    assert snapshot(settings).folder.stat().st_ino == before  # not even exchanged
    assert not Index(settings.index_folder).state().writing


def test_a_repair_looks_at_what_opening_leaves_unread(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
    monkeypatch.setattr("rag.snapshot._CHECKED_BYTES", 0)  # as if all files were large
    tokens = snapshot(settings).folder / "tokens.npy"
    whole = tokens.read_bytes()
    tokens.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    snapshot(settings)
    repair(settings)
    assert tokens.read_bytes() == whole


def test_a_repair_keeps_to_the_store(settings: Settings, tmp_path: Path) -> None:
    long = " ".join(f"Sentence {i} tells of pond number {i}." for i in range(150))
    path, new = write_jsonl(tmp_path / "a.jsonl", {"Long": long, **PAPERS}), tmp_path / "b.jsonl"
    report = ingest([path], settings)
    write_jsonl(new, {"Newt": "It is new."})
    store = Store(Index(settings.index_folder).chroma)
    records = list(store.records())
    last = next(r for r in records if r.passage.title == "Long" and r.passage.index == r.count - 1)
    first = [record.passage.id for record in records if record.passage.title == TITLES[0]]
    for gone, told in (
        ([last.passage.id], "has lost 'Long'"),
        (first, "has lost 2 papers, '"),
        ([record.passage.id for record in records], f"has lost {len(PAPERS) + 1} papers"),
    ):
        store.delete(gone)
        for mend in (repair, reindex):
            with pytest.raises(IndexDamagedError, match=told):
                mend(settings)
        with pytest.raises(IndexDamagedError, match=told):
            ingest([new], settings)
        with pytest.raises(IndexDamagedError, match=told):
            remove(settings, lambda paper: paper.title == "Long")
        assert snapshot(settings).revision == report.revision
    ended = ingest([path, new], settings)
    assert (ended.added, ended.updated) == (len(PAPERS) + 2, 0)
    assert content(settings) == {
        **{title: (text, ("a.jsonl",)) for title, text in {"Long": long, **PAPERS}.items()},
        "Newt": ("It is new.", ("b.jsonl",)),
    }


def test_a_paper_that_the_store_lost_is_put_back_with_all_that_was_known_of_it(
    settings: Settings, tmp_path: Path
) -> None:
    one, two = (write_jsonl(tmp_path / name, dict(list(PAPERS.items())[:2])) for name in ("one.jsonl", "two.jsonl"))
    before = (ingest([one], settings), ingest([two], settings))[1]
    store = Store(Index(settings.index_folder).chroma)
    store.delete([record.passage.id for record in store.records() if record.passage.title == TITLES[0]])
    with pytest.raises(IndexDamagedError, match="FrogJump"):
        repair(settings)
    report = ingest([two], settings)
    assert (report.added, report.revision) == (1, before.revision)


def test_encoding_all_again_keeps_what_an_interrupted_ingest_stored(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    ingest([write_jsonl(tmp_path / "a.jsonl", dict(list(PAPERS.items())[:3]))], settings)
    more = write_jsonl(tmp_path / "b.jsonl", dict(list(PAPERS.items())[3:]))
    with monkeypatch.context() as patched:
        patched.setattr("rag.index_writer.write_snapshot", stop)
        with pytest.raises(KeyboardInterrupt):
            ingest([more], settings)
    assert set(content(settings)) == set(TITLES[:3])
    report = reindex(settings)
    assert (report.papers, report.entries) == (len(PAPERS), len(PAPERS))
    assert {title: text for title, (text, _) in content(settings).items()} == PAPERS
    assert content(settings)[TITLES[0]][1] == ("a.jsonl",)


def test_a_folder_of_somebody_elses_is_left_alone(home: Path, tmp_path: Path) -> None:
    mine, papers = tmp_path / "mine", write_jsonl(tmp_path / "a.jsonl", dict(list(PAPERS.items())[:2]))
    for name in ("snapshots", "tokens"):
        (mine / name).mkdir(parents=True)
        (mine / name / "mine.txt").write_text("mine", encoding="utf8")
        settings = load_settings(home=home, store=str(mine))
        with pytest.raises(StoreError, match=f"'{name}'.*FOOTNOTE_STORE"):
            ingest([papers], settings)
        assert [path.name for path in mine.rglob("*") if path.is_file()] == ["mine.txt"]
        (mine / name).rename(tmp_path / name)
    ingest([papers], settings)
    for name in ("snapshots", "tokens"):  # put there since
        (tmp_path / name).rename(mine / name) if not (mine / name).exists() else None
        (mine / name / "mine.txt").write_text("mine", encoding="utf8")
    (mine / "restored-work").mkdir()
    ingest([write_jsonl(papers, dict(list(PAPERS.items())[1:3]))], settings, prune=True)
    remove(settings, lambda _: True)
    assert sorted(path.name for path in mine.rglob("mine.txt")) == ["mine.txt", "mine.txt"]
    (mine / "state.json").write_text('{"tabs": 3}', encoding="utf8")
    with pytest.raises(IndexDamagedError, match="state"):
        ingest([papers], settings)


def test_what_footnote_writes_is_no_paper(settings: Settings, tmp_path: Path) -> None:
    papers = tmp_path / "papers"
    inner = load_settings(home=papers / "home", lock_timeout_s=0)
    papers.mkdir()
    settings.home.rename(inner.home)
    write_jsonl(papers / "a.jsonl", dict(list(PAPERS.items())[:2]))
    write_jsonl(inner.home / "b.jsonl", dict(list(PAPERS.items())[2:3]))
    ingest([inner.home / "b.jsonl"], inner)
    report = ingest([papers], inner, prune=True)
    assert (report.added, report.removed, report.skipped) == (2, 0, [])
    assert ingest([inner.home], inner).entries == 1  # named itself, for the papers in it
    assert set(content(inner)) == set(TITLES[:3])
    assert ingest([inner.home], inner, prune=True).removed == 0


def test_a_damaged_state_file_is_said(settings: Settings, tmp_path: Path) -> None:
    ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], settings)
    (settings.index_folder / "state.json").write_text("{", encoding="utf8")
    with pytest.raises(IndexDamagedError, match=r"state\.json"):
        Index(settings.index_folder).snapshot()


@pytest.mark.slow
def test_two_ingests_at_once_wait_for_one_another(home: Path, settings: Settings, tmp_path: Path) -> None:
    paths = [write_jsonl(tmp_path / f"{i}.jsonl", numbered(8, start=i * 8)) for i in range(2)]
    running = [_ingesting(path) for path in paths]
    assert [process.wait() for process in running] == [0, 0]
    assert set(content(settings)) == set(numbered(16))


def test_an_ingest_that_may_not_wait_is_told(settings: Settings, tmp_path: Path) -> None:
    hasty = load_settings(home=settings.home, lock_timeout_s=0)
    with Index(settings.index_folder).locked(0), pytest.raises(IndexBusyError):
        ingest([write_jsonl(tmp_path / "a.jsonl", PAPERS)], hasty)


def _ingesting(path: Path) -> subprocess.Popen[bytes]:
    code = f"import rag.ingest, rag.settings; rag.ingest.ingest([{str(path)!r}], rag.settings.load_settings())"
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, start_new_session=True)
