"""What a question means behind the turns before it."""

import pytest

from rag.question import plan
from rag.types import Turn

ON_COAT = [Turn("user", "What is COAT?"), Turn("assistant", "COAT is an FP8 framework that saves memory [1].")]
LISTED = [
    Turn("user", "Which papers are about music?"),
    Turn(
        "assistant",
        "2 papers about “music”, of 444 examined:\n\n- Musika: Waves: It sings [1].\n- Crabs: It clicks [2].",
    ),
]


def test_a_question_that_leans_on_the_history_gets_its_topic() -> None:
    history = [Turn("user", "What does RaFA align?"), Turn("assistant", "It aligns image features.")]
    assert "RaFA" in plan("And how long does it train?", history).query
    assert plan("Which FP8 training method compresses optimizer states of models?", history).query.startswith(
        "Which FP8"
    )


STANDING = [
    "How do COAT and GaLore differ in what they compress?",
    "What is COAT and how does it save memory?",
    "Which optimizer does GaLore build on?",
]
LEANING = ["How does COAT compare with it?", "Does it beat COAT?", "How much data do they need?"]


@pytest.mark.parametrize(("question", "alone"), [*((q, True) for q in STANDING), *((q, False) for q in LEANING)])
def test_a_pronoun_means_the_name_before_it(question: str, alone: bool) -> None:
    history = [Turn("user", "Which papers mention ImageNet?"), Turn("assistant", "27 papers mention ImageNet.")]
    assert ("ImageNet" not in plan(question, history).query) == alone


@pytest.mark.parametrize(
    "question",
    [
        "Which papers are about pruning?",
        "what is grokking?",
        "Are there any papers that use contrastive learning for image retrieval?",
        "Is there a paper about virtual try-on for clothing?",
        "Which model was trained on one GPU in one day?",
        "Why does pruning hurt the accuracy of language models?",
        "What does the paper on warm starts of optimizers propose?",
    ],
)
def test_a_whole_question_stands_alone(question: str) -> None:
    assert plan(question, ON_COAT).query == question


@pytest.mark.parametrize(
    "question",
    [
        "And what is GraphVite?",
        "So how does LoRAT deal with position embeddings?",
        "ok, what does Skim-Attention attend to?",
    ],
)
def test_a_whole_question_behind_and_stands_alone(question: str) -> None:
    assert plan(question, ON_COAT).query == question.removeprefix("ok, ")


@pytest.mark.parametrize(
    "question",
    [
        "Which GPU did they use?",
        "how many GPU hours did these experiments take?",
        "And does it use ImageNet?",
        "And on Falcon 40B?",
    ],
)
def test_what_any_paper_has_is_no_subject(question: str) -> None:
    assert "COAT" in plan(question, ON_COAT).query


@pytest.mark.parametrize(
    ("question", "route", "subject"),
    [
        ("which of them are training-free?", "survey", "training-free"),
        ("how many of these are about images?", "count", "images"),
        ("do any of those use diffusion?", "survey", "diffusion"),
    ],
)
def test_a_remark_on_a_list_looks_into_that_list(question: str, route: str, subject: str) -> None:
    planned = plan(question, LISTED)
    assert (planned.route, planned.subject, planned.within) == (route, subject, ("Musika", "Crabs"))


@pytest.mark.parametrize(
    "question",
    ["why?", "And how much memory does it save?", "what about speed?", "tell me more", "how does that compare?"],
)
def test_a_piece_of_one_does_not(question: str) -> None:
    assert "COAT" in plan(question, ON_COAT).query


def test_greetings_and_refusals_are_no_topic() -> None:
    greeted = [Turn("user", "hi"), Turn("assistant", "Ask me a question about the papers in the index.")]
    assert plan("and pruning?", greeted).query == "and pruning?"
    refused = [
        Turn("user", "What is the price of COAT?"),
        Turn("assistant", "The papers do not answer this. Nearest: Otter."),
    ]
    assert "Otter" not in plan("and its speed?", refused).query


@pytest.mark.parametrize(
    ("question", "route", "query"),
    [
        ("and about speech?", "survey", "Which papers are about speech?"),
        ("what about pruning?", "survey", "Which papers are about pruning?"),
        ("list them", "survey", "Which papers are about music?"),
        ("how many are there?", "count", "How many papers are about music?"),
        ("which of these use LoRA?", "survey", "which papers use LoRA"),
        ("what about the second one?", "lookup", "What is Crabs?"),
        ("#1", "lookup", "What is Musika?"),
    ],
)
def test_a_listing_goes_on(question: str, route: str, query: str) -> None:
    made = plan(question, LISTED)
    assert (made.route, made.query) == (route, query)


def test_a_listing_goes_on_from_a_count_and_twice() -> None:
    history = [Turn("user", "How many papers mention Kazakh?"), Turn("assistant", "1 paper that mentions Kazakh.")]
    history += [Turn("user", "and Arabic?"), Turn("assistant", "2 papers that mention Arabic.")]
    assert plan("list them", history).query == "which papers mention Arabic?"


def test_a_listing_of_what_was_spoken_of_takes_its_subject_and_not_the_answer() -> None:
    made = plan("how many papers mention it?", ON_COAT)
    assert (made.route, made.subject) == ("count", "COAT")


def test_an_entry_that_is_not_there_is_none() -> None:
    assert "What is" not in plan("what about the fifth one?", LISTED).query


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("what does COAT do?", True),
        ("how long does COAT take?", True),
        ("how many bits?", False),
        ("context length?", False),
        ("what accuracy was reached?", False),
        ("is the gain as big for BERT?", False),
        ("is the code public?", False),
        ("faster than AdamW?", False),
    ],
)
def test_what_a_short_question_asks_of(question: str, alone: bool) -> None:
    query = plan(question, ON_COAT).query
    assert query == question if alone else query.startswith("What is COAT?")


def test_the_topic_is_what_was_named_last_and_not_asked_beside_it() -> None:
    history = [*ON_COAT, Turn("user", "does it beat GPT-4?"), Turn("assistant", "It is faster [1].")]
    assert plan("and how large is it?", history).query.startswith("What is COAT?")
    nameless = [Turn("user", "Which method compresses optimizer states of models?"), *ON_COAT[1:]]
    assert "COAT" in plan("and how large is it?", nameless).query


def test_a_listing_of_it_looks_past_remarks_that_name_nothing() -> None:
    history = [Turn("user", "what is low rank adaptation"), Turn("assistant", "It adapts [1].")]
    history += [Turn("user", "more details"), Turn("assistant", "It adapts weights [1].")]
    assert plan("which papers build on it?", history).subject.endswith("low rank adaptation")


def test_the_nearest_papers_of_a_refusal_can_be_picked() -> None:
    refused = [
        Turn("user", "Which paper is about a talking hamster?"),
        Turn("assistant", "The papers do not answer this. Nearest: Otter: It swims; Crabs: It clicks; Newts."),
    ]
    assert plan("the second one", refused).query == "What is Crabs?"
    assert plan("the second one", [*LISTED, *refused]).query == "What is Crabs?"  # of the list, which stays
    assert "Otter" not in plan("and how fast?", refused).query


@pytest.mark.parametrize("question", ["compared with full fine-tuning?", "vs AdamW", "future work?"])
def test_a_piece_of_a_comparison_leans(question: str) -> None:
    assert plan(question, ON_COAT).query == f"What is COAT? {question}"


def test_a_name_alone_becomes_the_topic() -> None:
    history = [*ON_COAT, Turn("user", "ok next: LCM-LoRA"), Turn("assistant", "LCM-LoRA is a module [1].")]
    assert plan("how many steps does it need?", history).query.startswith("What is LCM-LoRA?")
    assert plan("difference?", history).query.startswith("COAT and LCM-LoRA:")
