"""English is told from its little words."""

import pytest

from rag.text.language import is_english

ENGLISH = [
    "COAT uses 2 bits per weight.",
    "Hu et al. propose LoRA.",
    "How many bits per weight?",
    "MIT releases weights.",
    "LoRA plus quantization: which wins?",
]
OTHERS = [
    "Welche Methode komprimiert die Zustände des Optimierers?",
    "Combien de mémoire est-ce que COAT économise par rapport à BF16 dans les expériences ?",
    "¿Cuánta memoria ahorra COAT en el entrenamiento de los modelos?",
    "COAT は BF16 と比べてどれだけメモリを節約しますか",
    "Quanta memoria risparmia il metodo nella fase di addestramento?",
]


@pytest.mark.parametrize("text", ENGLISH)
def test_english(text: str) -> None:
    assert is_english(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_languages(text: str) -> None:
    assert not is_english(text)
