"""`footnote eval`: run, compare, gate, report, and the harness's tests of itself; a module a group of commands."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from eval.cli import comparing, datasets, itself, running

app = typer.Typer(
    no_args_is_help=False,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Measure the answers, compare runs, and find where they fail. Without a command: a run.",
)
app.command("run")(running.run)
app.command("runs")(running.runs)
app.command("report")(comparing.report)
app.command("compare")(comparing.compare)
app.command("baseline")(comparing.baseline)
app.command("gate")(comparing.gate)
app.command("faults")(itself.faults)
app.command("checker")(itself.checker)
app.command("agreement")(itself.agreement)
app.command("judge")(itself.judge)
app.command("validate")(datasets.validate)
app.command("draft")(datasets.draft)
app.command("starter")(running.starter)
app.command("feedback")(datasets.feedback)
app.command("export")(comparing.export)


def main(words: Sequence[str]) -> int:
    """Run the command that `words` name; its exit code."""
    known = {command.name for command in app.registered_commands} | {"--help"}
    given = list(words) if words and words[0] in known else ["run", *words]
    return int(app(args=given, prog_name="footnote eval", standalone_mode=False) or 0)
