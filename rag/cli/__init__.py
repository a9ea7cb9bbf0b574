"""The command `footnote`: one file a group of commands, and no logic that belongs below.

Exit codes: 0 answered or done, 3 the papers do not answer, 2 bad usage, 1 failure or something skipped,
130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points

GROUP = "footnote.commands"  # entry points: name of the verb → a function of its arguments that gives the exit code


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; every failure is one line on standard error, unless `--debug` asks for its traceback."""
    from rag.cli.terminal import complain
    from rag.errors import FootnoteError

    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in words or os.environ.get("FOOTNOTE_DEBUG", "") not in ("", "0")
    try:
        return _run([word for word in words if word != "--debug"])
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains while it ends
        return 1
    except FootnoteError as error:
        if debug:
            raise
        complain(error.message, error.hint)
        return error.exit_code
    except Exception as error:
        return _other(error, debug)


def _run(words: list[str]) -> int:
    """Run the command that `words` name: one of this package, or one that another package registers."""
    from rag.cli.app import app

    if words and words[0] in {entry.name for entry in entry_points(group=GROUP)}:
        (entry,) = entry_points(group=GROUP, name=words[0])
        return int(entry.load()(words[1:]) or 0)
    return int(app(args=words, prog_name="footnote", standalone_mode=False) or 0)


def _other(error: Exception, debug: bool) -> int:
    from rag.cli.terminal import complain

    show, code = getattr(error, "format_message", None), getattr(error, "exit_code", 1)
    if show is not None:  # click's own, of bad usage
        complain(show(), "footnote --help says what there is")
        return int(code)
    if type(error).__name__ == "Abort":
        return 130
    if debug:
        raise error
    complain(f"something went wrong: {type(error).__name__}: {error}", "run it again with --debug for the traceback")
    return 1
