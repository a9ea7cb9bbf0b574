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
