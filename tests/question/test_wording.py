"""A question as the rules understand it, and what a listing is about."""

import pytest

from rag.question import plan, subject_of


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("Which Papers Use LoRA?", "which papers use LoRA?"),
        ("HOW MANY PAPERS MENTION BERT?", "how many papers mention bert?"),
        ("wich papers use lora", "which papers use lora"),
        ("waht is LISA", "what is LISA"),
        ("Summarise COAT", "What is COAT?"),
        ("tl;dr of QuIP", "What is QuIP?"),
        ("Give me a short summary of the paper on LISA, please", "What is LISA?"),
        ("What is grokking, in plain words?", "What is grokking"),
        ("give me a quick summary of COAT pls", "What is COAT?"),
        ("ELI5: QuIP", "What is QuIP?"),
        ("key takeaways from COAT?", "What is COAT?"),
        ("hi, can you explain grokking to me please", "What is grokking?"),
        ("explain grokking like i'm 5", "What is grokking?"),
        ("explain like i'm five what grokking is", "What is grokking?"),
        ("dumb it down for me: why does COAT help", "why does COAT help"),
        ("in simple words, how does COAT work? thanks!", "how does COAT work?"),
        ("tell me about QuIP", "What is QuIP?"),
        ("tell me about papers on pruning", "tell me about papers on pruning"),
        ("tell me about the authors", "tell me about the authors"),
        ("explain how COAT works", "explain how COAT works"),
        ("explain the difference between COAT and QuIP", "explain the difference between COAT and QuIP"),
        ("what is ELI5", "what is ELI5"),
        ("in simple words pls", "in simple words"),
        ("briefly, please", "briefly"),
        ("which models speak in other languages", "which models speak in other languages"),
        ("Why COAT?", "Why COAT?"),
        ("Summarise the papers on pruning", "Summarise the papers on pruning"),
        ("GPT-3", "GPT-3"),
        ("Lost in the middle", "Lost in the middle"),
        ("What ROUGE-L does GPT-2 reach on ELI5?", "What ROUGE-L does GPT-2 reach on ELI5?"),
    ],
)
def test_frame_slips_and_requests(asked: str, meant: str) -> None:
    made = plan(asked)
    assert (made.question, made.wording) == (asked, meant)


@pytest.mark.parametrize(
    ("question", "subject", "most"),
    [
        ("name two papers about time series", "time series", 2),
        ("top 5 papers on quantization", "quantization", 5),
        ("How many papers in the index are about video?", "video", 0),
        ("How many papers do you have?", "", 0),
        ("papers about diffusion except video", "diffusion", 0),
        ("What do the papers say about warmup?", "warmup", 0),
        ("Which papers train on two GPUs?", "two GPUs", 0),
        ("list the surveys", "surveys", 0),
    ],
)
def test_subject_and_number(question: str, subject: str, most: int) -> None:
    made = plan(question)
    assert (made.subject or subject_of(question), made.most) == (subject, most)


def test_very_long_questions_are_cut() -> None:
    assert len(plan("word " * 100_000).query) <= 4000
