"""The same paper from several files."""

from rag.corpus import merge, paper_id
from rag.types import Paper, Source


def paper(title: str, text: str, name: str, **metadata: str) -> Paper:
    return Paper(paper_id(title), title, text, (Source(name, f"/{name}"),), metadata)


def names(merged: Paper) -> list[str]:
    return [source.name for source in merged.sources]


def test_the_longer_text_wins_and_its_source_comes_first() -> None:
    first = paper("{BERT}: Pre-training", "short", "a.bib", year="2018", doi="1")
    second = paper("BERT:  pre-training.", "much longer", "b.txt", year="2019", url="u")
    (merged,) = merge([first, second])
    assert (merged.title, merged.text) == (second.title, "much longer")
    assert names(merged) == ["b.txt", "a.bib"]
    assert merged.metadata == {"year": "2019", "url": "u", "doi": "1"}
    assert merged.id == first.id == second.id


def test_the_first_wins_a_tie_and_sources_are_not_doubled() -> None:
    papers = [paper("T", "same", "a"), paper("T", "text", "b"), paper("t", "text", "a"), paper("T", "x", "c")]
    (merged,) = merge(papers)
    assert (merged.text, names(merged)) == ("same", ["a", "b", "c"])


def test_a_late_winner_keeps_the_order_of_the_others() -> None:
    (merged,) = merge([paper("T", "1", "a"), paper("T", "22", "b"), paper("T", "333", "c")])
    assert names(merged) == ["c", "b", "a"]


def test_order_and_distinct_titles_stay() -> None:
    papers = [paper("LoRA", "a", "a"), paper("LoRA+", "b", "b"), paper("QLoRA", "c", "c")]
    assert merge(papers) == papers


def test_a_digest_gives_way_to_the_paper_whatever_its_length() -> None:
    digest = paper("T", "a long digest of the paper", "bundled digests", kind="digest")
    real = paper("T", "short", "a.txt", year="2020")
    assert merge([digest, real]) == [real]
    assert merge([real, digest]) == [real]
    assert merge([digest, digest]) == [digest]


def test_nothing() -> None:
    assert merge([]) == []
