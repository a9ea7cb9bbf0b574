"""`footnote papers`, `footnote show` and `footnote remove`."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rag.cli.terminal import bold, clean, dim
from rag.errors import UsageError
from rag.text.counted import counted
from rag.types import Paper

if TYPE_CHECKING:
    from rag.settings import Settings

Json = Annotated[bool, typer.Option("--json", help="print JSON")]


def papers(
    grep: Annotated[str, typer.Option(help="only papers whose title or text contains this")] = "",
    source: Annotated[str, typer.Option(help="only papers from sources whose name contains this")] = "",
    as_json: Json = False,
) -> int:
    """List the papers of the index."""
    from rag.inventory import list_papers
    from rag.settings import load_settings

    for paper in list_papers(load_settings(), grep, source):
        print(json.dumps(_row(paper), ensure_ascii=False) if as_json else clean(paper.title))
    return 0


def show(
    title: Annotated[list[str], typer.Argument(help="the title or a part of it, quoted or as words")],
    as_json: Json = False,
) -> int:
    """Print one paper: its text, sources and metadata."""
    from rag.inventory import find_paper
    from rag.settings import load_settings

    paper = find_paper(load_settings(), " ".join(title))
    if as_json:
        print(json.dumps({**_row(paper), "text": paper.text}, ensure_ascii=False))
        return 0
    print(bold(paper.title))
    print(clean(paper.text))
    print(dim("from " + ", ".join(source.name for source in paper.sources)))
    for name, value in sorted(paper.metadata.items()):
        print(dim(f"{name}: {value}"))
    return 0


def remove(
    titles: Annotated[list[str] | None, typer.Argument(help="titles, as `papers` lists them")] = None,
    source: Annotated[
        str, typer.Option(help="all papers that come from this source alone, by its name or a part of it")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="do not ask")] = False,
) -> int:
    """Take papers out of the index."""
    from rag.ingest import remove as remove_papers
    from rag.inventory import list_papers
    from rag.settings import load_settings

    settings = load_settings()
    if not titles and not source:
        raise UsageError("there is nothing to remove", "give titles, or --source NAME")
    wanted = [_titled(settings, title, whole=yes) for title in titles or ()]
    if source:
        found = list(list_papers(settings, "", source))
        exact = any(_is_named(name, source) for p in found for name in p.source_names)
        fits = _is_named if exact else _has
        wanted += [p for p in found if all(fits(name, source) for name in p.source_names)]
    if not wanted:
        raise UsageError(f"no paper comes from {source!r} alone", "`footnote status` lists the sources")
    if not _confirmed(wanted, yes):
        print("nothing was removed")
        return 0
    ids = {paper.id for paper in wanted}
    gone = remove_papers(settings, lambda paper: paper.id in ids)
    print(f"{counted(len(gone), 'paper')} removed")
    return 0


def _titled(settings: Settings, title: str, *, whole: bool) -> Paper:
    """The paper that a title, or unless it must be `whole` a part of one, names."""
    from rag.inventory import find_paper
    from rag.text.title import title_key

    paper = find_paper(settings, title)
    if whole and title_key(paper.title) != title_key(title):
        raise UsageError(f"no paper is titled {title!r}", f"--yes takes whole titles; this is a part of: {paper.title}")
    return paper


def _is_named(name: str, asked: str) -> bool:
    """Whether a source's name is what was asked for, with or without the folders before it."""
    return name == asked or name.endswith(f"/{asked}")


def _has(name: str, asked: str) -> bool:
    return asked.casefold() in name.casefold()


def _confirmed(wanted: list[Paper], yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError(f"this would remove {counted(len(wanted), 'paper')}", "say --yes where nobody can be asked")
    for paper in wanted[:10]:
        print(clean(paper.title))
    return input(f"remove {counted(len(wanted), 'paper')}? [y/N] ").strip().casefold() in ("y", "yes")


def _row(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.id,
        "title": paper.title,
        "sources": [source.name for source in paper.sources],
        "metadata": dict(paper.metadata),
    }
