"""Short remarks behind another question: on another subject, narrowed, told again, on an entry of a list."""

import pytest

from rag.question import plan
from rag.types import Turn

LIST = "2 papers about “music”, of 444 examined:\n\n- Musika: It sings [1].\n- Crabs: It clicks [2]."


def behind(*questions: str, answer: str = "COAT saves memory [1].") -> list[Turn]:
    return [turn for text in questions for turn in (Turn("user", text), Turn("assistant", answer))]


@pytest.mark.parametrize(
    ("before", "remark", "meant"),
    [
        ("How many parameters does PaLM have?", "and GLM-130B?", "How many parameters does GLM-130B have?"),
        ("What is QuIP?", "what about omniquant?", "What is omniquant?"),
        ("How many GPUs did ZeRO-Infinity need?", "and Megatron-LM?", "How many GPUs did Megatron-LM need?"),
        ("What is needed for Otter?", "and for Heron-2?", "What is needed for Heron-2?"),
        ("How many hours did it take?", "And Qwen2.5?", "How many hours did Qwen2.5 take?"),
        ("how many parameters?", "and Heron-2?", "how many parameters for Heron-2?"),
    ],
)
def test_the_same_of_another(before: str, remark: str, meant: str) -> None:
    assert plan(remark, behind(before)).query == meant


@pytest.mark.parametrize(
    ("remark", "meant"),
    [("and when?", "when was it published?"), ("where?", "where was it published?"), ("by whom?", "who wrote it?")],
)
def test_the_rest_of_a_record(remark: str, meant: str) -> None:
    made = plan(remark, behind("who wrote Otter?"))
    assert made.wording == meant
    assert "Otter" in made.query


@pytest.mark.parametrize("remark", ["and memory?", "and on ImageNet?", "what about the cost?", "and speed?"])
def test_another_side_of_the_same(remark: str) -> None:
    assert "QuIP" in plan(remark, behind("What is QuIP?")).query


@pytest.mark.parametrize(
    ("before", "remark", "route", "meant"),
    [
        ("Which papers use LoRA?", "and without QLoRA?", "survey", "Which papers use LoRA but not QLoRA?"),
        ("papers about speech", "list them again", "survey", "papers about speech"),
        ("papers about speech", "how many is that?", "count", "How many papers: papers about speech"),
        ("Which papers are about speech?", "how many are they?", "count", "How many papers are about speech?"),
        ("papers about speech?", "do any use LoRA?", "survey", "which papers use LoRA"),
        ("Which papers are about speech?", "only 3", "survey", "list 3 papers: which papers are about speech?"),
    ],
)  # fmt: skip
def test_a_listing_goes_on(before: str, remark: str, route: str, meant: str) -> None:
    made = plan(remark, behind(before, answer=LIST))
    assert (made.route, made.query) == (route, meant)


@pytest.mark.parametrize(
    ("remark", "meant"),
    [
        ("tell me more about the second one", "What is Crabs?"),
        ("what does the first paper say?", "what does “Musika” say?"),
        ("the last one: what did they find?", "“Crabs” what did they find?"),
        ("summarize the first one", "What is Musika?"),
    ],
)
def test_an_entry_of_the_list(remark: str, meant: str) -> None:
    assert plan(remark, behind("Which papers are about music?", answer=LIST)).query == meant


def test_the_list_may_lie_further_back() -> None:
    history = [*behind("Which papers are about music?", answer=LIST), *behind("What is COAT?")]
    assert plan("tell me more about the second one", history).query == "What is Crabs?"
    resolved = [*behind("Which papers are about music?", answer=LIST), *behind("tell me more about the first one")]
    assert plan("how about Crabs?", resolved).query == "What is Crabs?"


def test_a_listing_of_what_was_named_last() -> None:
    history = behind("What is GaLore?", "who invented it?")
    assert plan("which papers improve on it?", history).subject.split()[-1] == "GaLore"
    assert "GaLore" in plan("how many?", [*history, *behind("which papers improve on it?")]).subject


@pytest.mark.parametrize("remark", ["pruning methods", "kv cache quantization", "lora", "why quantize llms"])
def test_a_topic_of_its_own_is_searched_for_first(remark: str) -> None:
    made = plan(remark, behind("What is Grokfast?"))
    assert made.query == remark
    assert "Grokfast" in made.otherwise


def test_a_question_on_the_topic_so_far_is_not() -> None:
    made = plan("does distillation help?", behind("What is Grokfast?"))
    assert "Grokfast" in made.query
    assert made.otherwise == "does distillation help?"
    assert plan("how fast?", behind("What is Grokfast?")).otherwise == ""


@pytest.mark.parametrize(
    ("remark", "meant"),
    [
        ("tell me about the Crabs one", "What is Crabs?"),
        ("the one on singing", "What is Musika?"),
        ("compare the first and the second", "compare “Musika” and “Crabs”"),
        ("the first two", "compare “Musika” and “Crabs”"),
        ("who wrote [2]?", "who wrote “Crabs” ?"),
        ("what was the second again?", "What is Crabs?"),
        ("back to the list", "Which papers are about music?"),
    ],
)
def test_an_entry_by_what_tells_it_apart(remark: str, meant: str) -> None:
    listed = LIST.replace("It sings", "It does singing")
    assert plan(remark, behind("Which papers are about music?", answer=listed)).query == meant


@pytest.mark.parametrize(
    ("remark", "meant"),
    [
        ("what about old ones?", "Which papers are about old music?"),
        ("show all", "Which papers are about music?"),
        ("more", "Which papers are about music?"),
        ("just the titles", "Which papers are about music?"),
        ("no, I meant jazz", "Which papers are about jazz?"),
    ],
)
def test_a_listing_goes_on_in_other_words(remark: str, meant: str) -> None:
    assert plan(remark, behind("Which papers are about music?", answer=LIST)).query == meant


@pytest.mark.parametrize("remark", ["only the ones about jazz", "which use jazz?", "which of them are about jazz?"])
def test_a_narrower_list_is_looked_for_in_the_list(remark: str) -> None:
    made = plan(remark, behind("Which papers are about music?", answer=LIST))
    assert (made.route, made.within) == ("survey", ("Musika", "Crabs"))


def test_fewer_were_listed_than_there_are() -> None:
    history = [*behind("papers about speech", answer=LIST), *behind("only 3", answer=LIST)]
    assert plan("show the rest", history).query == "papers about speech"


@pytest.mark.parametrize(
    "remark",
    ["shorter please", "in German", "source?", "which paper says that?", "can you explain that?", "in one sentence"],
)
def test_what_is_to_be_told_again_is_the_last_question(remark: str) -> None:
    assert plan(remark, behind("What is QuIP?")).wording == "What is QuIP?"
    assert "QuIP" in plan("how many bits?", behind("What is QuIP?", remark)).query


@pytest.mark.parametrize(
    "remark", ["that is not what I asked", "are you sure?", "hmm, wrong paper", "check again", "that doesn't help"]
)
def test_a_doubt_is_answered_and_is_no_topic(remark: str) -> None:
    assert plan(remark, behind("What is QuIP?")).route == "chat"
    after = plan("how much memory does it save?", behind("What is QuIP?", remark, answer="QuIP saves [1]."))
    assert after.query == "What is QuIP? how much memory does it save?"


@pytest.mark.parametrize("question", ["is it accurate?", "is that true for large models?", "wrong predictions of LoRA"])
def test_a_question_with_the_words_of_a_doubt_is_none(question: str) -> None:
    assert plan(question, behind("What is QuIP?")).route != "chat"


@pytest.mark.parametrize(
    ("before", "remark", "meant"),
    [
        ("How much memory does GaLore save?", "no, I meant COAT", "How much memory does COAT save?"),
        ("What does LIMA show?", "i mean the LISA paper", "What does LISA show?"),
        ("what is the best optimizer?", "I mean for vision", "what is the best optimizer for vision?"),
        ("What is GPT-5?", "I meant the cost of training GLM-130B", "the cost of training GLM-130B"),
    ],
)
def test_a_correction_corrects_the_question_before(before: str, remark: str, meant: str) -> None:
    assert plan(remark, behind(before)).query == meant


@pytest.mark.parametrize(
    ("remark", "wording"),
    [
        ("what's the speedup?", "what speedup does it have?"),
        ("what are its limitations?", "what limitations does it have?"),
        ("on which dataset?", "and What is QuIP on which dataset?"),
        ("what else?", "more"),
        ("thanks, now something else: what is COAT?", "what is COAT?"),
    ],
)
def test_a_remark_is_worded_as_the_question_that_it_is(remark: str, wording: str) -> None:
    assert plan(remark, behind("What is QuIP?")).wording == wording


def test_what_is_told_of_two_is_asked_of_the_two_named_last() -> None:
    history = behind("What is MiniLM?", "What is QuIP?", "how large is it?")
    assert plan("which is smaller?", history).query.startswith("MiniLM and QuIP:")
    assert plan("how do they differ?", history).query.startswith("MiniLM and QuIP:")
    assert "MiniLM" not in plan("is it small?", history).query


def test_a_name_alone_is_asked_for_first() -> None:
    made = plan("what about MiniPLM?", behind("What is MiniLM?", "and faster?"))
    assert made.query == "What is MiniPLM?"
    assert "MiniLM" in made.otherwise
