"""Keys of titles."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.title import latex_accents, paper_id, title_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{BERT}: {P}re-training of G{\\"o}del', "BERT: pre\u2011training of Gödel."),
        ("$\\lambda$-ECLIPSE", "$λ$-Eclipse"),
        ("$\\mu$LO", "$μ$LO"),
        ("\\textbf{Fast} Models", "Fast  models"),
        ("\ufb01ne tuning", "fine-tuning"),
        ("Fa\\c{c}ade and \\'Etude by \\O{}rsted", "Façade and Étude by Ørsted"),
        ("Stra\u00dfe", "STRASSE"),
    ],
)
def test_spellings_of_one_title(one: str, other: str) -> None:
    assert title_key(one) == title_key(other)
    assert paper_id(one) == paper_id(other)


@pytest.mark.parametrize(("one", "other"), [("LoRA", "LoRA+"), ("Qwen2", "Qwen2.5"), ("A B", "AB"), ("é", "e")])
def test_different_titles(one: str, other: str) -> None:
    assert title_key(one) != title_key(other)


def test_the_id_is_the_start_of_the_key_s_hash() -> None:
    assert title_key("Kites: In WIND!") == "kites in wind"
    assert paper_id("Kites: In WIND!") == hashlib.sha256(b"kites in wind").hexdigest()[:16]


def test_punctuation_alone_keeps_a_key() -> None:
    assert title_key(" ??? ") == "???"
    assert title_key("  ") == ""


@given(st.text())
def test_any_title_has_a_stable_key(title: str) -> None:
    key = title_key(title)
    assert key == " ".join(key.split())
    assert title_key(f"  {title.strip()} ") == key
    assert len(paper_id(title)) == 16


@given(st.text(alphabet=st.characters(exclude_characters="\\")))
def test_text_without_latex_is_left_alone(text: str) -> None:
    assert latex_accents(text) == text
