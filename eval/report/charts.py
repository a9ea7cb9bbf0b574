"""Small charts as SVG, drawn from numbers: no library, no script, no network."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup, escape

_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 360.0, 240.0, 34.0, 26.0


def bars(rows: Sequence[tuple[str, float, float, float, int]]) -> Markup:
    """Horizontal bars: (label, mean, low, high, n), all in [0, 1]."""
    height = 26 * len(rows) + 24
    parts = [_svg(760, height)]
    for place, (label, mean, low, high, n) in enumerate(rows):
        y = 26 * place + 6
        parts.append(
            f'<text x="150" y="{y + 13}" text-anchor="end">{escape(label)} ({n})</text>'
            f'<rect class="bar" x="160" y="{y}" width="{520 * mean:.1f}" height="16" rx="2"></rect>'
            f'<line class="whisker" x1="{160 + 520 * low:.1f}" x2="{160 + 520 * high:.1f}" '
            f'y1="{y + 8}" y2="{y + 8}"></line>'
            f'<text x="{170 + 520 * max(mean, high):.1f}" y="{y + 13}">{mean:.2f}</text>'
        )
    return Markup("".join([*parts, "</svg>"]))


def curve(
    points: Sequence[tuple[float, float]], x: str, y: str, *, diagonal: bool = False, dots: bool = False
) -> Markup:
    """A curve through points in the unit square, axes named."""
    parts = [_svg(_WIDTH, _HEIGHT), _axes(x, y)]
    if diagonal:
        parts.append(
            f'<line class="axis" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(1)}" stroke-dasharray="4"></line>'
        )
    path = " ".join(f"{_x(a):.1f},{_y(b):.1f}" for a, b in points)
    parts.append(f'<polyline class="curve" points="{path}"></polyline>')
    if dots:
        parts += [f'<circle class="dot" cx="{_x(a):.1f}" cy="{_y(b):.1f}" r="3.5"></circle>' for a, b in points]
    return Markup("".join([*parts, "</svg>"]))


def histogram(values: Sequence[float], x: str, *, bins: int = 24) -> Markup:
    """How often values fall into equal bins from 0 to the largest."""
    parts = [_svg(_WIDTH, _HEIGHT), _axes(x, "questions", top=max(values, default=0.0))]
    if values:
        top = max(values) or 1.0
        counts = [0] * bins
        for value in values:
            counts[min(int(value / top * bins), bins - 1)] += 1
        width = (_WIDTH - _LEFT - 8) / bins
        for place, count in enumerate(counts):
            share = count / max(counts)
            left, up = _LEFT + place * width, _y(share)
            parts.append(
                f'<rect class="bar" x="{left:.1f}" y="{up:.1f}" '
                f'width="{width - 1:.1f}" height="{_y(0) - up:.1f}"></rect>'
            )
    return Markup("".join([*parts, "</svg>"]))


def _svg(width: float, height: float) -> str:
    return f'<svg viewBox="0 0 {width:.0f} {height:.0f}" role="img" aria-hidden="true">'


def _axes(x: str, y: str, *, top: float = 1.0) -> str:
    lines = (
        f'<line class="axis" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(1)}" y2="{_y(0)}"></line>'
        f'<line class="axis" x1="{_x(0)}" y1="{_y(0)}" x2="{_x(0)}" y2="{_y(1)}"></line>'
    )
    names = (
        f'<text x="{_x(1)}" y="{_HEIGHT - 6}" text-anchor="end">{escape(x)} → {top:.3g}</text>'
        f'<text x="{_x(0)}" y="10">{escape(y)}</text>'
    )
    return lines + names


def _x(value: float) -> float:
    return _LEFT + value * (_WIDTH - _LEFT - 8)


def _y(value: float) -> float:
    return _HEIGHT - _BOTTOM - value * (_HEIGHT - _BOTTOM - 16)
