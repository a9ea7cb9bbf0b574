"""Listings and counts without a model: who is in, who is out, and the line that counts them."""

from pathlib import Path

import pytest

from rag.assistant import Assistant
from rag.ingest import ingest
from rag.settings import load_settings
from rag.writing.listing.terms import asked_terms, terms_of
from tests.invented import numbered, write_jsonl


@pytest.mark.parametrize(
    ("question", "opening", "in_it", "left_out"),
    [
        ("Which papers mention PondBench?", "2 papers that mention PondBench", "LilyPad", "Otter"),
        ("Which papers mention PatentPond?", "1 paper that mentions PatentPond", "Minnow", "LilyPad"),
        (
            "Which papers mention PondBench but not FrogJump?",
            "1 paper that mentions PondBench, but not",
            "LilyPad",
            "Frog",
        ),
        (
            "Which papers mention both PondBench and FrogJump?",
            "1 paper that mentions PondBench and",
            "FrogJump",
            "LilyPad",
        ),
        ("Name one paper that mentions PondBench", "1 of 2 papers that mention", "", "Otter"),
        ("What percentage of papers mention PondBench?", "2 papers that mention PondBench, of", "LilyPad", "Otter"),
    ],
)
def test_terms(pond: Assistant, question: str, opening: str, in_it: str, left_out: str) -> None:
    answer = pond.ask(question)
    assert answer.text.startswith(opening)
    assert any(in_it in title for title in answer.papers)
    assert not any(left_out in title for title in answer.papers)


def test_a_share_is_told(pond: Assistant) -> None:
    assert "%)" in pond.ask("What percentage of papers mention PondBench?").text.partition("\n")[0]


def test_those_without_a_term(pond: Assistant) -> None:
    answer = pond.ask("How many papers do not mention PondBench?")
    assert "do not mention PondBench" in answer.text
    assert not any("LilyPad" in title or "FrogJump" in title for title in answer.papers)


def test_those_with_neither_term(pond: Assistant) -> None:
    answer = pond.ask("papers that mention neither PondBench nor FrogJump")
    assert "do not mention PondBench or FrogJump" in answer.text
    assert len(answer.papers) > 30


def test_none_is_a_refusal_that_counts(pond: Assistant) -> None:
    answer = pond.ask("How many papers mention Donald Trump?")
    assert answer.abstained
    assert answer.text.startswith("None of ")
    assert "mentions Donald Trump" in answer.text


@pytest.mark.parametrize(
    "question", ["How many papers do you have?", "list all papers", "How many papers are in the index?"]
)
def test_the_collection_as_a_whole(pond: Assistant, question: str) -> None:
    answer = pond.ask(question)
    assert answer.text.startswith(f"{pond.snapshot.paper_count} papers are in the index")
    assert not answer.abstained


@pytest.mark.parametrize(
    ("question", "wanted", "every", "unwanted"),
    [
        ("papers that use ImageNet but not COCO", ("ImageNet",), False, ("COCO",)),
        ("papers that mention neither BERT nor GPT", (), False, ("BERT", "GPT")),
        ("how many mention both BERT and GPT-2?", ("BERT", "GPT-2"), True, ()),
        ("Which papers mention BERT or GPT-2?", ("BERT", "GPT-2"), False, ()),
        ("papers about diffusion except video", (), False, ("video",)),
        ("Which papers treat languages other than English and Chinese?", (), False, ()),
    ],
)
def test_terms_wanted_and_unwanted(
    question: str, wanted: tuple[str, ...], every: bool, unwanted: tuple[str, ...]
) -> None:
    found = asked_terms(question)
    assert (found.wanted, found.every, found.unwanted) == (wanted, every, unwanted)


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("Which papers mention 'random feature alignment'?", ("random feature alignment",)),
        ("I'd like all papers on OpenAI's models", ("OpenAI's",)),
    ],
)
def test_apostrophes_are_no_quotation_marks(question: str, terms: tuple[str, ...]) -> None:
    assert not any(term.startswith(("d ", "t ")) for term in terms_of(question))
    assert set(terms_of(question)) & {*terms, "OpenAI"}


@pytest.mark.parametrize(
    ("question", "wanted", "every", "unwanted"),
    [
        ("Which papers fine-tune LLaMA with LoRA?", ("LLaMA", "LoRA"), True, ()),
        ("Which papers use LLaMA or LoRA?", ("LLaMA", "LoRA"), False, ()),
        ("how many papers are not about language models?", (), False, ("language models",)),
        ("Show me papers that don't use transformers", (), False, ("transformers",)),
        ("papers about vision but not video", (), False, ("video",)),
        ("papers that do not need labels", (), False, ()),
        ("Is there a paper called Attention Is All You Need?", ("Attention Is All You Need",), False, ()),
    ],
)
def test_sets_of_terms(question: str, wanted: tuple[str, ...], every: bool, unwanted: tuple[str, ...]) -> None:
    terms = asked_terms(question)
    assert (terms.wanted, terms.every, terms.unwanted) == (wanted, every, unwanted)


def test_a_topic_beside_a_term_narrows_the_list(pond: Assistant) -> None:
    every, some = pond.ask("Which papers mention PondBench?"), pond.ask("Which papers mention PondBench for jumping?")
    assert set(some.papers) < set(every.papers)
    assert "about “jumping”" in some.text


def test_a_word_that_no_paper_has_is_told(pond: Assistant) -> None:
    answer = pond.ask("Which papers are about rivers and zeppelins?")
    assert answer.abstained or answer.text.startswith("No paper has “zeppelins”")


def test_a_bare_topic_is_listed_where_several_papers_are_about_it(tmp_path: Path, models_home: Path) -> None:
    (tmp_path / "models").symlink_to(models_home / "models")
    herons = {
        f"{place} Herons": f"We count herons on {place.lower()} shores and study how herons fish there."
        for place in ("Northern", "Southern", "Eastern")
    }
    newts = {"Newts at Night": "One newt sings at night, and we record its song."}
    settings = load_settings(home=tmp_path, offline=True)
    ingest([write_jsonl(tmp_path / "shore.jsonl", {**herons, **newts, **numbered(20)})], settings)
    shore = Assistant(settings)
    assert set(shore.ask("counting herons").papers) == set(herons)
    assert shore.ask("newt songs").route == "lookup"
    assert shore.ask("zeppelins").abstained


def test_an_acronym_is_also_what_it_stands_for(tmp_path: Path, models_home: Path) -> None:
    (tmp_path / "models").symlink_to(models_home / "models")
    papers = {
        "Ponds One": "We use floating reed islands (FRI) to clean a pond.",
        "Ponds Two": "A floating reed island shades the pond.",
        "Ponds Three": "An island of stone stands in the pond.",
    }
    settings = load_settings(home=tmp_path, offline=True)
    ingest([write_jsonl(tmp_path / "ponds.jsonl", {**papers, **numbered(20)})], settings)
    ponds = Assistant(settings)
    answer = ponds.ask("papers on FRI")
    assert set(answer.papers) == {"Ponds One", "Ponds Two"}
    assert answer.text.startswith("2 papers that mention FRI or floating reed islands")
    assert ponds.ask("which papers mention FRI?").papers == ("Ponds One",)


@pytest.mark.parametrize(
    "question",
    [
        "Give me an overview of Otter",
        "List the tasks used in Otter",
        "what's new in Otter",
        "which tasks were used for Otter?",
    ],
)
def test_what_sounds_like_a_list_may_ask_one_paper(pond: Assistant, question: str) -> None:
    answer = pond.ask(question)
    assert answer.route == "lookup"
    assert [title.split(":")[0] for title in answer.papers] == ["Otter"]
    assert pond.ask("Which papers use methods used in Otter?").route == "survey"


def test_words_before_a_first_question_are_none_of_it(pond: Assistant) -> None:
    assert (
        pond.ask("cool. which papers mention PondBench?").papers == pond.ask("which papers mention PondBench?").papers
    )
