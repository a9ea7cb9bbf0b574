"""A reply cut anywhere gives the same tokens."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.writing.markers import Cites, End, MarkerScanner, Text, Token

REPLIES = [
    "A uses 1.54x less [1]. B, e.g. this one, is [0, 1] bounded [2][3]! See [a link] now.",
    "Stop first. [2] Then more [1, 3-4].\n\n- Item one【5】.\n- Item two [^2]",
    "<think>Maybe [1]?</think>Yes [1].",
    "句子一[1]。句子二。[2]第三",
    "Mid [1], while B [2]. (Smith et al. [3] differ.) Cut in the mid",
    "An array a[3] and a dict {x: [1]}. Over [99] and [passage 4] and [1†source].",
    "Say it (passage 2). (1) One (see sources 1 and 2), f(3) is (2) two, at last (3). Open (",
]


def tokens(pieces: list[str], *, loose: bool = False) -> list[Token]:
    reader = MarkerScanner(loose=loose)
    found = [token for piece in pieces for token in reader.feed(piece)]
    joined: list[Token] = []
    for token in [*found, *reader.close()]:
        if isinstance(token, Text) and joined and isinstance(joined[-1], Text):
            joined[-1] = Text(joined[-1].text + token.text)
        else:
            joined.append(token)
    return joined


def test_a_thought_is_one_where_it_opens_the_reply() -> None:
    text = "R1 reasons between <think> and </think> tags [1]."
    assert "".join(token.text for token in tokens([text]) if isinstance(token, Text)).startswith(text[:-5])
    hidden = tokens(["<thinking>Hm [1].</thinking>Yes [1]."])
    assert hidden == tokens(["Yes [1]."])


def test_a_number_of_any_length_is_read() -> None:
    assert Cites((111111111,)) in tokens([f"An id [{'1' * 5000}]."])


@given(st.sampled_from(REPLIES), st.lists(st.integers(0, 120), max_size=30), st.booleans())
def test_cuts_change_nothing(reply: str, cuts: list[int], loose: bool) -> None:
    places = [0, *sorted({cut for cut in cuts if cut < len(reply)}), len(reply)]
    assert tokens([reply[a:b] for a, b in pairwise(places)], loose=loose) == tokens([reply], loose=loose)


@given(st.text(alphabet="ab1 .[]()\n,-<>", max_size=60), st.booleans())
def test_no_words_are_lost(reply: str, loose: bool) -> None:
    shown = "".join(token.text for token in tokens([reply], loose=loose) if not isinstance(token, Cites))
    letters = [char for char in reply if char in "ab"]
    assert [char for char in shown if char in "ab"] == letters


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("[1]", (1,)),
        ("[1, 2]", (1, 2)),
        ("[1-3]", (1, 2, 3)),
        ("[1;4]", (1, 4)),
        ("【2】", (2,)),
        ("[^3]", (3,)),
        ("[passage 4]", (4,)),
        ("[1 and 2]", (1, 2)),
        ("[0]", (0,)),
    ],
)
def test_markers_in_all_their_forms(written: str, numbers: tuple[int, ...]) -> None:
    assert Cites(numbers) in tokens([f"So it is {written}."])


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        ("So (passage 2) it is.", (2,)),
        ("So it is (sources 1, 3).", (1, 3)),
        ("So it is (see paper [4]).", (4,)),
        ("So it is (2).", (2,)),
        ("So it is (2, 5)", (2, 5)),
        ("So (2) it is.", None),
        ("So it was (2019).", None),
        ("So it is (in passage).", None),
    ],
)
def test_round_brackets_are_markers_where_nothing_else_is_meant(written: str, numbers: tuple[int, ...] | None) -> None:
    assert [token.numbers for token in tokens([written], loose=True) if isinstance(token, Cites)] == [
        *([numbers] if numbers else [])
    ]
    assert not any(isinstance(token, Cites) and "[" not in written for token in tokens([written]))


@pytest.mark.parametrize("written", ["[0, 1]", "[a]", "[1](https://example.org)", "[1.5]"])
def test_brackets_that_are_no_markers(written: str) -> None:
    found = tokens([f"So it is {written} here."])
    assert not any(isinstance(token, Cites) for token in found)
    assert written in "".join(token.text for token in found if not isinstance(token, Cites))


def test_a_marker_behind_the_full_stop_belongs_to_the_sentence_before() -> None:
    assert tokens(["First. [1] Second."]) == [Text("First"), Cites((1,)), End(". "), Text("Second"), End(".")]
