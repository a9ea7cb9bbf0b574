"""Questions on the invented papers, with the start of the title and the fact of each."""

from __future__ import annotations

from tests.invented import PAPERS

ROWS = [
    ("By how much does FrogJump cut memory?", "number", "FrogJump", "4.7x"),
    ("How many parameters does the TinyToad student have?", "number", "TinyToad", "90 thousand"),
    ("How often does the underwater arm succeed?", "fact", "Otter", "81%"),
    ("Why does keyword search miss chemistry patents?", "why", "Minnow", "many ways"),
    ("How long does recovery take with Beaver?", "fact", "Beaver", "11 seconds"),
    ("What is the capital of Mongolia?", "unanswerable", "", ""),
]


def title(start: str) -> str:
    return next(title for title in PAPERS if title.startswith(start))
