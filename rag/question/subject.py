"""What a listing or a count is about: the words of its question less those of its frame."""

from __future__ import annotations

import re

from rag.text.words import STOPWORDS

FRAME = STOPWORDS | frozenset(
    """list show give name find enumerate collect gather get tell every paper papers work works study studies article
    articles publication publications research literature material many number count mention mentions mentioned bring up
    occur appear use uses used using test tests evaluate evaluates build builds based report reports train trains deal
    deals cover covers concern concerns address addresses propose proposes present introduce devoted dealing there
    looking interested searching i'm i'd we're identify fetch display often quick short brief preprints preprint
    treat treats discuss discusses consider considers apply applies employ employs describe describes involve involves
    please could everything anything overview survey review word term name phrase entries abstracts authors documents
    say says said know got want need recommend suggest talk talks come comes exist exists read percentage percent
    proportion total altogether thanks now next looked worked written else topic topics subject subjects cite cites
    related similar relevant interesting recommended ok okay published something help good best top newest
    latest recent""".split()
)
_NUMBERS = {word: i for i, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}
_ITEMS = r"(?:papers?|works?|studies|study|articles?|publications?|examples?|abstracts?)"
_NUMBER = rf"(?P<n>{'|'.join(_NUMBERS)}|\d{{1,2}})"
LATEST = r"(?:newest|latest|most recent)"
_MOST = (
    re.compile(
        rf"(?:^\W*+(?:\w+ ){{0,4}}?(?:list|show|give|name|find|tell|get|recommend|suggest|want|need|me)\s+|\btop[ -])"
        rf"(?:the )?{_NUMBER}\s+(?:good |recent |other |of the (?:best )?|{LATEST} )?(?={_ITEMS}\b)",
        re.I,
    ),
    re.compile(rf"\b{_NUMBER}\s+(?={LATEST}\b)", re.I),
    re.compile(rf"(?<=newest |latest |recent ){_NUMBER}\s+(?={_ITEMS}\b)", re.I),
    re.compile(rf"^\W*+{_NUMBER}\s+(?={_ITEMS} (?:similar|like|closest)\b)", re.I),
)
_ONE = re.compile(rf"\bthe {LATEST} (?:paper|work|study|article|publication)\b", re.I)
LEFT_OUT = re.compile(  # behind it stands what listed papers must not have; "without" may belong to a topic
    r"\b(?:except(?: for)?|excluding|leaving out|but (?:not|no|never)(?: (?:on|about|using|mentioning))?|apart from|"
    r"(?:are|is|were)(?: not|n['’]t) (?:about|on|concerned with)|not (?:about|on|using|mentioning)|"
    r"(?:do|does|did)(?: not|n['’]t) (?:use|mention|discuss|cover|involve|deal with|contain|concern)|"
    r"never (?:use|mention)s?)\b",
    re.I,
)
_WHERE = re.compile(
    r"\b(?:in|of|from|across|within) (?:the|your|this|our|my) (?:whole |entire )?"
    r"(?:index|collection|corpus|database|library|data ?set)\b",
    re.I,
)


def subject_of(text: str) -> str:
    """The words of a survey question that its papers must be about."""
    text = LEFT_OUT.split(text)[0]
    for pattern in _MOST:
        text = pattern.sub(" ", text)
    text = _WHERE.sub(" ", text)
    kept = [word for word in text.split() if word.strip("?.,!:;\"'()").casefold() not in FRAME]
    return " ".join(kept or _kinds(text)).strip(" ?.!")


def most_wanted(text: str) -> int:
    """How many papers are asked for ("name two papers"); 0 where no number is said."""
    found = next((match for pattern in _MOST if (match := pattern.search(text))), None)
    if found is None:
        return int(bool(_ONE.search(text)))
    said = found["n"].casefold()
    return _NUMBERS.get(said, 0) or int(said)


def _kinds(text: str) -> list[str]:
    """Kinds of papers, which are the subject where there is no other: surveys, reviews."""
    return re.findall(r"\b(?:surveys?|reviews?|overviews?)\b", text.split(" of ", maxsplit=1)[0], re.I)
