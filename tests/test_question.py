"""The plan that a question gets from rules alone."""

import pytest

from rag.question import plan
from rag.types import Turn
from rag.writing.terms import terms_of

SURVEYS = [
    "Which papers mention GSM8K?",
    "What papers are there on speech recognition?",
    "In which papers is ImageNet used?",
    "List all papers about pruning.",
    "Please list the works that use LoRA",
    "Show me papers on diffusion models",
    "Show every paper about robots.",
    "Name the papers that release code.",
    "Find work on continual pre-training",
    "Give me all studies that train on C4.",
    "Could you collect the papers dealing with tokenizers?",
    "What research uses the Pile?",
    "Which work treats tabular data?",
    "Is there anything on weather forecasting?",
    "Any papers on protein models?",
    "Anything about graph networks?",
    "Are there studies of grokking?",
    "Do any papers report carbon emissions?",
    "Does any paper mention H100 GPUs?",
    "I'm looking for papers on quantization",
    "I am interested in work on scaling laws.",
    "Where is MMLU used as a benchmark?",
    "Who evaluates on LibriSpeech?",
    "Everything about knowledge distillation",
    "papers that use contrastive learning",
    "papers on vision transformers",
    "An overview of the work on mixture of experts",
    "What do you have on medical images?",
    "All papers by groups that release weights, please",
    "Neural architecture search: which papers use it?",
    "Give me everything on optimizers that need little memory.",
    "Show me methods that steer a generator with edge maps",
    "List the work where one training run yields models of several sizes",
    "I'm looking for techniques that tune only a part of the weights",
    "Learning from a handful of examples: what work do you have?",
    "How do people adapt models to shifted data? List the papers.",
    "Are there methods by which an adapter moves to another model?",
]
COUNTS = [
    "How many papers mention LoRA?",
    "How many of the papers are about video?",
    "In how many papers does Llama 3 occur?",
    "How many use ImageNet?",
    "What is the number of papers on speech?",
    "Number of studies using BERT",
    "Count the papers about robots",
    "How often is GPT-4 mentioned?",
    "Can you tell me how many works deal with tables?",
    "How many methods exploit curvature?",
    "Count the systems that keep weights on disk",
]
LOOKUPS = [
    "How many parameters does the model have?",
    "How many tokens was Ziya2 trained on?",
    "Which paper introduces COAT?",
    "What does LISA do?",
    "Which method compresses optimizer states?",
    "How much does it cost?",
    "What is the number of experts in JetMoE?",
    "Who developed the tokenizer?",
    "Why does pruning hurt?",
    "which optimizer uses the least memory",
    "How many papers does the review of chatbots cover?",
    "How many test samples does the benchmark hold?",
    "How many of those does it fit on?",
    "What earlier work does the method build upon?",
    "Which benchmarks make up the average?",
]


@pytest.mark.parametrize("question", SURVEYS)
def test_listings_are_told_by_their_wording(question: str) -> None:
    assert plan(question).route == "survey"


@pytest.mark.parametrize("question", COUNTS)
def test_counts_are_told_by_their_wording(question: str) -> None:
    assert plan(question).route == "count"


@pytest.mark.parametrize("question", LOOKUPS)
def test_questions_on_one_paper_are_no_listings(question: str) -> None:
    assert plan(question).route in ("lookup", "compare")


def test_chat_is_not_searched() -> None:
    assert [plan(text).route for text in ("hi", "Hello!", "thanks", "what can you do?")] == ["chat"] * 4


@pytest.mark.parametrize(
    "question",
    [
        "Hi, which papers use LoRA?",
        "Hello, what is COAT?",
        "thanks, how much memory does it save?",
        "Help me find FP8 work",
    ],
)
def test_a_greeting_does_not_swallow_the_question(question: str) -> None:
    assert plan(question).route != "chat"


@pytest.mark.parametrize("text", ["Hi there!", "thank you so much", "Hello, how are you?", "ok thanks", "Thanks, bye"])
def test_greetings_in_more_words(text: str) -> None:
    assert (plan(text).route == "chat") == (text != "ok thanks")


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("Which papers mention 'random feature alignment'?", ("random feature alignment",)),
        ("I'd like all papers on OpenAI's models", ("OpenAI's",)),
    ],
)
def test_apostrophes_are_no_quotation_marks(question: str, terms: tuple[str, ...]) -> None:
    assert not any(term.startswith(("d ", "t ")) for term in terms_of(question))
    assert set(terms_of(question)) & {*terms, "OpenAI"}


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
LEANING = ["How does COAT compare with it?", "And COAT?", "Does it beat COAT?", "How much data do they need?"]


@pytest.mark.parametrize(("question", "alone"), [*((q, True) for q in STANDING), *((q, False) for q in LEANING)])
def test_a_pronoun_means_the_name_before_it(question: str, alone: bool) -> None:
    history = [Turn("user", "Which papers mention ImageNet?"), Turn("assistant", "27 papers mention ImageNet.")]
    assert ("ImageNet" not in plan(question, history).query) == alone


def test_very_long_questions_are_cut() -> None:
    assert len(plan("word " * 100_000).query) <= 4000
