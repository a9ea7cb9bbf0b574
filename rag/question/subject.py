"""What a listing or a count is about: the words of its question less those of its frame."""

from __future__ import annotations

import re

from rag.text.names import phrases
from rag.text.quantities import SMALL_NUMBERS
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
    latest recent oldest earliest cited citing influential seminal groups researchers neither nor""".split()
)
_ITEMS = r"(?:papers?|works?|studies|study|articles?|publications?|examples?|abstracts?)"
_NUMBER = rf"(?P<n>{'|'.join(SMALL_NUMBERS)}|\d{{1,2}})"
LATEST = r"(?:newest|latest|most recent)"
EARLIEST = r"(?:oldest|earliest)"
_BEFORE_ITEMS = rf"(?=(?:(?!bits?\b)[a-zA-Z][\w-]* ){{0,4}}?{_ITEMS}\b)"
_MOST = (
    re.compile(
        rf"(?:^\W*+(?:\w+ ){{0,4}}?(?:list|show|give|name|find|tell|get|recommend|suggest|want|need|me)\s+|\btop[ -])"
        rf"(?:the )?{_NUMBER}\s+(?:good |recent |other |of the (?:best )?|{LATEST} )?{_BEFORE_ITEMS}",
        re.I,
    ),
    re.compile(rf"\b{_NUMBER}\s+(?=(?:{LATEST}|{EARLIEST}|most|best|closest|nearest)\b)", re.I),
    re.compile(rf"(?<=newest |latest |recent |oldest ){_NUMBER}\s+(?={_ITEMS}\b)", re.I),
    re.compile(rf"(?<=earliest ){_NUMBER}\s+(?={_ITEMS}\b)", re.I),
    re.compile(rf"^\W*+{_NUMBER}\s+(?={_ITEMS}\b)", re.I),
)
_ONE = re.compile(
    rf"(?:\bthe |['’]s? |^\W*)(?:{LATEST}|{EARLIEST}|(?:very )?first) (?:paper|work|study|article|publication)\b", re.I
)
LEFT_OUT = re.compile(  # behind it stands what listed papers must not have; "without" may belong to a topic
    r"\b(?:except(?: for)?|excluding|leaving out|but (?:not|no|never)(?: (?:on|about|using|mentioning))?|apart from|"
    r"(?:are|is|were)(?: not|n['’]t) (?:about|on|concerned with)|not (?:about|on|using|mentioning)|"
    r"(?:do|does|did)(?: not|n['’]t) (?:use|mention|discuss|cover|involve|deal with|contain|concern)|"
    r"never (?:use|mention)s?)\b",
    re.I,
)
_STANDING = re.compile(r"\b(?:the )?(?:current |latest )?(?:state[ -]of[ -]the[ -]art|sota)\b", re.I)
_FIRST = re.compile(rf"\b(?:very )?first (?={_ITEMS}\b)", re.I)
_OFFERED = re.compile(  # "what are the common": how well known things are is no part of what they are
    r"^\W*(?:(?:what|which) (?:are|is) )?(?:(?:the|some|your|common|popular|main|different|existing|available|good|"
    r"typical|standard|current|known|most [a-z]+)\s+)+(?=(?:methods|ways|techniques|approaches|strategies|tricks|"
    r"solutions|options|tools|systems|algorithms|frameworks|models|architectures|optimizers)\b)",
    re.I,
)
_WHERE = re.compile(
    r"\b(?:in|of|from|across|within) (?:the|your|this|our|my) (?:whole |entire )?"
    r"(?:index|collection|corpus|database|library|data ?set)\b",
    re.I,
)

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)")
_TOPIC = re.compile(r"^\W*[^\W\d_][\w-]*(?: [^\W\d_][\w-]*){0,3}\W*$")
_KIND_NAMED = re.compile(r"[A-Z]{2,4}s?\Z")  # "KV cache": letters that stand for a kind of thing, beside a plain word
_WITHIN_TOPICS = frozenset("of for and or in on with to".split())
_REQUESTS = frozenset(
    "summarize summarise explain describe discuss continue define elaborate compare help stop".split()
)
_ALONE = frozenset("source sources example examples link links code hello undo context details data".split())


def is_topic(text: str) -> bool:
    """Whether a text is nothing but a topic, as typed into a search box ("scaling laws"): up to four words that name no
    one thing, and none of a question's."""
    said = text.strip()
    if not _TOPIC.match(said):
        return False
    opened = said if said[1:2].isupper() else f"{said[:1].lower()}{said[1:]}"
    named = [name for name in phrases(f"the {opened}") if not _KIND_NAMED.match(name)]
    parts = [part.strip("?.,:;!") for part in said.split()]
    plain = [part.casefold() for part in parts if not _KIND_NAMED.match(part)]
    if named or not plain or plain[0] in _REQUESTS or (len(parts) == 1 and plain[0] in _ALONE):
        return False
    return not any(part in STOPWORDS - _WITHIN_TOPICS for part in plain) and any(part not in FRAME for part in plain)


def sentences_of(text: str) -> list[str]:
    """The sentences of a question, where it has several."""
    return [sentence for sentence in _SENTENCE_END.split(text) if sentence.strip()]


def subject_of(text: str) -> str:
    """The words of a survey question that its papers must be about."""
    text = LEFT_OUT.split(text)[0]
    for pattern in (*_MOST, _WHERE, _STANDING, _FIRST, _OFFERED):
        text = pattern.sub(" ", text)
    kept = [word for word in text.split() if word.strip("?.,!:;\"'()").casefold() not in FRAME]
    return " ".join(kept or _kinds(text)).strip(" ?.!,")


def most_wanted(text: str) -> int:
    """How many papers are asked for ("name two papers"); 0 where no number is said."""
    found = next((match for pattern in _MOST if (match := pattern.search(text))), None)
    if found is None:
        return int(bool(_ONE.search(text)))
    said = found["n"].casefold()
    return SMALL_NUMBERS.get(said, 0) or int(said)


def _kinds(text: str) -> list[str]:
    """Kinds of papers, which are the subject where there is no other: surveys, reviews."""
    return re.findall(r"\b(?:surveys?|reviews?|overviews?)\b", text.split(" of ", maxsplit=1)[0], re.I)
