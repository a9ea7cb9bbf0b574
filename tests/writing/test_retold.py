"""More, or less, of what was answered before."""

from collections.abc import Sequence

from rag.assistant import Assistant
from rag.types import Answer, Turn


def _told(pond: Assistant, questions: Sequence[str]) -> list[Answer]:
    history: list[Turn] = []
    answers = []
    for question in questions:
        answers.append(pond.ask(question, history))
        history += [Turn("user", question), Turn("assistant", answers[-1].text)]
    return answers


def test_more_gives_what_was_not_said_until_nothing_is_left(pond: Assistant) -> None:
    answers = _told(pond, ["By how much does FrogJump cut memory?", *["tell me more"] * 6])
    given = [answer for answer in answers if not answer.abstained]
    quotes = [citation.quote for answer in given for citation in answer.citations]
    assert len(given) > 1
    assert len(set(quotes)) == len(quotes)
    assert {citation.title.split(":")[0] for answer in given for citation in answer.citations} == {"FrogJump"}
    assert answers[-1].text.startswith("The paper says no more than what was told.")


def test_shorter_is_one_sentence_of_the_answer(pond: Assistant) -> None:
    whole, short = _told(pond, ["How does Beaver checkpoint large training runs?", "shorter please"])
    assert len(whole.claims) > 1
    assert len(short.claims) == 1
    assert short.claims[0].text in [claim.text for claim in whole.claims]


def test_a_second_part_is_answered_where_the_record_lacks_the_first(pond: Assistant) -> None:
    assert "8.4%" in pond.ask("Who wrote TinyToad and what word error rate does it reach?").text
    assert pond.ask("Who wrote TinyToad?").abstained
