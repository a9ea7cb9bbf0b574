"""Times against the number of passages, both axes logarithmic, as one SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from markupsafe import escape

_WIDTH, _HEIGHT, _MARGIN = 640, 400, 60
_COLOURS = ("#1f5fbf", "#8db8ff", "#c0392b", "#777777")
Points = Sequence[tuple[float, float]]


def log_log(title: str, x_name: str, y_name: str, lines: Mapping[str, Points]) -> str:
    """The lines by name, each of `(x, y)` above 0, as an SVG with axes at powers of ten."""
    xs = [x for points in lines.values() for x, _ in points]
    ys = [y for points in lines.values() for _, y in points]
    across, down = _axis(xs), _axis(ys)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="{_MARGIN}" y="24" font-size="15">{escape(title)}</text>'
    ]
    for power in range(across[0], across[1] + 1):
        x = _x(10**power, across)
        parts.append(f'<line x1="{x}" x2="{x}" y1="40" y2="{_HEIGHT - _MARGIN}" stroke="#ddd"/>')
        parts.append(f'<text x="{x}" y="{_HEIGHT - 40}" text-anchor="middle">{10**power:,}</text>')
    for power in range(down[0], down[1] + 1):
        y = _y(10**power, down)
        parts.append(f'<line x1="{_MARGIN}" x2="{_WIDTH - 44}" y1="{y}" y2="{y}" stroke="#ddd"/>')
        parts.append(f'<text x="{_MARGIN - 6}" y="{y + 4}" text-anchor="end">{10.0**power:g}</text>')
    for place, (name, points) in enumerate(lines.items()):
        colour = _COLOURS[place % len(_COLOURS)]
        path = " ".join(f"{_x(x, across):.1f},{_y(y, down):.1f}" for x, y in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [
            f'<circle cx="{_x(x, across):.1f}" cy="{_y(y, down):.1f}" r="3.5" fill="{colour}"/>' for x, y in points
        ]
        parts.append(f'<text x="{_MARGIN + 12}" y="{58 + 16 * place}" fill="{colour}">{escape(name)}</text>')
    parts.append(f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 14}" text-anchor="middle">{escape(x_name)}</text>')
    parts.append(f'<text x="16" y="{_HEIGHT / 2}" transform="rotate(-90 16 {_HEIGHT / 2})">{escape(y_name)}</text>')
    return "".join([*parts, "</svg>\n"])


def _axis(values: Sequence[float]) -> tuple[int, int]:
    """The powers of ten around some values."""
    return math.floor(math.log10(min(values))), max(
        math.ceil(math.log10(max(values))), 1 + math.floor(math.log10(min(values)))
    )


def _x(value: float, axis: tuple[int, int]) -> float:
    share = (math.log10(value) - axis[0]) / (axis[1] - axis[0])
    return _MARGIN + share * (_WIDTH - _MARGIN - 44)


def _y(value: float, axis: tuple[int, int]) -> float:
    share = (math.log10(value) - axis[0]) / (axis[1] - axis[0])
    return _HEIGHT - _MARGIN - share * (_HEIGHT - _MARGIN - 40)
