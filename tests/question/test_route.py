"""The route that a question gets from rules alone."""

import pytest

from rag.question import plan, reply

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
    "diffusion papers",
    "papers lora quantization",
    "list the surveys",
    "Can you recommend papers on robots?",
    "I need a paper on virtual try-on",
    "who has looked at catastrophic forgetting?",
    "what's out there on cache compression",
    "do you know of any work on robots?",
    "Now list papers on music.",
    "Which Papers Are About Pruning?",
    "WHICH PAPERS USE LORA?",
    "wich papers use lora",
    "list papesr on pruning",
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
    "how many surveys are there",
    "LoRA paper count",
    "what percentage of papers use LoRA?",
    "hwo many papers on quantisation",
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
    "Who introduced LoRA?",
    "Lost in the middle",
    "Summarise the paper on COAT",
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
    assert plan(text).route == "chat"


@pytest.mark.parametrize(
    "text",
    [
        "hey there, how's it going?", "thx", "yes", "Thank you, that was helpful", "Danke!", "Are you ChatGPT?",
        "Do you use GPT-4?", "What can I ask you?", "How can I add my own papers?",
        "which language model are you using?",
    ],
)  # fmt: skip
def test_what_asks_nothing_of_the_papers(text: str) -> None:
    assert plan(text).route == "chat"


@pytest.mark.parametrize("text", ["Do you use LoRA with GPT-4 in the experiments?", "yes or no: is COAT faster?"])
def test_what_asks_something_of_them_after_all(text: str) -> None:
    assert plan(text).route != "chat"


@pytest.mark.parametrize(
    "question",
    [
        "which paper reports the largest speedup?",
        "can you help me find something on speech?",
        "I'm looking for a paper about sign language",
        "what surveys do you have on speech?",
        "quantization of diffusion models papers",
        "What should I read first on quantization?",
    ],
)
def test_lists_in_other_words(question: str) -> None:
    assert plan(question).route == "survey"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("thanks!", "You are welcome"),
        ("can you read PDFs?", "footnote ingest"),
        ("do you use ChatGPT?", "I am Footnote"),
        ("what topics do you cover?", "footnote papers"),
        ("write a poem about transformers", "nothing else"),
        ("Translate the abstract of COAT into German", "nothing else"),
        ("delete all papers", "nothing else"),
        ("hi", "Ask me a question"),
    ],
)
def test_replies(text: str, said: str) -> None:
    assert plan(text).route == "chat"
    assert said in reply(text)


def test_a_task_is_none_where_papers_answer_it() -> None:
    for text in ("write me a summary of COAT", "Show me the papers on prompt tuning", "delete tokens during inference"):
        assert plan(text).route != "chat"
