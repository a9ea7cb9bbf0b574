"""The keywords of a record's field, however it parts them."""

from rag.text.keywords import keywords_in, united


def test_what_parts_keywords() -> None:
    assert keywords_in("one; two, and a half;three .") == ["one", "two, and a half", "three"]
    assert keywords_in("one, two\n three") == ["one", "two three"]
    assert keywords_in("one\ntwo") == ["one", "two"]
    assert keywords_in("one | *two* · three") == ["one", "two", "three"]
    assert keywords_in(" ; ,") == [","]
    assert keywords_in("") == []


def test_each_keyword_once_and_no_sentences() -> None:
    assert keywords_in("LoRA; lora; " + "x" * 81) == ["LoRA"]
    assert len(keywords_in("; ".join(map(str, range(500))))) == 64


def test_several_fields_are_one() -> None:
    assert united("b, a", "", "A; c") == "b; a; c"
    assert united("", "") == ""
