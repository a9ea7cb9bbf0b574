"""Greetings, thanks, doubts and questions on the assistant itself, which no paper answers."""

from __future__ import annotations

import re

_GREETING = (
    r"(?:hi|hello|hey|hallo|hola|bonjour|salut|thanks?|thx|ty|cheers|thank you|danke|merci|gracias|"
    r"good (?:morning|evening|afternoon|day|night)|(?:good)?bye|who are you|what can you do|help|how are you|"
    r"how(?:'s| is) it going|what's up|nice to meet you|can you help(?: me)?|sorry)"
)
_PRAISE = r"(?:that was |that's |very )*(?:helpful|great|good|nice|cool|perfect|awesome)"
_REPLY = rf"(?:ok(?:ay)?|yes|no|yeah|nope|{_PRAISE}|got it|i see|never ?mind|stop|understood)"
_MORE = (
    r"(?:there|all|everyone|folks|footnote|so much|very much|a lot|again|please|and|today|me|doing|you|job|work|"
    r"for (?:me|that|this|your help|the (?:help|answer)))"
)
_GREETS = re.compile(rf"^\W*+(?:{_GREETING}|{_REPLY})(?:\W+(?:{_GREETING}|{_REPLY}|{_MORE}))*\W*$", re.I)
_MACHINE = (
    r"(?:chat ?gpt|gpt(?:-?[\d.]+\w?)?|claude|gemini|ai|human|footnote|"
    r"an? (?:ai|bot|robot|language model|llm|chatbot|machine|human|person))"
)
_FILES = (
    r"(?:(?:my|own|a|an|new|more|other|some|the|papers?|pdfs?|files?|documents?|articles?|this|it|questions?|you) ?)+"
)
_ITSELF = (
    rf"are you {_MACHINE}",
    rf"(?:do you|are you) (?:use|using|based on|powered by|running on) (?:\w+ )?{_MACHINE}",
    r"(?:which|what) (?:ai |language )?(?:model|llm|ai) (?:are you|do you|is this|is behind)\b.*",
    r"what (?:can|could|should|may) i ask(?: you)?(?: about)?",
    r"how do(?:es)? (?:you|this|footnote) work",
    r"what are you(?: for)?|what do you do|what(?:'s| is) your name",
    r"what is (?:footnote|this(?: (?:tool|app|page|site|program))?)",
    r"who (?:made|built|created|trained|wrote) you",
    rf"how (?:can|do|could|should) i (?:add|upload|import|use|ingest|load|give you|ask)\b ?(?:{_FILES})?",
    rf"can (?:i|you) (?:add|upload|read|open|import) {_FILES}",
)
_ON_ITSELF = re.compile(rf"^\W*+(?:(?:so|and|but|ok|hi|hello)\W+)?(?:{'|'.join(_ITSELF)})\W*$", re.I)


_TASK = re.compile(
    r"^\W*+(?:please |can you |could you |would you |now )*(?:"
    r"write (?:me )?(?:an? |some |the )?(?:\w+ )?(?:poem|song|haiku|story|essay|e-?mail|letter|function|script|program|"
    r"code|joke|tweet|class|tests?)\b|tell me a joke|"
    r"translate\b.* (?:in)?to (?-i:[A-Z])\w+\W*$|"
    r"(?:delete|erase|drop|remove) (?:all|every|the|this|these|my)\b|"
    r"(?:show|tell|give|print|repeat|reveal)(?: me)? (?:the|your) (?:system |own |hidden )?(?:prompt|instructions)\b|"
    r"ignore (?:all |the |your )*(?:previous|above|prior)\b)",
    re.I,
)
_THANKS = re.compile(
    r"\b(?:thank|thanks|thx|ty|cheers|danke|merci|gracias|bye|goodbye|helpful|great|perfect|awesome)\b", re.I
)
_ADDING = re.compile(r"\b(?:add|upload|import|ingest|load|open|read|pdfs?|files?|install)\b", re.I)
_COLLECTION = (
    r"what (?:topics|subjects|fields|areas|themes)\b.*\b(?:cover\w*|have|here|index|collection|corpus|there)\b.*",
    r"what(?:'s| is| do you have) (?:in (?:the|this|your) (?:index|collection|corpus|database|library)|(?:in )?here)",
    r"how (?:accurate|good|reliable|trustworthy) are (?:you|your answers)",
    r"what languages? (?:do you (?:speak|understand|know)|can i ask in)",
    r"(?:how|where) (?:do|can|could) i (?:install|start|set up|update|configure) (?:you|this|footnote)",
    r"can (?:i|you) trust (?:you|your answers|this)",
)
_ON_COLLECTION = re.compile(rf"^\W*+(?:{'|'.join(_COLLECTION)})\W*$", re.I)
_DOUBTS = (
    r"(?:that|this|it)(?:['’]?s| is| was)?(?: not|n['’]?t)? (?:not )?(?:at all )?"
    r"(?:right|correct|true|wrong|incorrect|nonsense|an answer|the (?:right )?(?:answer|paper|one)|helpful|useful|"
    r"what (?:i|we) (?:asked|meant|wanted|(?:was|were) asking|was looking for|needed)(?: for| about| to know)?)",
    r"(?:that |this |you |it )?(?:do|did|does)(?: not|n['’]?t) answer (?:my|the|that) question",
    r"(?:that|this|it) (?:does|did)(?: not|n['’]?t) (?:help|make (?:any )?sense)(?: me)?",
    r"(?:are|r) (?:you|u) (?:really |quite |absolutely )?(?:sure|certain)(?: (?:about|of) (?:that|this|it))?",
    r"is (?:that|this) (?:really )?(?:true|correct|right)",
    r"you(?:['’]?re| are) (?:wrong|mistaken|incorrect|not answering\b.*)",
    r"(?:please )?(?:check|look|try|think) (?:it |that |this )?again(?: please)?|try harder",
    r"(?:double[- ]?)?check (?:that|it|this)|double[- ]check",
    r"(?:wrong|bad|not the right|not a good|incorrect)(?: (?:paper|answer|one))?|not an answer|nonsense",
    r"not (?:that|this)(?: (?:one|paper))?|not (?:helpful|useful|true|correct|right)",
    r"i (?:do not|don['’]?t) (?:understand|get it|believe (?:that|it|you))(?: (?:that|this|it|you))?",
    r"you (?:misunderstood|did(?: not|n['’]?t) understand)(?: me| (?:the|my) question)?",
    r"(?:please )?answer (?:my|the) question",
)
_DOUBT = re.compile(
    rf"^\W*+(?:(?:hmm+|no|nope|but|well|sorry|and|wait|really|ok|oh)\W+)*(?:{'|'.join(_DOUBTS)})\W*$", re.I
)
_QUOTES = "Without a model I quote sentences of the papers, and with one I check each of its sentences against them"
_WAYS = "Ask a fact, a number, a comparison of two papers, or a list (“which papers …”)."


def reply(text: str) -> str:
    """What is said to a text that asks nothing of the papers."""
    if _TASK.match(text):
        return f"I answer questions on the papers, and nothing else. {_WAYS}"
    if _DOUBT.match(text):
        return (
            "Each sentence of an answer stands in the paper that its marker names: open it there to see what else the "
            "paper says. If I took the question otherwise than you meant it, ask it again in one sentence, with the "
            "name of the paper or the method."
        )
    if _THANKS.search(text):
        return "You are welcome. Ask on whenever you like."
    if _ON_COLLECTION.match(text) or _ON_ITSELF.match(text):
        if _ADDING.search(text):
            return (
                "`footnote ingest PATH` adds papers: PDF, BibTeX, RIS, JSON Lines, CSV, Markdown, text, and folders or "
                "archives of these; on the page, the tab Papers takes files."
            )
        return (
            f"I am Footnote. {_QUOTES}; every sentence names the paper that it stands in. Without a model I answer in "
            f"English. `footnote papers` lists what is in the index. {_WAYS}"
        )
    return (
        "Ask me a question about the papers in the index: a fact, a number, a comparison, or a list. Every sentence of "
        "an answer names the paper that it stands in. `footnote ingest` adds papers of your own."
    )


def is_task(text: str) -> bool:
    """Whether a text wants something done that is no answer from papers: a poem, a program, a translation."""
    return bool(_TASK.match(text))


def is_chat(text: str) -> bool:
    """Whether a text asks nothing of the papers: a greeting, thanks, a bare reply, a doubt, a task, or on
    the assistant."""
    return any(pattern.match(text) for pattern in (_GREETS, _DOUBT, _ON_ITSELF, _ON_COLLECTION, _TASK))
