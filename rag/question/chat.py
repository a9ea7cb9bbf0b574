"""Greetings, thanks and questions on the assistant itself, which no paper answers."""

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
_GREETS = re.compile(rf"^\W*(?:{_GREETING}|{_REPLY})(?:\W+(?:{_GREETING}|{_REPLY}|{_MORE}))*\W*$", re.I)
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
_ON_ITSELF = re.compile(rf"^\W*(?:(?:so|and|but|ok|hi|hello)\W+)?(?:{'|'.join(_ITSELF)})\W*$", re.I)


def is_chat(text: str) -> bool:
    """Whether a text asks nothing of the papers: a greeting, thanks, a bare reply, or something on the assistant."""
    return bool(_GREETS.match(text) or _ON_ITSELF.match(text))
