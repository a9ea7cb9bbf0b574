"""The map of the corpus as SVG: hover names a paper, a click asks about it. Titles are escaped here."""

from __future__ import annotations

from html import escape

from ui.corpus_map import CorpusMap

_WIDTH, _HEIGHT, _EDGE = 1000, 640, 24


def map_svg(drawn: CorpusMap) -> str:
    """The picture, and below it a button for each cluster, which reads its papers' titles as choices."""
    if not drawn.dots:
        return '<p class="soft">There are no papers to draw.</p>'
    dots = "".join(
        f'<circle class="c{dot.cluster % 14}" cx="{_x(dot.x):.1f}" cy="{_y(dot.y):.1f}" r="6" '
        f'data-ask="{escape(dot.title)}" data-paper="{escape(dot.paper_id)}"/>'
        for dot in drawn.dots
    )
    return (
        f'<figure class="map"><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="Map of {len(drawn.dots)} papers in {len(drawn.labels)} clusters">{dots}{_texts(drawn)}</svg>'
        f'<figcaption role="status" class="soft">Near dots are papers that read alike. A click asks about the paper; '
        f"papers of the last answer have a ring.</figcaption><p class=legend>{_legend(drawn)}</p></figure>"
    )


def members(drawn: CorpusMap, cluster: int) -> list[str]:
    """The titles of a cluster's papers."""
    return [dot.title for dot in drawn.dots if dot.cluster == cluster]


def _texts(drawn: CorpusMap) -> str:
    """The labels, each at the middle of its cluster, moved down where it would cover another."""
    placed: list[tuple[float, float, float]] = []
    parts = []
    for number, label in enumerate(drawn.labels):
        xs = sorted(_x(dot.x) for dot in drawn.dots if dot.cluster == number)
        ys = sorted(_y(dot.y) for dot in drawn.dots if dot.cluster == number)
        reach = 4.5 * len(label) + 6
        x = min(max(xs[len(xs) // 2], reach), _WIDTH - reach)
        y = ys[len(ys) // 2]
        while any(abs(x - at) < reach + other and abs(y - top) < 22 for at, top, other in placed):
            y += 22
        placed.append((x, y, reach))
        parts.append(f'<text x="{x:.0f}" y="{min(y, _HEIGHT - 6):.0f}">{escape(label)}</text>')
    return "".join(parts)


def _legend(drawn: CorpusMap) -> str:
    return "".join(
        f'<button type="button" class="fn-button" data-cluster="{number}"><span class="swatch c{number % 14}"></span>'
        f"{escape(label)} ({len(members(drawn, number))})</button>"
        for number, label in enumerate(drawn.labels)
    )


def _x(share: float) -> float:
    return _EDGE + share * (_WIDTH - 2 * _EDGE)


def _y(share: float) -> float:
    return _EDGE + share * (_HEIGHT - 2 * _EDGE)
