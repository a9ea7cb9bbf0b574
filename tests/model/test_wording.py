"""What a model's wording says beside its claims: to the question, of the papers' silence, where a thing stands."""

from __future__ import annotations

import pytest

from rag.types import Answer
from tests.model.conftest import Ask
from tests.model.test_answers import GOOD, QUESTION, number_of, stream
from tests.servers.scripted import Request, Say


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("According to passage [1], FrogJump cuts memory by 4.7x.", None),
        ("According to [1], FrogJump cuts memory by 4.7x [1].", "According to [1], FrogJump cuts memory by 4.7x."),
        ("The authors of [1] say that FrogJump cuts memory by 4.7x.", None),
        ("[1] says that FrogJump cuts memory by 4.7x.", None),
        ("- [1] FrogJump cuts memory by 4.7x.", None),
        ("FrogJump cuts memory by 4.7x (passage 1).", GOOD),
        ("FrogJump cuts memory by 4.7x (1).", GOOD),
        (f"{GOOD}\n\nSources:\n[1] FrogJump: Sparse Attention for Long Documents", GOOD),
        (f"{GOOD}\n\n**References**\n- [1] FrogJump\n- [2] TinyToad", GOOD),
        (f"{GOOD} I hope this helps!", None),
        ("FrogJump cuts memory by 4.7x [citation:1].", GOOD),
        ("FrogJump cuts memory by 4.7x [Source: 1].", GOOD),
        ("FrogJump cuts memory by 4.7x, as passage 1 says [1].", None),
        ("By how much? The answer is that FrogJump cuts memory by 4.7x [1].", None),
    ],
)
@pytest.mark.parametrize("pieces", [1, 500])
def test_other_ways_to_cite(scripted: Ask, reply: str, text: str | None, pieces: int) -> None:
    assistant, server = scripted(lambda request: Say(reply, pieces=pieces))
    shown, events = stream(assistant, QUESTION)
    answer = events[-1]
    assert isinstance(answer, Answer)
    assert shown == answer.text == (text or reply)
    assert server.purposes() == ["answer"]
    assert [claim.verdict for claim in answer.claims] == ["supported"]
    (citation,) = answer.citations
    assert "4.7x" in citation.quote


def test_two_papers_named_before_what_they_say(scripted: Ask) -> None:
    assistant, _ = scripted(lambda request: Say("Both [1] and [2] are evaluated on PondBench."))
    answer = assistant.ask("Are FrogJump and LilyPad evaluated on PondBench?")
    assert answer.text == "Both [1] and [2] are evaluated on PondBench."
    assert len(answer.papers) == 2


@pytest.mark.parametrize(
    ("reply", "abstained", "verdicts"),
    [
        ("The passages do not say how much energy FrogJump needs [1].", True, ["unchecked"]),
        ("No passage gives the energy that it needs.", True, ["unchecked"]),
        ("The passage does not give it, but it says that FrogJump cuts memory by 4.7x [1].", False, ["supported"]),
        ("The passage does not give it; it says that FrogJump cuts memory by 7.7x [1].", False, ["unsupported"]),
        ("While the paper does not say why, FrogJump cuts memory by 4.7x [1].", False, ["supported"]),
        (f"{GOOD} Its energy is not compared in the passages.", False, ["supported", "unchecked"]),
        (f"{GOOD[:-1]}, but the papers do not say how much energy it needs.", False, ["supported", "unchecked"]),
        ("FrogJump cuts memory by 4.7x, and its energy is not mentioned [1].", False, ["supported"]),
        ("FrogJump cuts memory by 7.7x, and its energy is not mentioned [1].", False, ["unsupported"]),
        ("The papers do not support that premise: FrogJump cuts memory by 4.7x [1].", False, ["supported"]),
        ("Other papers do not cut memory by 4.7x on PondBench [1].", False, ["unsupported"]),
        (f"{GOOD} The figures are only roughly comparable.", False, ["supported", "unchecked"]),
    ],
)  # fmt: skip
def test_what_the_papers_leave_open_may_be_said(
    scripted: Ask, reply: str, abstained: bool, verdicts: list[str]
) -> None:
    assistant, _ = scripted(lambda request: Say(reply))
    answer = assistant.ask("How much energy does FrogJump need?")
    assert answer.abstained == abstained
    assert [claim.verdict for claim in answer.claims] == verdicts
    assert bool(answer.nearest) == abstained
    assert bool(answer.citations) != abstained


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (
            "How many labelled pairs does Minnow need?",
            "Minnow does not need any labelled pairs: names and structures are aligned through reaction tables [{}].",
        ),
        (
            "Which gradients do the hospitals share in Heron?",
            "The hospitals do not share gradients in Heron: it exchanges only low-rank adapters [{}].",
        ),
    ],
)
def test_a_wrong_premise_may_be_denied(scripted: Ask, question: str, reply: str) -> None:
    name = "Minnow" if "Minnow" in question else "Heron"
    assistant, server = scripted(lambda request: Say(reply.format(number_of(request, name))))
    answer = assistant.ask(question)
    assert server.purposes() == ["answer"]
    assert "(unsupported)" not in answer.text


FITS = "Does the TinyToad student fit into 64 KB?"


@pytest.mark.parametrize(
    ("question", "reply", "verdicts"),
    [
        (FITS, "No: TinyToad is for microcontrollers with 256 KB of memory [{}].", ["supported"]),
        (FITS, "That is not so; the TinyToad student has 90 thousand parameters [{}].", ["supported"]),
        (FITS, "It does not: the TinyToad student has 80 thousand parameters [{}].", ["unsupported"]),
        (FITS, "Your assumption does not hold: the TinyToad student has 90 thousand parameters [{}].", ["supported"]),
        (FITS, "The premise is wrong. TinyToad costs 0.2% more with 4 bits [{}].", ["unchecked", "supported"]),
        (FITS, "TinyToad is for microcontrollers with 256 KB of memory, more than the 64 KB [{}].", ["unchecked"]),
        (FITS, "TinyToad is for microcontrollers with 32 KB of memory, less than the 64 KB [{}].", ["unsupported"]),
        ("How many pairs does it need?", "None: the TinyToad student has 90 thousand parameters [{}].", ["supported"]),
        (
            "Why does TinyToad quantize the student to 8 bits?",
            "TinyToad quantizes the student to 4 bits (W4A8), not to 8 bits, at a cost of only 0.2% more [{}].",
            ["unchecked"],
        ),
    ],
)  # fmt: skip
def test_words_to_the_question_are_no_claims_on_the_paper(
    scripted: Ask, question: str, reply: str, verdicts: list[str]
) -> None:
    assistant, _ = scripted(lambda request: Say(reply.format(number_of(request, "TinyToad"))))
    assert [claim.verdict for claim in assistant.ask(question).claims] == verdicts


def test_a_denial_of_what_was_not_asked_is_checked(scripted: Ask) -> None:
    def script(request: Request) -> Say:
        return Say(GOOD if request.purpose == "repair" else "FrogJump does not cut memory on PondBench [1].")

    assistant, server = scripted(script)
    assert assistant.ask("Which benchmark was FrogJump tried on?").text == GOOD
    assert server.purposes() == ["answer", "repair"]


@pytest.mark.parametrize(
    ("reply", "verdict"),
    [
        ("TinyToad 的学生模型有 9万 个参数 [{}]。", "unchecked"),
        ("TinyToad erreicht eine Wortfehlerrate von 8,4 % [{}].", "unchecked"),
        ("TinyToad erreicht eine Wortfehlerrate von 9,4 % [{}].", "unsupported"),
        ("TinyToadは単語誤り率8.4%を達成します[{}]。", "unchecked"),
        ("TinyToadは単語誤り率9.4%を達成します[{}]。", "unsupported"),
        ("SwanNet的单词错误率为8.4% [{}]。", "unsupported"),
    ],
)
def test_figures_in_the_notation_of_other_languages(scripted: Ask, reply: str, verdict: str) -> None:
    assistant, _ = scripted(lambda request: Say(reply.format(number_of(request, "TinyToad"))))
    assert assistant.ask("What word error rate does TinyToad reach?").claims[0].verdict == verdict


@pytest.mark.parametrize(
    "reply",
    [
        "The passages do not mention the energy that FrogJump needs.",
        "I'm sorry, but the passages do not mention the energy that FrogJump needs.",
        "I don't know. The passages mention memory, but not the energy that FrogJump needs.",
        "The passages say nothing about the energy that FrogJump needs [1].",
        "`NOT ANSWERED:` The passages do not mention the energy.",
        "**NOT ANSWERED.** The passages do not mention the energy.",
        "Not answered - the passages do not mention the energy.",
    ],
)
def test_a_refusal_in_other_words_counts_as_one(scripted: Ask, reply: str) -> None:
    assistant, server = scripted(lambda request: Say(reply, pieces=2))
    answer = assistant.ask(QUESTION)
    assert answer.abstained
    assert not answer.citations
    assert "the energy" in answer.text
    assert "`" not in answer.text
    assert "**" not in answer.text
    assert server.purposes() == ["answer"]


def test_what_is_missing_behind_an_answer_has_no_label(scripted: Ask) -> None:
    assistant, _ = scripted(lambda request: Say(f"{GOOD} NOT ANSWERED: The passages do not give its energy."))
    answer = assistant.ask(QUESTION)
    assert answer.text == f"{GOOD} The passages do not give its energy."
    assert [claim.verdict for claim in answer.claims] == ["supported", "unchecked"]


@pytest.mark.parametrize(
    ("reply", "verdicts"),
    [
        ("FrogJump cuts memory by 4.7x [{0}], while TinyToad has 90 thousand parameters [{1}].", ["supported"] * 2),
        ("FrogJump cuts memory by 4.7x, while TinyToad has 90 thousand parameters [{0}][{1}].", ["supported"]),
        ("FrogJump cuts memory by 4.9x, while TinyToad has 90 thousand parameters [{0}][{1}].", ["unsupported"]),
        ("TinyToad cuts memory by 4.7x on PondBench, while FrogJump has 90 parameters [{0}][{1}].", ["unsupported"]),
        ("FrogJump and TinyToad were tried on different tasks, so their figures are not comparable [{0}][{1}].", None),
    ],
)
def test_each_side_of_a_comparison_is_what_one_paper_says(
    scripted: Ask, reply: str, verdicts: list[str] | None
) -> None:
    def script(request: Request) -> Say:
        if request.purpose == "plan":
            return Say('{"question": "", "route": "compare", "queries": ["FrogJump", "TinyToad"], "subject": ""}')
        return Say(reply.format(number_of(request, "FrogJump"), number_of(request, "TinyToad")))

    assistant, _ = scripted(script)
    answer = assistant.ask("How do FrogJump and TinyToad compare?")
    assert [claim.verdict for claim in answer.claims] == (verdicts or ["unchecked"])


@pytest.mark.parametrize(
    "sentence",
    [
        "Die Passagen sagen nicht, wie viel Energie es braucht.",
        "Les passages ne précisent pas l'énergie nécessaire.",
        "Los pasajes no indican la energía necesaria.",
        "I passaggi non specificano l'energia necessaria.",
        "De passages vermelden niet hoeveel energie het kost.",
        "В отрывках не указано, сколько нужно энергии.",
        "文中没有说明需要多少能量。",
        "論文には必要なエネルギーは記載されていません。",
    ],
)
def test_what_is_missing_is_said_in_the_language_of_the_question(scripted: Ask, sentence: str) -> None:
    assistant, server = scripted(lambda request: Say(f"{GOOD} {sentence}"))
    answer = assistant.ask(QUESTION)
    assert [claim.verdict for claim in answer.claims] == ["supported", "unchecked"]
    assert server.purposes() == ["answer"]
    alone, _ = scripted(lambda request: Say(sentence))
    assert alone.ask(QUESTION).abstained


def test_a_denial_that_a_paper_makes_is_no_silence(scripted: Ask) -> None:
    assistant, _ = scripted(lambda request: Say("Hospitals do not give away patient records or gradients."))
    answer = assistant.ask("Do the hospitals of Heron share gradients?")
    assert [claim.verdict for claim in answer.claims] == ["supported"]
    assert not answer.abstained
    assert answer.papers[0].startswith("Heron")
