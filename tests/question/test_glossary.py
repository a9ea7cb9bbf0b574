"""Questions in other languages are glossed into English; English ones, names and numbers stay as they are."""

import pytest

from rag.assistant import Assistant
from rag.question.glossary import in_english
from rag.question.route import route_of


@pytest.mark.parametrize(
    ("question", "gloss"),
    [
        ("¿Qué artículos usan LoRA?", "which papers use LoRA?"),
        ("Quels articles utilisent LoRA ?", "which papers use LoRA?"),
        ("Quantos artigos tratam de reconhecimento de fala?", "how many papers deal with speech recognition?"),
        ("Welche Arbeiten behandeln Spracherkennung?", "which papers deal with speech recognition?"),
        ("哪些论文使用了LoRA？", "which papers use LoRA?"),
        ("量化大语言模型的方法有哪些？", "which methods quantization large language models?"),
        ("LoRAを使っている論文はどれですか？", "which papers LoRA using?"),
        ("was ist lora?", "what is lora?"),
        ("Wissensdestillation", "knowledge distillation"),
    ],
)
def test_glosses(question: str, gloss: str) -> None:
    assert in_english(question) == gloss


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Wie viel kleiner als HuBERT ist DistilHuBERT?", ["how much", "smaller", "than", "HuBERT", "DistilHuBERT"]),
        ("Um quanto o CAPIVARA barateou o treino em 2:4?", ["how much", "CAPIVARA", "training", "2:4"]),
        ("Perché l'addestramento di GPT-4 diverge con 1,54x?", ["why", "training", "GPT-4", "1.54x"]),
        ("Warum hilft die 4-Bit-Quantisierung beim Feintuning großer Sprachmodelle?", ["why", "4", "quantization"]),
        ("GLM-130B 训练时遇到了哪些稳定性问题？", ["GLM-130B", "training", "which", "stability"]),
        ("Falcon-H1 は最大で何トークンの文脈を扱えますか？", ["Falcon-H1", "tokens", "context"]),
    ],
)
def test_words_names_and_numbers(question: str, words: list[str]) -> None:
    glossed = in_english(question)
    assert [word for word in words if word not in glossed] == []


@pytest.mark.parametrize(
    "question",
    [
        "What is COAT?",
        "Which papers use LoRA?",
        "kv cache compression",
        "lora vs dora",
        "Die Hard",
        "no label data learning",
        "waht is the modle of die Otter?",
        "How does Le Chat compare with Das Modell?",
        "Résumé of naïve Bayes in café reviews",
        "lora",
        "vit",
        "gan vae",
        "wechsel",
        "transformer circuits",
        "",
        "???",
    ],
)
def test_english_stays(question: str) -> None:
    assert in_english(question) == question


@pytest.mark.parametrize(
    ("question", "route"),
    [
        ("Combien d'articles portent sur la reconnaissance vocale ?", "count"),
        ("Elenca gli articoli che usano ImageNet", "survey"),
        ("卷积网络的论文有多少篇？", "count"),
        ("拡散モデルを高速化する論文はどれですか？", "survey"),
        ("Was ist der Unterschied zwischen LoRA und DoRA?", "compare"),
        ("¿Cuál es el tamaño del vocabulario de Swallow?", "lookup"),
        ("Bonjour, comment ça va aujourd'hui ?", "chat"),
        ("Привет! Как дела?", "chat"),
        ("你好", "chat"),
    ],
)
def test_routes(question: str, route: str) -> None:
    assert route_of(in_english(question)) == route


@pytest.mark.parametrize(
    "question",
    [
        "¿Cuántos artículos mencionan PondBench?",
        "Wie viele Arbeiten erwähnen PondBench?",
        "有多少论文提到了PondBench？",
        "Сколько статей упоминают PondBench?",
        "Hoeveel artikelen noemen PondBench?",
    ],
)
def test_a_count_in_another_language(pond: Assistant, question: str) -> None:
    answer = pond.ask(question)
    assert answer.route == "count"
    assert answer.text.startswith("2 papers that mention PondBench")
    assert answer.question == question
