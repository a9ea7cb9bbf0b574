"""Which kind of answer a question wants, told by its wording alone: rules that fail towards a plain lookup."""

from __future__ import annotations

import re

from rag.question.chat import is_chat
from rag.question.subject import EARLIEST, LATEST, sentences_of
from rag.question.tallied import tallied
from rag.types import Route

_SOME = (
    r"(?:papers|works(?!\s*[?.!]|\s*$| (?:best|better|well|for|as|only|when|if))|studies|articles|publications|"
    r"abstracts|preprints)"
)
_ONE = r"(?:paper|work|study|article|publication|abstract|preprint)"
_DOES = (
    r"(?:use|mention|evaluate|test|train|report|propose|study|deal|address|work|focus|rely|build|compare|cite|release|"
    r"introduce|present|discuss|treat|cover|concern|consider|apply|employ|benchmark|experiment|name|describe)"
)
_THINGS = (
    r"(?:methods|models|architectures|systems|approaches|techniques|algorithms|authors|groups|researchers|frameworks|"
    r"corpora|corpuses|data ?sets|benchmarks|optimizers|language models|vision models)"
)
_NO_VERB = (  # what follows a plural without being its verb, or asks about one paper's own
    r"(?:does|do|did|was|were|is|are|has|have|had|can|could|should|would|will|may|in|of|on|for|to|from|and|or|by|with|"
    r"at|it|the|they|this|that|besides|beyond|other|make up|\w+s|\w+ed)"
)
_MADE = r"(?:introduce|propose|present|release|name|build)"  # "who proposes X" asks for X's own paper
_WAYS = r"(?:methods|techniques|approaches|systems|algorithms|frameworks)"  # what papers offer, rather than use
WRITE = r"(?:publish(?:ed)?|(?:co-?)?author(?:ed)?|(?:co-?)?w(?:rite|rote|ritten))"
_WORK = r"(?:work|research|literature)"
_MATTER = r"(?:that|which|whose|where|who|for|on|to|by|with|about|in)"
_MOST = (
    r"(?:most|highest|largest|biggest|best|fastest|smallest|lowest|fewest|longest|cheapest|greatest|strongest|latest|"
    r"newest|oldest|earliest|first)"
)
MOST_OF_ALL = re.compile(  # one of all papers that only a comparison of all could tell
    rf"^\W*(?:which|what) (?:paper|work|study|article)\b (?:\w+ ){{0,3}}?the {_MOST}\b", re.I
)
_FEW = r"(?:\d{1,2}|two|three|four|five|six|seven|eight|nine|ten)"
_OTHERS = rf"(?:{_SOME}|{_ONE}|{_WAYS}|ones?|things?)"
_ALIKE = (
    r"(?:(?:(?:is|are) there|do (?:you|we) have|have you got|what(?:'s| is| are| else is)|find|show|list|give"
    rf"|(?:which|what)(?: (?:papers|works|articles))?(?: are| is)?|any|the|more|anything|something|others|papers"
    rf"|{_FEW})"
    r"(?: me| us)?\W+(?:[\w-]+ ){0,3}?)?"
    rf"\b(?:(?:similar|akin|comparable|related|close|closest|nearest)(?: {_OTHERS}| work)?"
    r"(?:\W*$| (?:to|with)\b|(?<=related work) (?:for|of)\b)"
    rf"|(?:{_OTHERS}|anything|something|more|others?|else) like\b|alternatives to\b)"
)
NEWEST = re.compile(
    rf"\b(?:{LATEST}|recent(?= (?:[\w-]+ ){{0,3}}(?:{_SOME}|{_WORK}))"
    r"|recently (?:published|released))\b",
    re.I,
)
OLDEST = re.compile(
    rf"\b(?:{EARLIEST}|(?:very )?first(?= (?:papers?|articles?|publications?)\b)|chronological(?:ly| order))\b", re.I
)
BY_DATE = re.compile(  # all of them, in an order
    r"\b(?:(?:sorted|ordered|arranged|ranked|grouped|listed) )?(?:by|in order of) (?:the |their )?"
    r"(?:publication |release )?(?:years?|dates?)\b"
    r"|\b(?:newest|latest|most recent|oldest|earliest) first\b|\b(?:in )?chronological(?:ly| order)\b",
    re.I,
)
CITED = re.compile(
    r"\b(?:(?:most|highly|often|frequently|widely|best)[- ]cited|cited (?:the )?(?:most|best)|citations?(?: counts?)?"
    r"(?=\W*$| (?:does|do|did|has|have|is|are|of)\b))",
    re.I,
)
_POLITE = (
    r"(?:(?:and|so|ok|okay|please|hi|hello|could you|can you|would you|will you|i need|i want|i'd like|i would like|"
    r"we need|help me|let me|to see|tell me|i wonder|do you know(?: of)?|now|next|then|also|great|thanks|thank you|"
    r"recommend|suggest|want|need)\b\W*+)*"  # possessive here and at the start: of 4,000 marks each would be tried
)
# Behind it stands what listed papers must be like, or nothing where that was spoken of.
ALIKE = re.compile(rf"^\W*+{_POLITE}{_ALIKE}", re.I)
_ARTICLE = r"(?:the|this|that|these|those|its|their)\b"
_COUNT_OPENINGS = (
    r"how many citations\b|(?:number of|most) citations\b",
    r"how many (?:[\w-]+ ){0,2}?(?:surveys|reviews)(?:\W*$| (?:on|about|of)\b)",
    rf"how many {_WAYS} (?:for|of|to|on|in) (?!{_ARTICLE})[^?]*(?:are there|exist|do (?:you|we) (?:have|know))\b",
    rf"how many (?:[\w-]+ ){{0,2}}?(?:surveys|reviews|documents|abstracts|entries|{_WAYS}|datasets|benchmarks) "
    r"(?:are there|do (?:you|we) (?:have|know))\b",
    rf"(?:what|which) (?:share|fraction|percentage|percent|proportion) of (?:the |all |these )?(?:\w+ )?{_SOME}\b",
    rf"[\w-]+ {_ONE} count\b",
    rf"(?:in |for |on |of )?how many (?:[^\s?]+ ){{0,6}}?{_SOME}\b(?![^?]*\bthe [^?]*(?:survey|review)\b)",
    r"how many (?:authors|entries (?:mention|use|name|deal|talk|are|in the))\b",
    r"how many of (?:them|these|those)\b(?! (?:does|did) )",
    rf"how many (?!\w+ \w+s (?:do|does|did|is|are|was|were|has|have)\b)(?:\w+ )?{_DOES}\b",
    rf"how many (?:\w+ )?{_WAYS} (?!{_NO_VERB}\b)\w+",
    rf"count (?:all |the )*(?:\w+ )?(?:{_WAYS}|models|{_WORK})\b",
    rf"(?:what(?:'s| is| was)? )?(?:the )?(?:total )?(?:number|count|share|fraction) of\b[^?]*?\b{_SOME}\b",
    rf"count\b[^?]*?\b{_SOME}\b",
    r"how often (?:is|are|does|do)\b.*\b(?:mentioned|used|appear|occur|cited|named)\b",
)
_NO_TOPIC = (  # words that papers named behind them are not looked for by: a question's, a request's about one text
    r"(?!(?:the|this|that|these|those|your|their|its|in|of|on|at|to|by|for|from|as|if|and|or|do|does|did|is|are|was|were|"
    r"has|have|had|can|could|should|would|will|what|why|how|when|who|where|compare|explain|describe|discuss|summari[sz]e|"
    r"according|it|they|we|i|he|she|not|only|than|between|both)\b)"
)
_PRINTED = r"(?:papers|articles|publications|preprints)"
_BEST = (
    r"(?:(?:top|best|oldest|earliest|first|newest|latest|(?:most|more|highly|widely|frequently) [a-z-]+|seminal|key|"
    r"classic|influential|important|foundational|must[- ]read|cited)[ -])"
)
_NUMBER_WORD = rf"(?:{_FEW}|few|couple of)"
_BEHIND = (
    r"(?:except|excluding|other than|of|at|under|over|between|against|not|until|written|"
    r"(?!need|indeed|speed)\w+(?:ing|ed))"
)
_KINDS = r"(?:surveys?|reviews?|overviews?)"
_STUFF = (
    r"(?:methods|ways|techniques|approaches|strategies|tricks|solutions|options|tools|systems|algorithms|frameworks|models|"
    r"architectures|optimizers|data ?sets|corpora|benchmarks|libraries|losses|metrics)"
)
_SUCH = (
    r"(?:the|some|any|all|your|other|common|popular|main|different|existing|available|recent|new|best|good|typical|"
    r"standard|current|known|efficient|cheap|fast|most [a-z]+)"
)
_ONE_PAPERS_OWN = r"(?:the|this|that|these|those|its|their|his|it|them|which|each)\b"
_SURVEY_OPENINGS = (
    MOST_OF_ALL.pattern.removeprefix(r"^\W*"),
    rf"{_NO_TOPIC}(?:[\w.+/'’&-]+ ){{1,5}}?{_PRINTED} "
    rf"(?:on|about|that|which|who|whose|with|without|in|for|from|since|after|before|where|by|{_BEHIND})\b",
    rf"{_PRINTED} {_BEHIND}\b",
    r"(?:(?:what|which)(?:'s| is| are| were) |(?:list|show|give|find|name)(?: me)? )?(?:(?:all|any|some) )?(?:of )?"
    r"(?:the )?"
    rf"(?:{_NUMBER_WORD} )?{_BEST}(?:{_NUMBER_WORD} )?(?:[\w.+/-]+ ){{0,4}}?(?:{_PRINTED}|paper|works|studies)\b",
    rf"(?:the )?{_NUMBER_WORD} {_BEST}(?:[\w.+/-]+ ){{0,4}}?{_PRINTED}\b",
    rf"(?:(?:which|what) (?:are|is) |list |show |find |give )?(?:me )?(?:all |any |some |the |your )*"
    rf"(?:surveys|reviews|{_KINDS} (?:papers?|articles?)) (?:on|about|of|for|in|that|covering)\b",
    rf"{_NO_TOPIC}(?:[\w.+/-]+ ){{1,4}}{_KINDS}\W*$",
    rf"(?:which|what)(?: is the)? (?:{_ONE}|{_SOME}) (?:(?:is|are|was|were|has|have) )?(?:been )?(?:the )?"
    r"(?:most|cited|highly)\b",
    rf"(?:[^\s?]+ ){{0,3}}[^\s?]+['’]s? (?:[\w.-]+ ){{0,2}}(?:{_SOME}|{_ONE})\W*$",
    r"[^\W\d_][\w'’-]*(?:(?: (?:and|&) |, ?)[^\W\d_][\w'’-]*){0,2}(?:,? et al\.?)?,? \(?(?:19|20)\d\d\)?\W*$",
    rf"joint (?:work|{_SOME}) (?:of|by|between)\b",
    rf"(?:did|have|has) [^?]{{3,60}} (?:ever )?{WRITE} (?:an?y? )?{_ONE}s? together\b",
    rf"(?:[\w&-]+ ){{1,7}}{_PRINTED}\W*$(?<!of)",
    r"what (?:came out|appeared)\b",
    rf"(?:what|which) (?:are|is) (?:{_SUCH} )*{_STUFF} (?:for|to|of|that)\b(?! {_ONE_PAPERS_OWN})",
    rf"{_NO_TOPIC}(?!(?:which|given|name|two|three)\b)(?:{_SUCH} )*(?:[\w-]+ ){{0,2}}?{_STUFF} (?:for|to|that)\b"
    rf"(?! {_ONE_PAPERS_OWN})",
    rf"(?:which|what) (?:\w+ ){{0,3}}?{_STUFF} (?:are there|exist|are available|are known|do (?:you|we) (?:have|know)|"
    r"have (?:you|we) got|help|can help)\b",
    rf"(?:list|show|enumerate|collect|name)(?: me)? (?:(?:all|the|any|some|every|different|available|new|known|of) )*"
    rf"(?:[\w-]+ ){{0,2}}?{_STUFF}(?:\W*$| (?:for|to|of|in|that|which|you|used|proposed|released|introduced)\b)",
    rf"(?:which|what) (?:new |other |open )?{_STUFF} (?:are|were|have been|get) (?:\w+ly )?(?:used|evaluated|released|"
    r"proposed|introduced|presented|mentioned|published|covered|discussed|open[- ]sourced)"
    r"(?:\W*$| (?:in|by|across) (?:the |these |all )?(?:papers|collection|index|corpus)\b"
    rf"| (?:for|in|on) (?!{_ONE_PAPERS_OWN})[a-z -]{{3,40}}\W*$)",
    r"(?:what(?:'s| is| are) )?(?:the )?(?:current |latest )?(?:state[ -]of[ -]the[ -]art|sota) (?:in|on|for|of)\b",
    r"(?:state[ -]of[ -]the[ -]art|sota) (?:[a-z-]+ ?){1,4}\W*$",
    r"(?:give|show|provide|write)(?: me| us)? (?:an? |the )?(?:\w+ )?(?:overview|survey|roundup|review) "
    r"(?:of|on|about)\b",
    r"(?:is there|there is|got) (?:any|some)thing (?:on|about|by)\b",
    r"(?:help me )?(?:to )?(?:find|get|show|recommend|suggest)?(?: me)? ?(?:something|anything) (?:on|about)\b",
    r"(?:do|have) (?:you|we) (?:have |got )?(?:something|anything) (?:on|about)\b",
    r"(?:i'm |i am |we are |we're )?(?:looking|searching) for (?:an? |some )(?:\w+ )?"
    rf"{_ONE} (?:on|about|that|which|using)\b",
    r"what (?:surveys|reviews) (?:do (?:you|we) have|are there)\b",
    r"what should (?:i|we|one) read\b",
    r"what (?:was|were|has been|is|got) (?:(?:published|released|written)\b|new\W*$)",
    _ALIKE,
    rf"(?:what|which) (?:else )?(?:has|have|did|does) (?:the authors? (?:of|behind) (?:[^\s?]+ ){{1,12}}?)?"
    rf"(?:[^\s?]+ ){{1,4}}{WRITE}\b",
    r"(?:(?:show|list|give|find)(?: me)? |what(?:'s| is| are) |which (?:is|are) )?(?:the |any |some )?"
    rf"(?:{_FEW} )?(?:{LATEST}|recent) (?:{_FEW} )?"
    rf"(?:[\w-]+ ){{0,3}}(?:{_SOME}|{_ONE}|work|research|literature)\b(?! (?:do|does|did|say|show|find)\b)",
    rf"(?:[^\s?]+ ){{0,3}}[^\s?]+['’]s? {_SOME}\W*$",
    rf"(?:list|show|find|give|which|how many)(?: me)?(?: all)?(?: of)? (?:[^\s?]+ ){{0,3}}[^\s?]+['’]s? {_SOME}\b",
    rf"(?:in |from |on |by |of |for |across )?(?:which|what) (?:of (?:the|these|your) |other |all )?"
    rf"(?:\w+ ){{0,3}}?{_SOME}\b",
    r"(?:list|show|give|name|find|enumerate|collect|gather|get|fetch|display|identify|pull up|bring up|point me to) "
    rf"(?:out )?(?:me )?(?:up )?(?:all|every|each|any|the|some|a list of)?\W*(?:of )?(?:the )?(?:\w+\W+){{0,3}}?"
    rf"(?:{_SOME}|{_ONE} (?:on|about|that|which|using|with|mentioning|in)|"
    r"(?:work|research|literature) (?:on|about|that|using))\b",
    r"(?:what|which) (?:\w+ )?(?:work|research|literature|material)\b(?! (?:does|did|do (?!you|we))\b)",
    rf"(?:list|show|find|name|collect|enumerate|give) (?:me )?(?:(?:all|any|some) )?(?:\w+ )?{_WAYS} {_MATTER}\b",
    rf"(?:list|show|find|name|collect|enumerate|give) (?:me )?(?:(?:all|any|some|the) )?(?:\w+ )?{_WORK} {_MATTER}\b",
    rf"(?:are|is) there (?:any |some )?(?:\w+ )?(?:{_WAYS}|{_STUFF}) {_MATTER}\b",
    rf"(?:any|some|other|an?) (?:[\w-]+ )?{_KINDS} (?:on|about|of)\b",
    r"(?:to )?(?:read|learn)(?: something| more| up)? (?:about|on)\b",
    r"what(?:'s| is) new (?:in|on|about)\b",
    rf"{_SOME}\W*$",
    rf"(?:what|which) (?:{_SOME}|{_ONE}|ones?) (?:should|could|can|must) (?:i|we|one) (?:read|start|look|consult)\b",
    rf"(?:i'm |i am |we are |we're )?(?:looking|searching) (?:for|after) (?:\w+ )?{_WAYS} {_MATTER}\b",
    r"what (?:do|have) (?:you|we) (?:have|got|know)\b",
    r"what(?:'s| is| are) there (?:on|about)\b",
    r"(?:are there|is there|do you have|have you got|do we have|got) (?:any |some |other |more )?(?:\w+ )?"
    rf"(?:{_SOME}|{_ONE}|research|literature|anything)\b",
    rf"(?:any|other|more) (?:\w+ )?(?:{_SOME}|{_ONE}|research|literature|thing|material)\b",
    r"anything (?:on|about|by)\b",
    rf"(?:do|does|did|have|has|are|is) (?:any|some|other|several) (?:of the |of these )?(?:\w+ )?(?:{_SOME}|{_ONE})\b",
    rf"(?:all|every|each) (?:of )?(?:the )?(?:\w+ ){{0,2}}?(?:{_SOME}|{_ONE})\b",
    rf"(?:i'm |i am |we are |we're )?(?:looking|searching|interested) (?:for|in) (?:all |any |some |the )?"
    rf"(?:\w+ ){{0,2}}?(?:{_SOME}|work|research|literature)\b",
    r"where (?:is|are|do|does|has|have)\b.*\b(?:used|use|mentioned|appears?|occurs?|evaluated|tested|cited|named)\b",
    rf"who (?:(?:all|else|also) )?(?:has |have )?(?!{_MADE}){_DOES}(?:s|d|ed)?\b",
    r"who (?:else )?(?:has |have )?(?:looked (?:at|into)|worked on|written about|studied|investigated)\b",
    r"what(?:'s| is) (?:out there|else)\b",
    r"what else (?:is there|do (?:you|we) have)\b",
    rf"what {_WAYS} are there\b",
    rf"(?:the )?(?:top|best)[ -](?:\d+|two|three|five|ten) {_SOME}\b",
    rf"(?:an?|one|some|any|two|three|four|five|\d+) (?:good |other |recent )?(?:{_SOME}|{_ONE}) "
    r"(?:on|about|using|dealing)\b",
    rf"(?!(?:the|this|that|these|those|your|in|of|do|does|did|what|why|how|when) )(?:[\w.+/-]+ ){{1,4}}{_SOME}\W*$",
    rf"{_SOME}(?: [\w.+/-]+){{1,4}}\W*$",
    r"(?:all |the |list |show |find |any |some )*(?:surveys|survey papers|review papers|reviews)\W*$",
    r"(?:(?:show|give|get|send|bring) me |list |find )?everything (?:there is )?(?:on|about|that|to do with)\b",
    r"(?:list|show)(?: me)? everything\W*$",
    rf"(?:which|what) (?:other )?{_THINGS}(?:,? (?:or |and )?{_THINGS})* (?:{_DOES}|(?!{_NO_VERB}\b)\w+)\b",
    rf"(?:which|what) (?:\w+ )?{_THINGS} (?:are|is) there (?:for|on|about|that)\b",
    rf"{_SOME} (?:(?:co-?)?(?:written|authored|published|released) )?(?:on|about|that|which|who|whose|using|with|"
    r"without|mentioning|in|for|from|since|after|before|dealing|where|to do with|by)\b",
    r"(?:a |an |the )?(?:quick |short |brief )?(?:survey|overview|review|list|roundup) of\b",
    r"(?:give|show) me an overview\b",
)
_SURVEY_ENDS = (
    rf"any (?:other )?(?:{_SOME}|{_WORK})",
    rf"(?:please )?(?:list|show|name|find|give)(?: me)? (?:all |the |any )*(?:{_SOME}|{_WORK})",
    rf"what(?: (?:{_SOME}|{_WORK}|else))? (?:do (?:you|we) have|have (?:you|we) got|is there|are there)",
    r"what's there|anything(?: there)?",
    rf"{_SOME}(?:,? please)?",
)
_COUNT = re.compile(rf"^\W*+{_POLITE}(?:{'|'.join(_COUNT_OPENINGS)})", re.I)
_SURVEY = re.compile(
    rf"^\W*+{_POLITE}(?:{'|'.join(_SURVEY_OPENINGS)})|[:,;.?] (?:in |from )?(?:which|what) (?:\w+ ){{0,2}}?{_SOME}\b"
    rf"|[:,;.?–—-] (?:{'|'.join(_SURVEY_ENDS)})\W*$",
    re.I,
)
_NUMBER_OF = re.compile(r"\b(?:how many|(?:the|what|total) number of|count (?:the|all|up|how))\b", re.I)
_QUOTED = re.compile(r"“[^”]*”")  # a title may have "versus" in it
_COMPARE_MARK = re.compile(
    r"\b(?:compar\w+|versus|vs\.?|differ\w*|difference|against|contrast\w*|rather than|both|either|each|respectively)\b"
    r"|\bor\b|\bbetween\b.+\band\b|\bthan\b|\bwhereas\b|\bwhile\b|\bthe other\b",
    re.I,
)


def counts(text: str) -> bool:
    """Whether what a text wants listed is wanted as a number."""
    return _NUMBER_OF.search(text) is not None


def route_of(text: str) -> Route:
    """The route of a question that stands alone."""
    if is_chat(text):
        return "chat"
    if tallied(text)[0]:
        return "count"
    for sentence in (text, *sentences_of(text)[1:]):  # what comes first may only say why it is asked
        if _COUNT.search(sentence):
            return "count"
        if _SURVEY.search(sentence):
            return "survey"
    return "compare" if _COMPARE_MARK.search(_QUOTED.sub("", text)) else "lookup"
