"""The only place that talks to a language model: deadlines, retries, cache, cost."""

from rag.chat_model.call import Call
from rag.chat_model.client import ChatModel, Completion, Message, load_chat_model
from rag.chat_model.faults import KEYLESS, telling_prompts
from rag.chat_model.json_reply import papers_in, parsed, schema_of_papers

__all__ = [
    "KEYLESS",
    "Call",
    "ChatModel",
    "Completion",
    "Message",
    "load_chat_model",
    "papers_in",
    "parsed",
    "schema_of_papers",
    "telling_prompts",
]
