"""The glossaries themselves: a form and its English a line, each form once."""

from importlib.resources import files

import pytest

GLOSSARIES = sorted(path.name for path in files("rag.question").joinpath("glossaries").iterdir())


def test_there_are_nine() -> None:
    assert [name.removesuffix(".tsv") for name in GLOSSARIES] == ["de", "es", "fr", "it", "ja", "nl", "pt", "ru", "zh"]


@pytest.mark.parametrize("name", GLOSSARIES)
def test_every_line_is_a_form_and_its_english(name: str) -> None:
    text = files("rag.question").joinpath("glossaries", name).read_text(encoding="utf8")
    entries = [line.split("\t") for line in text.splitlines()]
    assert len(entries) > 1000
    assert {len(entry) for entry in entries} == {2}
    assert all(form == form.strip().lower() and gloss.strip() for form, gloss in entries)
    assert len({form for form, _ in entries}) == len(entries)
    assert all(gloss.isascii() for _, gloss in entries)
