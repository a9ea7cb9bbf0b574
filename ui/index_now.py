"""The index as it is now: while a page stands open, its last paper may be removed, or its server go away."""

from __future__ import annotations

from rag.assistant import Assistant
from rag.errors import FootnoteError
from rag.snapshot import Snapshot


def snapshot_now(assistant: Assistant) -> Snapshot | None:
    """What can be asked now; None where that is nothing. A question that is asked nevertheless is told why."""
    try:
        return assistant.snapshot
    except FootnoteError:
        return None
