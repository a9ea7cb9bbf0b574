"""What a question asks for and the papers' texts have no trace of: refused, and said what is missing."""

import pytest

from rag.assistant import Assistant
from rag.types import Paper
from rag.writing.missing_detail import missing_detail
from rag.writing.missing_name import missing_names


@pytest.mark.parametrize(
    ("question", "lacking"),
    [
        ("What batch size does Otter use?", "does not give a batch size"),
        ("On which GPUs was FrogJump trained?", "does not give the hardware"),
        ("What is the licence of Minnow?", "does not give a licence"),
        ("How many layers does Kingfisher have?", "does not give a number of layers or heads"),
        ("How many parameters does Beaver have?", "does not give the number of parameters"),
        ("Does FrogJump work on MarshSpeech?", "does not mention “MarshSpeech”"),
        ("What BLEU does FrogJump reach?", "does not mention “BLEU”"),
        ("Which optimizer does Kingfisher use?", "does not give an optimizer"),
        ("Which tokenizer does Kingfisher use?", "does not give a tokenizer"),
        ("Who funded Heron?", "does not give who paid for it"),
        ("What frame rate does Otter reach?", "does not give a frame rate"),
        ("Which programming language is TinyToad written in?", "does not give a programming language"),
        ("any code for Otter?", "does not give a link to its code"),
        ("is Minnow open source", "does not give a link to its code"),
        ("Heron github", "does not give a link to its code"),
    ],
)
def test_a_detail_without_a_trace_is_refused_and_named(pond: Assistant, question: str, lacking: str) -> None:
    answer = pond.ask(question)
    assert answer.abstained
    assert answer.text.startswith(f"The nearest paper {lacking}. Nearest: ")
    assert answer.nearest[0].split(":")[0] in question


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("How many parameters does the TinyToad student have?", "90 thousand"),
        ("How long does recovery take with Beaver?", "11 seconds"),
        ("How many tiles of NewtSat were annotated?", "12,000"),
        ("Is the code of FrogJump on GitHub?", "https://example.org/frogjump"),
        ("any code for frogjump?", "https://example.org/frogjump"),
        ("Does semantic deduplication help code generation?", "hurts code generation"),
    ],
)
def test_a_detail_that_is_there_is_given(pond: Assistant, question: str, fact: str) -> None:
    assert fact in pond.ask(question).text


TEXT = (
    "We prune a vision transformer and a mixture of experts on ImageNet with LLaMA 2 and OPT_{6.7B}. It keeps the "
    "accuracy of large language models, and runs on edge devices."
)


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Which ViT is pruned?", ()),
        ("How are MoE models pruned on ImageNet-1K?", ()),
        ("Was LLaMA-2 pruned?", ()),
        ("Was LLama2 pruned, or OPT-6.7B?", ()),
        ("Does it work for LLMs?", ()),
        ("Which BERT-style models are pruned?", ()),
        ("Was it tested on ImgeNet?", ()),  # misspelt
        ("What does NVIDIA's TensorRT bring?", ("TensorRT",)),
        ("Was it tested on CIFAR-100 and ImageNet?", ("CIFAR-100",)),
        ("Was LLaMA-3 pruned?", ("LLaMA-3",)),
        ("I train ResNet-50 on CIFAR-10. How can I prune it?", ()),  # the asker's own case
    ],
)
def test_names_that_a_text_lacks(question: str, missing: tuple[str, ...]) -> None:
    assert missing_names(question, [Paper("1", "Pruning", TEXT, ())]) == missing


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Which GPU does it run on?", ""),
        ("What accuracy does it keep?", ""),
        ("How many epochs does it take?", "a number of epochs"),
        ("What learning rate is used?", "a learning rate"),
        ("How long does the pruning take?", "how long it takes"),
        ("How long is the context?", ""),
        ("Under which license is it?", "a licence"),
        ("How many annotators were asked?", "a number of people"),
    ],
)
def test_details_that_a_text_lacks(question: str, missing: str) -> None:
    assert missing_detail(question, TEXT) == missing


def test_a_compared_name_that_no_paper_is_on_is_said(pond: Assistant) -> None:
    spoken_of = pond.ask("How do FrogJump and MarshSpeech differ?")
    assert spoken_of.text.startswith("No paper of the index is on “MarshSpeech” itself; one speaks of it.")
    assert not pond.ask("How do Otter and Heron differ?").text.startswith("No paper")
