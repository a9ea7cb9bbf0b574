"""The checker on its own, over invented papers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import rag
from rag.cli import main
from rag.errors import UsageError
from rag.grounding import check
from rag.types import Passage
from tests.invented import PAPERS

TITLES = list(PAPERS)
FROG, TOAD = TITLES[0], TITLES[1]
PASSAGES = [Passage(title, title, title, PAPERS[title], 0, len(PAPERS[title]), 0) for title in TITLES]
GOOD = [
    "FrogJump reduces memory by 4.7x on PondBench [1].",
    "Each token in FrogJump can hop to 32 landmark positions [1].",
    "TinyToad's student has 90 thousand parameters [2].",
    "The TinyToad student reaches a word error rate of 8.4% on MarshSpeech [2].",
]
BAD = {
    "a wrong number": "FrogJump reduces memory by 7.4x on PondBench [1].",
    "a wrong unit": "FrogJump reduces memory by 4.7% on PondBench [1].",
    "the wrong paper": "TinyToad's student has 90 thousand parameters [1].",
    "another method": "LoRA reduces memory by 4.7x on PondBench [1].",
    "turned round": "FrogJump increases memory by 4.7x on PondBench [1].",
    "a foreign sentence": "The moon landing took place in the presence of many journalists [1].",
    "no such passage": "The reviewers praised the elegance of the proofs [99].",
}


@pytest.mark.parametrize("statement", GOOD)
def test_what_the_passage_says_is_supported(statement: str) -> None:
    (claim,) = check(statement, PASSAGES)
    assert claim.verdict == "supported", claim


@pytest.mark.parametrize("kind", BAD)
def test_what_it_does_not_say_is_not(kind: str) -> None:
    (claim,) = check(BAD[kind], PASSAGES)
    assert claim.verdict == "unsupported"
    assert claim.reason


BITTERN = (
    "Training on 8xA100 (80G) GPUs is slow. We propose a new sampler, LOw-Noise Walk (LONO), that needs no labels "
    "and is over 10 000 times faster than MCMC. Our sampler draws from an OwlNet-like prior, trains in 8 hours on one "
    "8xA100 (80G) machine, and the ReedTrack score rises from 0.61 to 0.74. The largest graph has 2 billion edges."
)


@pytest.mark.parametrize(
    ("statement", "supported"),
    [
        ("LONO trains in 8 hours on one machine with eight A100 (80G) GPUs [1].", True),
        ("LONO is over 10,000 times faster than MCMC [1].", True),
        ("LONO is over 20,000 times faster than MCMC [1].", False),
        ("With LONO, the ReedTrack score rises from 0.61 to 0.74 [1].", True),
        ("With SwanNet, the ReedTrack score rises from 0.61 to 0.74 [1].", False),
        ("LONO draws from a prior like OwlNet-based ones [1].", True),
        ("The largest graph of LONO is a 2-billion-edge graph [1].", True),
        ("The largest graph of LONO is a 3-billion-edge graph [1].", False),
        ("LONO's ReedTrack score is 0.74, up from 0.61 [1].", True),
        ("LONO's ReedTrack score is 0.61, down from 0.74 [1].", False),
    ],
)
def test_what_a_paper_calls_its_own_and_how_it_writes_figures(statement: str, supported: bool) -> None:
    (claim,) = check(statement, BITTERN)
    assert claim.supported == supported, claim


def test_markers_in_the_middle_make_claims_of_their_own() -> None:
    text = "FrogJump reduces memory by 4.7x on PondBench [1], while TinyToad's student has 90 billion parameters [2]."
    first, second = check(text, PASSAGES)
    assert (first.citations, first.verdict) == ((1,), "supported")
    assert (second.citations, second.verdict) == ((2,), "unsupported")


def test_what_cannot_be_told_is_unchecked() -> None:
    absence, german = check(
        "The papers do not say how much energy FrogJump needs. FrogJump senkt den Speicher um das 4.7-fache [1].",
        PASSAGES,
    )
    assert absence.verdict == german.verdict == "unchecked"


def test_a_number_is_the_same_in_every_language() -> None:
    (claim,) = check("FrogJump senkt den Speicher um das 9.9-fache und ist nicht langsamer [1].", PASSAGES)
    assert claim.verdict == "unsupported"


def test_plain_strings_will_do_and_long_ones_too() -> None:
    filler = "Nothing of interest happened in this sentence about weather and tea. " * 60
    (claim,) = check("The pump moves 40 litres a minute [1].", [f"{filler}The pump moves 40 litres a minute. {filler}"])
    assert claim.supported
    assert claim.citations == (1,)


@pytest.mark.parametrize("passage", [PAPERS[FROG], PASSAGES[0]])
def test_a_single_passage_is_the_first(passage: str | Passage) -> None:
    good, none = check(f"{GOOD[0]} The reviewers praised the elegance of the proofs [2].", passage)
    assert (good.citations, good.verdict) == ((1,), "supported")
    assert none.verdict == "unsupported"


@pytest.mark.parametrize("marker", ["[7]", "[0]", "[1][7]", "[1, 7]", "[7] [1]"])
def test_a_marker_that_names_no_passage_supports_nothing(marker: str) -> None:
    bad, short, good = check(f"{GOOD[0][:-5]} {marker}. Yes [7]. {GOOD[2]}", PASSAGES[:2])
    assert (bad.verdict, bad.reason) == ("unsupported", "it cites a passage that there is not")
    assert bad.citations == ((1,) if "1" in marker else ())
    assert (short.text, short.verdict) == ("Yes", "unsupported")
    assert (good.verdict, good.citations) == ("supported", (2,))


def test_a_marker_before_its_sentence_is_one_of_it() -> None:
    praise = "The reviewers praised the elegance of the proofs."
    text = f"[7] {GOOD[0][:-5]}.\n[2] {GOOD[0][:-5]}.\n- [1] {GOOD[0]}\n[1]\n\n{praise}\n[7]"
    unknown, wrong, right, alone = check(text, PASSAGES[:2])
    assert (unknown.verdict, unknown.reason) == ("unsupported", "it cites a passage that there is not")
    assert (wrong.citations, wrong.verdict) == ((2,), "unsupported")
    assert (right.citations, right.verdict) == ((1,), "supported")
    assert (alone.citations, alone.reason) == ((), "it cites no passage")


@pytest.mark.parametrize("passage", [None, 7, {"text": None}, b"Frogs jump."])
def test_a_passage_that_is_no_text_is_refused(passage: object) -> None:
    with pytest.raises(UsageError, match="passage 2 is no text"):
        check("Frogs jump [2].", ["Toads sleep.", passage])  # type: ignore[list-item]


@pytest.mark.parametrize("passages", [[], ""])
def test_nothing_to_check_against(passages: list[str] | str) -> None:
    with pytest.raises(UsageError):
        rag.check("A sentence [1].", passages)


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    answer, sources = tmp_path / "answer.txt", tmp_path / "sources.jsonl"
    answer.write_text(f"{GOOD[0]} {BAD['a wrong number']}", encoding="utf8")
    sources.write_text("\n".join(json.dumps({"text": PAPERS[t]}) for t in TITLES), encoding="utf8")
    assert main(["check", "--answer", str(answer), "--sources", str(sources), "--json"]) == 3
    rows = json.loads(capsys.readouterr().out)
    assert [row["verdict"] for row in rows] == ["supported", "unsupported"]
    assert "7.4" in rows[1]["reason"]
    assert main(["check", "--answer", str(tmp_path / "none"), "--sources", str(sources)]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        (['"Frogs jump."', '"Toads sleep."', '"broken'], 3),
        (['{"text": "Frogs jump."}', "", '{"text": 7}'], 3),
        (['{"text": "Frogs jump."}', "null"], 2),
        (['{"text": "Frogs jump."}', '{"text": null}'], 2),
        (['{"passage": "Frogs jump."}'], 1),
        (['{"text": "broken', '{"text": "Toads sleep."}'], 1),
    ],
)
def test_a_broken_line_of_sources_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], rows: list[str], line: int
) -> None:
    answer, sources = tmp_path / "answer.txt", tmp_path / "sources.jsonl"
    answer.write_text("Frogs jump [1]. Toads sleep [2].", encoding="utf8")
    sources.write_text("\n".join(rows), encoding="utf8")
    assert main(["check", "--answer", str(answer), "--sources", str(sources)]) == 2
    assert f"{sources}:{line}: " in capsys.readouterr().err


@pytest.mark.parametrize(
    "sources",
    [
        f"{PAPERS[FROG]}\n\n{PAPERS[TOAD]}",
        f"2024\n{PAPERS[FROG]}\n\n{PAPERS[TOAD]}",
        "".join(json.dumps(f"\u2028{PAPERS[title]}", ensure_ascii=False) + "\r\n" for title in (FROG, TOAD)),
    ],
)
def test_sources_as_text_and_as_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str], sources: str) -> None:
    answer, file = tmp_path / "answer.txt", tmp_path / "sources.txt"
    answer.write_text(f"{GOOD[0]} {GOOD[2]}", encoding="utf8")
    file.write_bytes(sources.encode())
    assert main(["check", "--answer", str(answer), "--sources", str(file), "--json"]) == 0
    assert [row["citations"] for row in json.loads(capsys.readouterr().out)] == [[1], [2]]
