"""Papers that survey others, which a listing may ask for: "surveys on prompting", "rlhf survey"."""

from __future__ import annotations

import re

from rag.types import Paper

_KIND = r"(?:surveys?|reviews?|overviews?)"
_ASKED = re.compile(
    rf"\b(?:surveys|reviews|{_KIND} (?:papers?|articles?))\b|\b{_KIND}\W*$"
    rf"|\b(?:any|there an?|looking for an?) (?:[\w-]+ )?{_KIND}\b",
    re.I,
)
_WANTED = re.compile(rf"\b(?:an?|the) (?:[\w-]+ ){{0,2}}{_KIND}\W*$", re.I)  # "in a short overview": how to tell it
_TITLE = re.compile(r"\b(?:surveys?|reviews?|overview|tutorial|primer)\b|\bprogress\b.*\bchallenges\b", re.I)
_TEXT = re.compile(
    r"\b(?:this|our|the present|presents? an?|provides? an?|comprehensive|systematic|extensive|thorough) "
    rf"(?:[\w-]+ ){{0,3}}?{_KIND}\b(?! of our)"
    r"|\bwe \w+ly (?:survey|review) |^an? (?:survey|review) of\b|\bbook surveys\b",
    re.I,
)


def asks_for_surveys(wording: str) -> bool:
    """Whether a listing asks for papers that survey others."""
    return bool(_ASKED.search(wording)) and not _WANTED.search(wording)


def topic_of_surveys(subject: str) -> str:
    """What surveys are to be on: the subject without the word for them."""
    return re.sub(rf"\b{_KIND}\b", " ", subject, flags=re.I).strip()


def is_survey(paper: Paper) -> bool:
    """Whether a paper surveys others, by its title or its own word."""
    return bool(_TITLE.search(paper.title) or _TEXT.search(paper.text))
