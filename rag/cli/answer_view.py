"""An answer as it is printed: its text with markers, then the numbered sources with their spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.cli.terminal import bold, clean, dim, emphasised, marked
from rag.types import Answer, Citation, Delta, Event, Restart, Stage

_LISTED = 12  # sources shown in full; a long listing names its entries already


def lines(answer: Answer) -> Iterator[str]:
    """The lines to print."""
    yield marked(answer.text)
    yield from sources(answer)
    yield from remarks(answer)


def show_stream(events: Iterator[Event]) -> Answer:
    """Write an answer to the terminal as it comes, then its sources; what is withdrawn is struck by a line."""
    answer: Answer | None = None
    begun = False
    for event in events:
        if isinstance(event, Delta):
            print(marked(event.text), end="", flush=True)
            begun = True
        elif isinstance(event, Restart):
            print("\n" + dim("— mended after checking —"))
            begun = False
        elif isinstance(event, Stage) and event.total and not begun:
            told = dim(f"{event.done} of {event.total} papers judged")
            print(f"\r{told}", end="\n" if event.done == event.total else "", flush=True)
        elif isinstance(event, Answer):
            answer = event
    print()
    assert answer is not None  # every stream ends with one, or raises
    for line in (*sources(answer), *remarks(answer)):
        print(line)
    return answer


def sources(answer: Answer) -> Iterator[str]:
    """The numbered sources, each passage once, with its cited spans."""
    groups = _by_passage(answer.citations)
    if not groups:
        return
    yield ""
    for group in groups[:_LISTED]:
        numbers = "".join(f"[{citation.n}]" for citation in group)
        yield f"{marked(numbers)} {bold(group[0].title)}"
        yield f"    {_passage(group)}"
        yield f"    {dim('from ' + ', '.join(group[0].sources))}"
    if len(groups) > _LISTED:
        yield dim(f"… and {len(groups) - _LISTED} more sources; --json has them all")


def remarks(answer: Answer) -> Iterator[str]:
    """What else is to be known: unsupported sentences with the reason, a fallback, a cap, the cost."""
    for claim in answer.claims:
        if claim.verdict == "unsupported":
            yield dim(f"unsupported: “{claim.text}”: {claim.reason}")
    if answer.degraded:
        yield dim(f"without a model: {answer.degraded}")
    if answer.note:
        yield dim(f"note: {answer.note}")
    if answer.usage.calls or answer.usage.cached:
        cost = f", cost {answer.usage.cost:.4f}" if answer.usage.cost is not None else ""
        model = "the model" if answer.degraded else answer.engine
        yield dim(
            f"{model}: {answer.usage.calls} calls, {answer.usage.tokens_in} tokens in, "
            f"{answer.usage.tokens_out} out{cost}"
        )


def _by_passage(citations: Sequence[Citation]) -> list[list[Citation]]:
    """Citations of one passage stand together, in order of first use."""
    groups: dict[tuple[str, int], list[Citation]] = {}
    for citation in citations:
        groups.setdefault((citation.paper_id, citation.passage_start), []).append(citation)
    return list(groups.values())


def _passage(group: Sequence[Citation]) -> str:
    """The passage with its cited spans emphasised; what is far from them is left out."""
    text, start = group[0].passage, group[0].passage_start
    shown: list[str] = []
    reached = 0
    for citation in sorted(group, key=lambda citation: citation.start):
        left, right = max(citation.start - start, reached), citation.end - start
        if right <= reached:
            continue
        shown.append(clean(" ".join(text[reached:left].split())))
        shown.append(emphasised(" ".join(text[left:right].split())))
        reached = right
    shown.append(clean(" ".join(text[reached:].split())))
    return " ".join(part for part in shown if part)
