"""The command `footnote`: one file a group of commands, and no logic that belongs below.

Exit codes: 0 answered or done, 3 the papers do not answer, 2 bad usage, 1 failure or something skipped,
130 interrupted, 141 nobody reads what is printed.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence

_UNREAD = 141  # what a shell says of a program that SIGPIPE ended
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; every failure is one line on standard error, unless `--debug` asks for its traceback."""
    from rag.cli.streams import mute, open_streams

    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words or os.environ.get("FOOTNOTE_DEBUG", "") not in ("", "0")
    open_streams()
    try:
        code = _guarded([word for word in words if word != "--debug"], debug)
        return code if _flushed() else code or 1
    except BrokenPipeError:
        mute(sys.stdout)
        return _UNREAD


def _guarded(words: list[str], debug: bool) -> int:
    """Run the command; what it raises is told, and becomes its exit code."""
    from rag.cli.app import app
    from rag.cli.terminal import complain
    from rag.errors import FootnoteError

    try:
        return int(app(args=words, prog_name="footnote", standalone_mode=False) or 0)
    except KeyboardInterrupt:
        return 130
    except SystemExit as end:
        if isinstance(end.__context__, BrokenPipeError):  # click makes this of one
            raise end.__context__ from None
        raise
    except BrokenPipeError:
        raise
    except FootnoteError as error:
        if debug:
            raise
        complain(error.message, error.hint)
        return error.exit_code
    except Exception as error:
        return _other(error, debug)


def _flushed() -> bool:
    """Whether all that was printed is out; a full device is told."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _tell_of_no_room(error)
        return False
    return True


def _tell_of_no_room(error: OSError) -> None:
    from rag.cli.streams import mute
    from rag.cli.terminal import complain

    complain(f"what was asked for cannot be written: {error.strerror}", "is there room where it is written to?")
    mute(sys.stdout)


def _other(error: Exception, debug: bool) -> int:
    from rag.cli.terminal import complain

    show, code = getattr(error, "format_message", None), getattr(error, "exit_code", 1)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error)
        return int(code)
    if show is not None:  # click's own, of bad usage
        command = getattr(getattr(error, "ctx", None), "command_path", "footnote")
        early = getattr(error, "option_name", "") == "--home"
        told = "it goes before the command: footnote --home FOLDER …"
        complain(show(), told if early else f"{command} --help says what there is")
        return int(code)
    if type(error).__name__ == "Abort":
        return 130
    if debug:
        raise error
    if isinstance(error, OSError) and error.errno in _NO_ROOM and not error.filename:  # of a file that is open
        _tell_of_no_room(error)
        return 1
    if isinstance(error, OSError) and error.strerror and error.filename:
        complain(f"{error.filename}: {error.strerror}", "is it there, and may it be read and written?")
        return 1
    complain(f"something went wrong: {type(error).__name__}: {error}", "run it again with --debug for the traceback")
    return 1
