"""The route that a question gets from rules alone."""

import pytest

from rag.question import plan, reply
from rag.types import Turn

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
    "rlhf survey",
    "survey papers on LLMs",
    "list surveys on prompt engineering",
    "pruning papers that are not about language models",
    "papers evaluated on both GSM8K and MATH",
    "methods for parameter-efficient fine-tuning",
    "ways to reduce memory in training",
    "what are common approaches to quantization?",
    "approaches to continual pre-training",
    "list optimizers",
    "what optimizers are there?",
    "which datasets are released?",
    "which benchmarks are used for math?",
    "give an overview of diffusion models",
    "what is the state of the art in quantization?",
    "best papers on pruning",
    "best paper on quantization",
    "top ten diffusion papers",
    "is there something on physics-informed networks?",
    "speech papers since 2020",
    "Name the bilingual language models.",
    "I want to read about quantization of diffusion models",
    "any survey on foundation models?",
    "are there any benchmarks for robots?",
    "training free methods for diffusion models",
    "what is new in speech recognition?",
    "papers except those on language models",
    "which paper should I read on MoE?",
    "ten papers similar to COAT",
    "what papers are similar to COAT?",
    "papers related to COAT",
    "what else did the authors of Attention Is All You Need write?",
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
    "how many surveys?",
    "how many methods for pruning are there?",
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
    "Which benchmarks are used to evaluate the method?",
    "What are the methods of this paper?",
    "LoRA works by adding low-rank matrices, right?",
    "Which models were used to back up the theory of deltas?",
    "Which approaches to predicting the next sentence were compared?",
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


TOPICS = ["scaling laws", "medical LLMs", "KV cache", "mixture-of-experts", "Structured pruning", "text to speech"]
NO_TOPICS = ["LoRA", "LoRA memory", "Lost in the middle", "explain pruning", "why", "code", "papers", "2:4 sparsity"]


@pytest.mark.parametrize("text", TOPICS)
def test_a_bare_topic_may_be_listed(text: str) -> None:
    made = plan(text)
    assert (made.route, made.topic) == ("survey", True)


@pytest.mark.parametrize("text", NO_TOPICS)
def test_names_and_requests_are_no_topics(text: str) -> None:
    assert not plan(text).topic


def test_a_topic_behind_another_question_is_none() -> None:
    history = [Turn("user", "What is COAT?"), Turn("assistant", "COAT saves memory [1].")]
    assert not plan("memory use", history).topic


@pytest.mark.parametrize(
    ("question", "most", "subject"),
    [
        ("top ten diffusion papers", 10, "diffusion"),
        ("give me 3 diffusion papers", 3, "diffusion"),
        ("10 papers on pruning", 10, "pruning"),
        ("the ten most similar papers to COAT", 10, "COAT"),
        ("the newest paper on frogs", 1, "frogs"),
        ("what is the state of the art in quantization?", 0, "quantization"),
        ("what are common approaches to quantization?", 0, "approaches quantization"),
    ],
)
def test_how_many_of_what(question: str, most: int, subject: str) -> None:
    made = plan(question)
    assert (made.most, made.subject) == (most, subject)
