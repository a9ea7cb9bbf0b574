"""Kinds of detail that a question asks for and a paper's text has no trace of: its licence, the hardware, a batch size.

What may say it is told widely, by any word or figure that could; so a text that shows nothing of it does not answer.
"""

from __future__ import annotations

import re

from rag.text.names import names
from rag.text.sentences import sentences
from rag.writing.aspect import asks_for_limits, own_limits

_NUMBER = (
    r"(?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|single|dozens?|hundreds?|thousands?|millions?|"
    r"billions?|trillions?|half|all|every|each)\b)"
)
_OF_LENGTH = (
    r"(?:context|sequence|prompt|input|document|text|token|video|clip|window|recording|utterance|caption|answer|output|"
    r"generation|article|reasoning|chain)"
)
_WORDS = r"(?:[\w-]+ ){0,3}?"
_CHOSEN = r"\b(?:what|which|how (?:large|high|big|small|low))\b[^?]{0,40}?\b"
_SET = "a data set"
_NO_DATA = re.compile(  # kinds and families of models, of machines, of numbers, of ways to train
    r"(?:[A-Z]*L[LM]Ms?|LLaMA|Llama|GPT|\w*BERT|OPT|Qwen|Mi[sx]tral|Gemma|T5|ViT|SOTA|[GTC]PUs?|FP\d|BF\d|INT\d|[AHV]\d+|RTX|"
    r"NVIDIA|[DCR]NN|GAN|MLP|KV|SGD|Adam|LoRA|PEFT|SFT|AI|NLP|CUDA|FLOP|\d)|.*-(?:based|trained|tuned|free|style|like)\Z"
)
_LINK = re.compile(r"https?://\S+|\bgithub\.com\S+")
_SETS = r"(?:data ?sets?|benchmarks?|corpus|corpora)"
_CODE = (
    r"(?:(?:official|source|public|open[- ]source|reference) )*(?:code|implementation|repo|repository|github)\b"
    r"(?!\w|-| (?:generation|synthesis|completion|models?|llms?|tasks?|data|editing|understanding|review|quality|"
    r"search|intelligence|snippets?|length|execution|domains?|benchmarks?|reasoning|cost|complexity|difficulty|books?|rates?)\b)"
)
# For each detail: how it is asked for, and what may say it.
_DETAILS = {
    "the number of parameters": (
        rf"\bhow many {_WORDS}param(?:eter)?s\b|\bparameter count\b|\bnumber of (?:[\w-]+ ){{0,2}}param(?:eter)?s\b",
        r"\d\s?(?:[MBKT]\b|million|billion|thousand|trillion)|\d[^.]{0,40}\b(?:param|weight)|"
        r"\b(?:param|weight)\w*[^.]{0,60}\d|(?:million|billion|trillion)s?\b|"
        r"\b(?:half|third|quarter|twice|single|same|without|no|zero|negligible|few|small|tiny|all)\b[^.]{0,40}\bparam",
    ),
    "the hardware": (
        rf"\b(?:which|what|how many|number of|kind of|type of) {_WORDS}(?:gpu|tpu|accelerator|graphics card|chip)s?\b|"
        r"\b(?:which|what) (?:kind of |type of )?hardware\b|\b(?:gpu|tpu) (?:model|type|count)\b",
        r"[gtcn]pus?(?:v\d)?\b|fpga|\b[AVH]\d00\b|rtx|\bA\d{4}\b|chip|hardware|phone|pixel \d|jetson|device|cerebras|"
        r"cluster|processor|\bedge\b|laptop|workstation|server|\bnodes?\b|machines?\b|accelerator|nvidia|mobile|desktop|"
        r"\bcards?\b",
    ),
    "a number of processors": (
        rf"\bhow many {_WORDS}(?:gpu|tpu|accelerator|graphics card|chip)s\b",
        rf"{_NUMBER}[^.]{{0,30}}(?:[gtn]pus?(?:v\d)?\b|\b[AVH]\d00|rtx|\bA\d{{4}}\b|chips?\b|\bcards?\b|accelerator|"
        r"nodes?\b|devices?\b|machines?\b|tpuv\d)|\bgpu[- ](?:hours?|days?|weeks?)\b|\b[gtn]pus? \(?\d|single-[gt]pu|"
        r"\ba [^.]{0,20}[gt]pu\b",
    ),
    "how long it takes": (
        rf"\bhow long (?:do|does|did|is|was|will|would)\b(?![^?]*\b{_OF_LENGTH}s?\b)|"
        r"\bhow many (?:[\w-]+ ){0,2}?(?:hours|days|minutes|weeks|months|seconds)\b",
        r"\b(?:hours?|days?|minutes?|mins?|secs?|seconds?|weeks?|months?|years?|milliseconds?|ms|hrs?|overnight|epochs?|"
        r"steps?|iterations?)\b|\d\s?(?:h|s|ms|min)\b|real[- ]?time",
    ),
    "a number of layers or heads": (
        rf"\bhow (?:many|deep) {_WORDS}(?:layers?|blocks?|heads?)\b",
        rf"{_NUMBER}[^.]{{0,40}}\b(?:layer|block|head)|\b(?:layer|block|head)s?\b[^.]{{0,30}}{_NUMBER}",
    ),
    "a learning rate": (rf"{_CHOSEN}learning[- ]rates?\b", r"learning[- ]rates?|\blr\b"),
    "a batch size": (rf"{_CHOSEN}batch(?:es| sizes?)?\b", r"batch"),
    "an optimizer": (r"\b(?:which|what) optimi[sz]er\b", r"optimi[sz]er|\bsgd\b|adam|gradient"),
    "a number of epochs": (r"\bhow many (?:[\w-]+ ){0,2}?epochs?\b", r"epoch|\bpass(?:es)?\b|one-pass"),
    "a weight decay or dropout rate": (rf"{_CHOSEN}(?:weight decay|dropout)\b", r"decay|regulari[sz]|dropout"),
    "a tokenizer": (
        r"\b(?:which|what) (?:kind of |type of )?tokeni[sz]ers?\b(?! (?:are|were|is|was) (?:compared|better))",
        r"tokeni[sz]er|tokeni[sz]ation|vocabular|\bbpe\b|byte|sentencepiece|wordpiece|subword|unigram|codec|\bvq|"
        r"codebook",
    ),
    "who paid for it": (
        r"\bwho (?:fund|financ|sponsor|paid for)|\b(?:funded|financed|sponsored) by (?:whom|who|which|what)\b|"
        r"\b(?:which|what) (?:grant|funding|sponsor)s?\b",
        r"fund|financ|sponsor|grant|support(?:ed)? by|award",
    ),
    "a frame rate": (
        r"\b(?:what|which|how (?:high|many)) [^?]{0,20}(?:frame[- ]?rates?|fps|frames (?:per|a) second)\b",
        r"\bfps\b|frame[- ]?rate|frames (?:per|a|/) ?s|\bhz\b|real[- ]?time|\bms\b|milliseconds?|interactive",
    ),
    "a programming language": (
        r"\b(?:which|what) programming language (?:is|was|did|do|does)\b|\b(?:written|implemented) in (?:which|what)\b",
        r"\b(?:python|pytorch|tensorflow|jax|c\+\+|rust|java|julia|cuda|triton|matlab|keras|haskell|fortran|golang)\b",
    ),
    "a temperature": (rf"{_CHOSEN}temperature\b", r"temperature"),
    "a price": (
        r"\b(?:in|how many|how much money in) (?:us )?(?:dollars|usd|euros)\b|\bhow much money\b",
        r"\$|dollar|\busd\b|euro|price|cents?\b|€|budget|monetary|cost",
    ),
    "a link to its code": (
        rf"\b(?:any|there|the|its|their|find|get|see|have|has|share|publish|download|official|public|source|open) "
        rf"{_CODE}|\b(?:github|gitlab|repo|repository|source code)\b(?! (?:issues?|commits?|stars|data)\b)|"
        rf"\bcode (?:available|public|released|online|link|open)|\bopen[- ]?sourced?\W*$|^\W*{_CODE} (?:for|of)\b",
        r"https?://|\bgit ?hub|gitlab|hugging ?face|\breleas|available|open[- ]?sourc|open[- ]weight|public|download|"
        r"project page|repositor|open[- ]access|codebase|\bcodes? (?:is|are|will|can|and)|\bcodes?:|toolkit|library|"
        r"package",
    ),
    "a licence": (
        r"\b(?:which|what|under)\b[^?]{0,30}\blicen[cs]ed?\b|\blicen[cs]e of\b",
        r"licen[cs]|apache|\bmit\b|\bcc[- ]by|\bgpl|permissive|open[- ]?sourc|open[- ]weight|public",
    ),
    "its energy or emissions": (
        r"\b(?:carbon|co2|kwh|emissions)\b",
        r"carbon|co2|emission|energy|electric|kwh|watt|power|environment|green|footprint",
    ),
    "a number of people": (
        rf"\bhow many {_WORDS}(?:annotator|rater|participant|volunteer|crowd ?worker|clinician|doctor|patient)s?\b",
        r"annotat|rater|participant|volunteer|people|crowd|clinician|doctor|physician|(?<!of )expert|evaluator|judge|"
        r"patient|subject|student|human|person|individual|professional|speaker|cohort",
    ),
    "a vocabulary size": (
        r"\b(?:vocab(?:ulary)?|codebook) size\b|\bsize of the (?:\w+ )?(?:vocabulary|codebook)|"
        r"\bhow (?:large|big|small) (?:is|was|are) [^?]{0,30}\b(?:vocab\w*|codebook)\b",
        r"(?:vocab|codebook|token)[^.]*\d|\d[^.]*(?:vocab|codebook|token)",
    ),
    "a number of images": (
        rf"\bhow many {_WORDS}(?:images|pictures|photos|videos|clips|frames)\b",
        rf"{_NUMBER}[^.]{{0,40}}\b(?:images?|pictures?|photos?|videos?|clips?|frames?|samples?|examples?|pairs?|data|"
        rf"instances?|scenes?|views?|fps)|\b(?:images?|pictures?|photos?|videos?|clips?|frames?|samples?)\b[^.]{{0,30}}"
        rf"{_NUMBER}|\d\s?(?:[MBK]\b|million|billion|thousand|x\b)|times|-shot",
    ),
    "a number of tokens": (
        r"\bhow many (?:(?!new|more|fewer)[\w-]+ ){0,3}?tokens\b",
        rf"{_NUMBER}[^.]{{0,40}}\btokens?|\btokens?\b[^.]{{0,30}}{_NUMBER}|\d\s?(?:[MBKT]\b|million|billion|thousand|"
        r"trillion|%|x\b)|\d[TGM]B\b",
    ),
    _SET: (
        rf"\b(?:what|which) (?:[\w-]+ ){{0,2}}?{_SETS}(?= (?:does|do|did|is|was|were|are|has|have)\b)|"
        rf"^\W*{_SETS} (?:used|of|for|in)\b|\b(?:what|which) data (?:is|was|were|did|does)\b[^?]*\btrain|"
        r"\b(?:trained|tested|evaluated) on (?:what|which)\b",
        r"\bdata|benchmark|corpus|corpora|\btokens\b|\bsuite\b|\btasks?\b|\b(?:images|videos|speech|texts?|clips|tiles|"
        r"samples|examples|pages|web|internet|books|documents|patents|trials|languages|articles|records|questions|"
        r"problems|conversations|dialogues?|scenes|demonstrations|trajectories|synthetic|pairs|puzzles|games|"
        r"domains|recordings|environments|simulat\w+|hours of)\b|"
        r"(?-i:\w*(?:Net|Bench|QA|Eval|MNIST|CIFAR|COCO|GLUE|MMLU|GSM|SQuAD|Wiki\w*|C4|Pile|Crawl))\b|"
        r"\bon (?:the )?(?-i:(?!LLa|GPT|BERT|OPT|Qwen|[AHV]100|GPU|TPU|CPU|LLM|RTX|NVIDIA)[A-Z])",
    ),
    "a rank": (r"\b(?:what|which) (?:[\w-]+ )?ranks?\b(?= (?:do|does|is|was|were)\b)", r"\brank"),
    "any figure": (
        r"\bhow many\b|\b(?:what|which) (?:[\w-]+ ){0,4}?(?:accuracy|score|percentage|fraction|ratio|number|bleu|fid|"
        r"f1|wer|miou|perplexity|auc|auroc|rouge|psnr|elo)\b|\bby (?:how many|what (?:factor|percentage|margin))\b",
        r"(?<![A-Za-z-])\d|(?<=[A-Za-z]-)\d+(?:\.\d+)?[xMBK]\b|\b(?:one|single|two|three|four|five|six|seven|eight|nine|ten|"
        r"eleven|twelve|thirteen|fifteen|sixteen|twenty|thirty|forty|fifty|dozens?|hundreds?|thousands?|millions?|billions?|"
        r"trillions?|half|halv\w+|twice|doubl\w+|tripl\w+|thirds?|quarters?|both|pairs?|\w+fold|orders?|all|every|each|"
        r"none|any|scaling|scales?|scaled)\b",
    ),
}  # fmt: skip
_COMPILED = tuple(
    (detail, re.compile(asked, re.I), re.compile(said, re.I)) for detail, (asked, said) in _DETAILS.items()
)


def missing_detail(question: str, text: str) -> str:
    """The kind of detail that the question asks for and nothing in `text` (a title and what follows it) could say, as
    in "the number of parameters"; empty where there is none."""
    title = text.partition("\n")[0]
    if asks_for_limits(question, title):
        own = [text[start:end] for start, end in sentences(text) if start > len(title)]
        if not own_limits(own):
            return "its limitations"
    lacking = (detail for detail, asked, said in _COMPILED if asked.search(question) and not said.search(text))
    return next((detail for detail in lacking if detail != _SET or not _may_name_data(question, text)), "")


def _may_name_data(question: str, text: str) -> bool:
    """Whether a text has a name that is none of the question's, the title's or of what is no data."""
    known = f"{question}\n{text.partition(chr(10))[0]}"
    return any(name not in known and not _NO_DATA.match(name) for name in names(_LINK.sub(" ", text)))
