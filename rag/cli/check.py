"""`footnote check` and `footnote doctor`."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rag.cli.terminal import clean, unreadable
from rag.errors import UsageError

_UNSUPPORTED = 3
_SIGNS = {"supported": "ok ", "unsupported": "NO ", "unchecked": " ? "}


def check(
    answer: Annotated[Path, typer.Option(help="file of a text with [n] markers")],
    sources: Annotated[
        Path,
        typer.Option(
            help="passages: JSON Lines, a string or an object with text each; else text "
            "with a blank line between passages"
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False,
) -> int:
    """Check each sentence of a text against the passages that it cites. Exits with 3 where one is unsupported."""
    from rag.grounding import check as checked

    claims = checked(_read(answer), _passages(_read(sources), sources))
    if as_json:
        print(json.dumps([{**asdict(claim), "supported": claim.supported} for claim in claims], ensure_ascii=False))
    else:
        for claim in claims:
            cites = "".join(f"[{n}]" for n in claim.citations)
            reason = f"  ({claim.reason})" if claim.reason else ""
            print(f"{_SIGNS[claim.verdict]} {claim.score:.2f}  {clean(claim.text)} {cites}{clean(reason)}")
    return _UNSUPPORTED if any(claim.verdict == "unsupported" for claim in claims) else 0


def doctor(as_json: Annotated[bool, typer.Option("--json", help="print JSON")] = False) -> int:
    """Say what is configured, what can be reached, and how fast. Keys are never printed."""
    from rag.health import examine
    from rag.settings import load_settings

    findings = examine(load_settings())
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        width = max(len(finding.name) for finding in findings)
        for finding in findings:
            print(f"{'ok ' if finding.ok else 'NO '} {finding.name:{width}}  {clean(finding.told)}")
            if finding.hint:
                print(f"    {'':{width}}  hint: {clean(finding.hint)}")
    return 0 if all(finding.ok for finding in findings) else 1


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf8")
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error, "give a text file") from None


def _passages(text: str, path: Path) -> list[str]:
    """One passage a line of JSON, where the first line is a passage in JSON or any is an object; else one a paragraph.

    Markers count the lines, so none may be passed over.
    """
    rows = [(number, _parsed(line)) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not rows:
        raise UsageError(f"{path} holds no passage", "give JSON Lines, or paragraphs")
    if not isinstance(rows[0][1], str | dict) and not any(isinstance(row, dict) for _, row in rows):
        return [paragraph for paragraph in text.split("\n\n") if paragraph.strip()]
    return [_text(row, f"{path}:{number}") for number, row in rows]


def _parsed(line: str) -> object:
    """What a line of JSON holds; None for a line that is none."""
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _text(row: object, place: str) -> str:
    text = row.get("text") if isinstance(row, dict) else row
    if not isinstance(text, str):
        raise UsageError(f"{place}: no passage in JSON", 'give a string, or an object with a "text", in each line')
    return text
