"""A collection counted up by its records: how many papers an author, a venue or a year has, and who wrote with whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from rag.question import Plan, Tally, tallied
from rag.retrieval.retriever import Retriever
from rag.selection import year_of
from rag.text.brackets import unbracketed
from rag.text.counted import counted
from rag.text.searchable import searchable
from rag.types import Paper
from rag.writing.draft import Draft
from rag.writing.records.conditions import Has, OfRecord
from rag.writing.records.lacking import none, unsaid_of_all
from rag.writing.records.record import authors_of
from rag.writing.records.venue import is_at

_SHOWN = 30  # names, those of most papers
_COMPARED = 400  # venues that are held against one another for being the same


def tally(retriever: Retriever, plan: Plan, allowed: NDArray[np.bool_] | None) -> Draft | None:
    """What the records of the papers among `allowed` `(papers,)` add up to; None where that is not asked."""
    kind, whose = tallied(plan.wording)
    if not kind:
        return None
    everything = np.ones(retriever.snapshot.paper_count, dtype=bool) if allowed is None else allowed
    examined = int(everything.sum())
    field = "authors" if kind == "coauthors" else kind
    among = everything & retriever.mask(Has(field))
    if not among.any():
        return none(unsaid_of_all([field], examined), examined)
    if kind == "coauthors":
        return _with_whom(retriever, whose, among, examined)
    papers = list(_papers(retriever, among))
    counts = Counter(dict(_counted(kind, papers)))
    unknown = f", of {examined} examined" if len(papers) < examined else ""
    many = f"{len(papers)} {'paper is' if len(papers) == 1 else 'papers are'}"
    opening = f"By their records, {many} {_over(kind, len(counts))}{unknown}: {_listed(kind, counts)}."
    return Draft((), opening=opening, confidence=1.0, examined=examined)


def _with_whom(retriever: Retriever, whose: str, among: NDArray[np.bool_], examined: int) -> Draft:
    """Who wrote papers with one author."""
    by = retriever.mask(OfRecord(authors=(whose,))) & among
    if not by.any():
        return none(f"By their records, none of {examined} papers is by {whose}.", examined)
    author = OfRecord(authors=(whose,))
    papers = list(_papers(retriever, by))
    others = Counter(
        name
        for names in _spelt_alike(authors_of(paper) for paper in papers)
        for name in names
        if not author(Paper("", "", "", (), {"authors": name}))
    )
    told = f"wrote with {_listed('authors', others)}" if others else "wrote alone"
    opening = f"By the records of {counted(len(papers), 'paper')}, {whose} {told}."
    return Draft((), opening=opening, confidence=1.0, examined=examined)


def _papers(retriever: Retriever, among: NDArray[np.bool_]) -> Iterator[Paper]:
    chosen = zip(retriever.snapshot.papers(), among, strict=True)
    return (paper for paper, is_among in chosen if is_among)


def _counted(kind: Tally, papers: Iterable[Paper]) -> Counter[str]:
    if kind == "authors":
        return Counter(name for names in _spelt_alike(authors_of(paper) for paper in papers) for name in set(names))
    if kind == "year":
        return Counter(str(year_of(paper)) for paper in papers)
    return _merged(Counter(unbracketed(paper.metadata["venue"]).strip() for paper in papers))


def _spelt_alike(papers: Iterable[list[str]]) -> list[list[str]]:
    """The authors of each paper; the longest form of a name stands for all, and for its initials where they fit no
    other."""
    found = list(papers)
    longest: dict[tuple[str, str], str] = {}
    for name in (name for names in found for name in names):
        longest[_key(name)] = max(longest.get(_key(name), ""), name, key=len)
    meant: dict[tuple[str, str], set[str]] = {}
    for (family, given), name in longest.items():
        if len(given) > 1:
            meant.setdefault((family, given[0]), set()).add(name)
    for key in longest:
        if len(meant.get(key, ())) == 1:
            longest[key] = next(iter(meant[key]))
    return [[longest[_key(name)] for name in names] for names in found]


def _key(name: str) -> tuple[str, str]:
    """The family name and the first given one, which may be an initial."""
    parts = [part.strip(".") for part in searchable(name).replace("-", " ").split()]
    return (parts[-1], parts[0] if len(parts) > 1 else "") if parts else ("", "")


def _merged(counts: Counter[str]) -> Counter[str]:
    """The venues with the several names of one taken together, under the one that most papers have."""
    found: Counter[str] = Counter()
    for venue, count in counts.most_common():
        same = next((other for other in list(found)[:_COMPARED] if is_at(venue, other, whole=True)), venue)
        found[same] += count
    return found


def _over(kind: Tally, count: int) -> str:
    """How many authors, venues or years there are."""
    one, more = {"authors": ("author", "authors"), "venue": ("venue", "venues")}.get(kind, ("year", "years"))
    return f"{'by' if kind == 'authors' else 'in' if kind == 'venue' else 'of'} {count} {one if count == 1 else more}"


def _listed(kind: Tally, counts: Counter[str]) -> str:
    """Names with the papers that each has, those of most first, and years in their order."""
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    if kind == "year":
        ranked.sort(reverse=True)
    shown = ", ".join(f"{name} ({count})" for name, count in ranked[:_SHOWN])
    return f"{shown}, and {len(ranked) - _SHOWN} more" if len(ranked) > _SHOWN else shown
