"""What reaches the terminal: text of papers with its control characters taken out, markers coloured."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TextIO

from rag.cli.streams import mute
from rag.errors import UsageError
from rag.text.visible import visible

_MARKER = re.compile(r"\[\d+\]")
_CYAN, _BOLD, _DIM, _RED, _OFF = "\x1b[36m", "\x1b[1m", "\x1b[2m", "\x1b[31m", "\x1b[0m"


def clean(text: str) -> str:
    """Other people's text, with escape sequences and other control and direction characters taken out."""
    return visible(text)


def coloured(stream: TextIO | None = None) -> bool:
    """Whether colours are wanted: a terminal, and `NO_COLOR` unset (no-color.org)."""
    stream = stream or sys.stdout
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def marked(text: str) -> str:
    """An answer's text with its markers coloured."""
    text = clean(text)
    return _MARKER.sub(lambda match: f"{_CYAN}{match.group()}{_OFF}", text) if coloured() else text


def bold(text: str) -> str:
    """Clean text, bold on a terminal."""
    return f"{_BOLD}{clean(text)}{_OFF}" if coloured() else clean(text)


def dim(text: str) -> str:
    """Clean text, dim on a terminal."""
    return f"{_DIM}{clean(text)}{_OFF}" if coloured() else clean(text)


def emphasised(text: str) -> str:
    """A supporting span: bold on a terminal, between » and « elsewhere."""
    return f"{_BOLD}{clean(text)}{_OFF}" if coloured() else f"»{clean(text)}«"


def unreadable(path: Path, error: OSError | UnicodeDecodeError, hint: str) -> UsageError:
    """What to raise where a file that was named cannot be read."""
    reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
    return UsageError(f"{path} cannot be read: {reason}", hint)


def complain(message: str, hint: str = "") -> None:
    """An error on standard error: what happened, and what to do. Where that takes nothing, the exit code says it."""
    red, off = (_RED, _OFF) if coloured(sys.stderr) else ("", "")
    try:
        print(f"{red}error:{off} {clean(message)}", file=sys.stderr)
        if hint:
            print(f"hint: {clean(hint)}", file=sys.stderr)
    except OSError:
        mute(sys.stderr)
