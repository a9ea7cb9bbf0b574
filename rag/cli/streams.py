"""Standard input, output and error as a shell may leave them: closed, of a narrow encoding, read by nobody."""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from typing import TextIO

_ESCAPING = "footnote-escape"


def open_streams() -> None:
    """Let writing fail for nothing but a fault of the device: what is closed takes everything and gives nothing, and a
    character that an encoding lacks is written as JSON escapes it, so that JSON stays what it is."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # the number that is free is taken here, and by no file of ours later
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf8"))
    codecs.register_error(_ESCAPING, _escaped)
    for stream, errors in ((sys.stdin, "replace"), (sys.stdout, _ESCAPING), (sys.stderr, _ESCAPING)):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=errors)


def mute(stream: TextIO) -> None:
    """Lead a stream nowhere that cannot be written, or Python complains of what is left in it while it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end
