"""Short remarks that change the question before them: on another subject, narrowed, told again, on an entry of a list.

Each gives the whole question that is meant, or nothing where the remark is no such one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.question.listed import MARK, OPENERS, entries, on_listed
from rag.question.relisted import AMONG, HOW_MANY, relisted
from rag.question.route import route_of
from rag.question.subject import LATEST, subject_of
from rag.text.common_words import is_common
from rag.text.names import phrases
from rag.text.words import STOPWORDS, stem, words

NO_SUBJECT = frozenset("AI ML NLP LLM LLMs GPU GPUs TPU TPUs CPU CPUs API APIs FLOPs FLOPS".split())
OF_ANY = frozenset(  # what may be asked of any paper, and so is no topic of its own
    words(
        """results result limitations limitation weakness drawback downside advantage benefit contribution finding
        conclusion abstract summary summarize detail details more example examples code github link url
        repository licence license dataset datasets data benchmark benchmarks baseline baselines metric
        metrics accuracy score number numbers figure percent speed speedup speed-up fast faster slow slower
        latency throughput memory cost cheap expensive size large small big parameters parameter billion gpu
        gpus hardware training train trained time long hours days tokens steps epochs hyperparameters setting
        settings architecture layers method methods technique techniques approach approaches model models
        algorithm idea trick key main step stages novelty difference better worse best worst problem solve
        work works use used compare compared prior others author authors year venue reason why explain simple
        simpler terms words year show tell give way ways general release released available evaluate evaluated
        tested future test task tasks language languages domain domains improvement gain gains loss many much take
        took budget error tpu tpus bits rate ratio perplexity overhead"""
    )
)
_ANOTHER = re.compile(
    rf"^\W*+(?:{OPENERS}\W+)+(?:(?P<by>on|about|for|with|of|in|using|to|from)\s+)?"
    r"(?P<name>[^\s?!,]+(?: [^\s?!,]+){0,2})\W*$",
    re.I,
)
_BARE = re.compile(
    r"^\W*+(?:and |so )?(?:(?P<when>when|in (?:which|what) year)|(?P<where>where)|(?P<who>who|by whom))\W*$", re.I
)
_ON_A_RECORD = re.compile(r"\bwho wrote\b|\bauthors?\b|\bpublished\b|\bcome out\b|\bdoi\b", re.I)
_QUANTITY = re.compile(r"^\W*+(?:and |so )?(?:how (?:many|much|large|big|long|fast)|which|what)\b", re.I)
_SPOKEN_OF = re.compile(r"\b(?:it|they|this (?:paper|model|method)|the (?:paper|model|method))\b", re.I)
_LONGEST = 400  # characters of a remark
_SAID_BEFORE = re.compile(  # words to the one who answers, before the question itself
    r"^\W*+(?:(?:(?:ok(?:ay)?|so|and|now|then|well|oh|thanks?)\s+)*+"
    r"(?:cool|great|nice|perfect|good|fine|ok(?:ay)?|thanks?|thank you|thx|hmm+|oh|ah|interesting|i see|got it|"
    r"now|next|well|right|sorry|wait|anyway|yes|no|"
    r"never ?mind|nvm|forget (?:it|that)|in other words|let me (?:rephrase|ask differently|try again)(?: (?:that|it))?|"
    r"(?:a )?(?:different|another|new|other|next) (?:question|topic|subject|thing)|"
    r"(?:now )?(?:to |for )?something else|(?:just )?one (?:more|last)(?: thing| question)?)"
    r"(?:\s*[,.:;!—–-]+\s+|\s*\.{3}\s*))+(?=\w+\W+\w)",
    re.I,
)
_SAID_BEHIND = re.compile(r"(?<=\w)(?<!\bsince)(?<!\bby),? (?:then|though|actually|anyway)(?=\W*$)", re.I)
_OTHERS = re.compile(
    r"^\W*+((?:list|show|find|give|name)(?: me)?) (?:(?:some )?(?:others|other ones|more)|similar ones)"
    r"(?= (?:that|which|on|about|with|using|by|for)\b)",
    re.I,
)
_SOME = re.compile(
    r"^\W*+(?:list|show|find|give|name)(?: me)? (?:some|a few|any|papers|examples|several)"
    r"(?: papers| of (?:them|these|those))?\W*$",
    re.I,
)
_THE_ONE = re.compile(r"\b(?:the|that) (?P<name>[^\s?!,]+) (?:one|paper)\b", re.I)
_CORRECTS = re.compile(
    r"^\W*+(?:(?:no|nope|not that(?: one)?|sorry|wait|actually|hmm+|oh)\W+)*"
    r"(?:(?:i|we) (?:mean|meant|(?:was|am|were) asking (?:about|for)|(?:was|am) (?:interested in|talking about)|"
    r"wanted(?: to know)?)|(?<=no )(?=the\b)|(?<=no, )(?=the\b))\W+(?P<rest>[^\s].*?)\W*$",
    re.I,
)
_PREPOSED = re.compile(r"^(?:compared|than|for|on|in|with|about|at|of|from|by|using)\b", re.I)
_AROUND_NAME = re.compile(r"^(?:the |that )?(?P<name>.+?)(?: (?:one|paper|method|model|work))?$", re.I)
_ASKED = r"^\W*+(?:(?:and|but|so|ok|hmm|please|can you|could you|would you)\W+)*"
_BRIEFLY = (
    r"(?:(?:a (?:bit|little) )?(?:shorter|briefer)|(?:(?:make|keep) it|be|more) (?:short(?:er)?|brief(?:er)?|concise)|"
    r"briefly|in short|tl;?dr|in (?:one|a|a single) sentence)"
)
_SHORTER = re.compile(rf"{_ASKED}{_BRIEFLY}(?:\W+please)?\W*$", re.I)
_RETOLD = re.compile(  # of the last answer: in other words, in fewer, or where it stands
    rf"{_ASKED}(?:{_BRIEFLY}(?:\W+please)?|"
    r"(?:a (?:bit|little) )?simpler|(?:(?:make|keep) it|be|more) simpl(?:er?|y)|in two sentences|"
    r"in (?:simpler? |plain |other |fewer )(?:terms|words)|(?:in|auf|en) (?-i:[A-Z])[a-z]+|"
    r"(?:explain|rephrase|say|put|repeat)(?: (?:that|it|this))?(?: (?:again|differently|better|more simply|simpler))*|"
    r"what do you mean(?: (?:by|with) (?:that|it|this))?|"
    r"(?:the |your )?(?:sources?|citations?|references?|evidence|proof)|cite (?:it|that|this|your sources?)|"
    r"(?:show|give|tell)(?: me)? (?:the |your |a )?(?:exact )?"
    r"(?:sources?|quotes?|passage|evidence|citations?|references?)|"
    r"(?:what(?:'s| is| are)|where(?:'s| is| are)) (?:the |your )(?:sources?|evidence|quote|citation)"
    r"(?: for (?:that|this|it))?|"
    r"(?:which|what) paper (?:says|said|claims|shows|states|is)(?: (?:that|this|so|it)(?: from| in)?)?|"
    r"(?:who|where does it) (?:says?|said|claims?)(?: (?:that|this|so|it))|says who|"
    r"(?:which|what) (?:paper )?(?:is|was) that(?: paper)?(?: (?:again|called))?|(?:that(?:'s| is) |still )*too "
    r"(?:complicated|long|technical|complex|hard)|"
    r"how do you know(?: (?:that|this))?|where (?:is|was|did you get|do you have) (?:that|this|it)(?: from| said)?"
    r")\W*$",
    re.I,
)
_FURTHER = re.compile(
    rf"^\W*+(?:(?:{OPENERS}|please)\W+)*(?:more|more (?:details?|info(?:rmation)?)|tell me more|go on|continue|"
    r"elaborate|keep going|next|(?:what|anything|something) else|anything more|any more|details)\W*(?:please)?\W*$",
    re.I,
)
_COMPLEMENT = re.compile(
    r"^\W*+(?:(?:and|but|so)\s+)?(?P<rest>(?:by|on|in|at|with|for|from|to|over|under|against|than|using|after|"
    r"compared (?:to|with)|relative to)\s+(?:which|what|how (?:many|much|long))\b(?:\s+[\w-]+){0,3})\W*$",
    re.I,
)
_ASPECT = re.compile(
    r"^\W*+(?:(?:and|but|so|ok)\W+)*what(?:'s| is| are| was| were)\s+(?!.*\b(?:between|differences?)\b)"
    r"(?P<whose>its|their|the)\s+"
    r"(?P<aspect>[\w-]+(?: (?!(?:of|in|on|for|to|with|from)\b)[\w-]+){0,2}?)\W*$",
    re.I,
)
_OF_RECORDS = re.compile(
    r"^\W*+(?:and |so )?(?:only|just|which(?: ones)?(?: are| is| were)?|the ones|those|only those|only the ones)"
    r"\s+(?=(?:published |written )?(?:by|at|in|from|since|after|before|until) (?-i:[A-Z0-9]))",
    re.I,
)
_BY_TIME = re.compile(
    r"^\W*+(?:and |so )?(?:only |just |which (?:one )?is |what is |show |list )*the "
    r"(?:(?P<n>\d{1,2}|two|three|four|five) )?"
    rf"(?P<which>{LATEST})(?: ones?| papers?)?(?: of (?:them|these|those))?\W*$",
    re.I,
)


def continued(text: str, previous: str) -> str:
    """The question that a remark makes of the one before it; empty where it makes none."""
    if len(text) > _LONGEST:
        return ""
    said = _OTHERS.sub(r"\1 papers", _SAID_BEHIND.sub("", _SAID_BEFORE.sub("", text)))
    said = _THE_ONE.sub(lambda one: one["name"] if is_name(one["name"]) else one[0], said)
    said = MARK.sub("it", said) if words(MARK.sub("", said)) else MARK.sub("tell me more about it", said)
    if route_of(previous) in ("survey", "count"):
        meant = relisted(said, previous, further=is_further(said))
    else:
        meant = _of_record(said, previous) or _of_another(said, previous) or _with_complement(said, previous)
    if meant:
        return meant
    if _RETOLD.match(said):
        return previous
    if is_further(said):
        return "more"
    return _corrected(said, previous) or _listed(said, previous) or _of_aspect(said) or (said if said != text else "")


def without_opening(text: str) -> str:
    """A question without what is said before it to the one who answers ("cool. what papers …")."""
    return _SAID_BEFORE.sub("", text) if len(text) <= _LONGEST else text


def is_further(text: str) -> bool:
    """Whether a remark only asks for more."""
    return bool(_FURTHER.match(text))


def is_shorter(text: str) -> bool:
    """Whether a remark asks for the last answer in fewer words."""
    return len(text) <= _LONGEST and bool(_SHORTER.match(text))


def last_question(asked: Sequence[str], answers: Sequence[str]) -> str:
    """The last of some questions, as it was meant behind those before it and their answers."""
    return meant_by(asked, answers)[-1]


def meant_by(asked: Sequence[str], answers: Sequence[str]) -> list[str]:
    """What each of some questions means behind those before it and their answers; a bare "more" means the one before
    it."""
    meant: list[str] = []
    for place, text in enumerate(asked):
        if not meant:
            meant.append(text)
            continue
        previous = meant[-1]
        found = on_entry(text, answers[:place]) or continued(text, previous) or text
        meant.append(previous if is_further(found) else found)
    return meant


def on_entry(text: str, answers: Sequence[str]) -> str:
    """A question on entries of the last list among `answers`, with their titles in place of their numbers or of what
    tells them apart; empty where there is none such."""
    if len(text) > _LONGEST:
        return ""
    return on_listed(_SAID_BEFORE.sub("", text), answers)


def of_list(text: str, answers: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """What a remark asks of the entries of the last list ("which of them are training-free?"), and their titles; empty
    where it asks nothing of them, or there is no list."""
    text = _SAID_BEFORE.sub("", text)
    titles = tuple(entries(answers))
    if titles and (ordered := _BY_TIME.match(text)):
        return f"the {ordered['n'] or 1} {ordered['which']} papers", titles
    among = AMONG.match(text) or _OF_RECORDS.match(text)
    rest = text[among.end() :].strip(" ?.!") if among else ""
    if not titles or not words(rest):
        return "", ()
    return f"{'how many' if HOW_MANY.match(text) else 'which'} papers {rest}", titles


def _of_record(text: str, previous: str) -> str:
    """A bare "and when?" behind a question on who made a paper, or where it came out."""
    bare = _BARE.match(text)
    if bare is None or not _ON_A_RECORD.search(previous):
        return ""
    return "who wrote it?" if bare["who"] else f"{'where' if bare['where'] else 'when'} was it published?"


def _of_another(text: str, previous: str) -> str:
    """The same question on what the remark names ("and GLM-130B?"), in place of what the question names."""
    another = _ANOTHER.match(text)
    if another is None or not is_name(another["name"]):
        return ""
    return _renamed(previous, another["name"], another["by"] or "")


def _renamed(previous: str, name: str, by: str = "") -> str:
    """A question on `name` in place of what it names, behind the preposition `by` if there is one; empty where it names
    nothing there."""
    named = [own for own in phrases(previous) if own not in NO_SUBJECT]
    if by:
        named = [own for own in named if re.search(rf"\b{by} (?:the )?{re.escape(own)}", previous, re.I)]
    if named:
        return previous.replace(named[0], name)
    if by or not _QUANTITY.search(previous):
        return ""
    spoken = _SPOKEN_OF.sub(name, previous, count=1)
    return spoken if spoken != previous else f"{previous.rstrip(' ?.!')} for {name}?"


def _with_complement(text: str, previous: str) -> str:
    """The question before with what the remark asks of it ("on which data?", "by how much?")."""
    complement = _COMPLEMENT.match(text)
    if complement is None:
        return ""
    opening = "" if re.match(r"\W*(?:and|but|so)\b", previous, re.I) else "and "  # by which it still leans
    return f"{opening}{previous.rstrip(' ?.!')} {complement['rest']}?"


def _corrected(text: str, previous: str) -> str:
    """The question before, corrected ("no, I meant JetMoE", "I mean for speech"), or the other one that was meant."""
    corrects = _CORRECTS.match(text)
    if corrects is None:
        return ""
    rest = corrects["rest"]
    around = _AROUND_NAME.match(rest)
    name = around["name"] if around else rest
    listing = route_of(previous) in ("survey", "count")
    if listing and len(rest.split()) <= 5:
        return relisted(f"and {name if _PREPOSED.match(rest) else f'about {name}'}", previous)
    if is_name(name):
        return _renamed(previous, name) or f"What is {name}?"
    return f"{previous.rstrip(' ?.!')} {rest}?" if _PREPOSED.match(rest) else rest


def _listed(text: str, previous: str) -> str:
    """The listing of papers about what the question before is about ("list some")."""
    subject = subject_of(previous) if _SOME.match(text) else ""
    return f"Which papers are about {subject}?" if subject else ""


def _of_aspect(text: str) -> str:
    """A question on what any paper has ("what's the speedup?"), which is none on what the word means."""
    asks = _ASPECT.match(text)
    if asks is None or (asks["whose"].casefold() == "the" and not set(words(asks["aspect"])) & OF_ANY):
        return ""
    return f"what {asks['aspect']} does it have?"


def is_name(text: str) -> bool:
    """Whether a word or two name something: by their capitals and digits, or since no paper has them as plain words."""
    if phrases(f"the {text}") == [text]:
        return True
    word = text.casefold()
    return word.isalpha() and len(word) > 2 and word not in STOPWORDS and not is_common(stem(word))
