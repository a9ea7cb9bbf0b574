import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.text.sentences import sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("It gains 1.5 points. We stop.", ["It gains 1.5 points.", "We stop."]),
        ("See Fig. 3 and e.g. Table 2. Done.", ["See Fig. 3 and e.g. Table 2.", "Done."]),
        ("Smith et al. show it. We agree.", ["Smith et al. show it.", "We agree."]),
        ("J. Smith wrote it. K. Lee read it.", ["J. Smith wrote it.", "K. Lee read it."]),
        ("Code: https://a.org/b.c. It runs.", ["Code: https://a.org/b.c.", "It runs."]),
        ("Glued ends.We go on. vLLM helps.", ["Glued ends.", "We go on.", "vLLM helps."]),
        ("Three steps: 1. Read it. 2. Cut it.", ["Three steps: 1. Read it.", "2. Cut it."]),
        ("第一句。第二句！", ["第一句。", "第二句！"]),
        ("No full stop", ["No full stop"]),
        ("A heading\n\nA paragraph", ["A heading", "A paragraph"]),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


@given(st.text(alphabet=st.sampled_from("aB1 .!?\n\t([\"'。é-"), max_size=200))
def test_spans_are_in_order_and_leave_out_only_white_space(text: str) -> None:
    spans = sentences(text)
    reached = 0
    for start, end in spans:
        assert reached <= start < end
        assert not text[reached:start].strip()
        assert text[start:end] == text[start:end].strip()
        reached = end
    assert not text[reached:].strip()


def test_a_long_run_of_marks_is_looked_at_once() -> None:
    text = "It goes on" + "." * 200_000 + "and on. It ends."
    assert [text[start:end] for start, end in sentences(text)] == [text[:-9], "It ends."]
