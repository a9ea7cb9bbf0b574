"""Questions with slips of the keys, and names typed as two words: answered as if they were typed well."""

import pytest

from rag.assistant import Assistant
from rag.retrieval.spelling import respelt


@pytest.mark.parametrize(
    ("question", "title", "fact"),
    [
        ("what is frog jump", "FrogJump", "landmark"),
        ("how much memory does FrgoJump cut on pond bench", "FrogJump", "4.7x"),
        ("explian tiny toad", "TinyToad", "acoustic model"),
        ("which deduplicaton removes 22% of documnets", "Pike", "MinHash"),
        ("waht is curiculum leraning for smal langauge models", "LilyPad", "simple to"),
        ("how does Kignfisher draw diagarms", "Kingfisher", "boxes and arrows"),
        ("is the rewrad conatct froce or object hieght", "Otter", "contact force"),
        ("why do chemcial kewyord searchs miss ptaents", "Minnow", "many ways"),
        ("do clouds casue failrue of newst counitng", "How Many Newts", "Clouds"),
        ("explain chekpointing large trainign runs", "Beaver", "11 seconds"),
        ("what hapens to throughptu with chekcpoints", "Beaver", "below 1%"),
    ],
)
def test_a_misspelt_question_is_answered(pond: Assistant, question: str, title: str, fact: str) -> None:
    answer = pond.ask(question)
    assert answer.papers
    assert answer.papers[0].startswith(title)
    assert fact in answer.text


def test_a_slip_of_a_short_name_names_it(pond: Assistant) -> None:
    assert pond.ask("What is Heorn?").papers[0].startswith("Heron")


def test_what_was_asked_is_told_as_it_was_typed(pond: Assistant) -> None:
    assert pond.ask("waht is frog jump").question == "waht is frog jump"


@pytest.mark.parametrize(
    ("text", "slips", "meant"),
    [
        ("what is back slash?", {"back slash": "backslash"}, "what is BackSlash?"),
        ("catastrofic failure", {"catastrof": "catastroph"}, "catastrophic failure"),
        ("Modle of mud", {"modl": "model"}, "model of mud"),
        ("the mole of mud", {"mole": "model"}, "the mole of mud"),  # a word of its own
        ("W4A61 and stop", {"stop": "step"}, "W4A61 and stop"),
        ("unknwon", {"unknwon": "other"}, "unknwon"),
    ],
)
def test_a_word_is_spelt_as_the_papers_spell_it(text: str, slips: dict[str, str], meant: str) -> None:
    assert respelt(text, slips, ["BackSlash shows a catastrophic model in one step.", "A model."]) == meant
