"""Scores by number of corrections as an SVG, drawn without a plotting library."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from tests.bench.report import by_size, middle

if TYPE_CHECKING:
    from tests.bench.report import Report

PANELS = {
    "reliability": "Corrected questions right",
    "generality": "Rewordings right",
    "general_unchanged": "Other questions unchanged",
    "seconds": "Seconds to teach",
}
COLOURS = ("#0b6e4f", "#5fb49c", "#c8553d", "#e09f3e", "#6c757d")
WIDTH, HEIGHT, GAP, TOP, LEFT = 240, 160, 56, 60, 48
"""Pixels: a panel's plot, the space between panels, and around them."""

Point = tuple[float, float]


def _text(at: Point, words: str, *, anchor: str = "middle", size: int = 11) -> str:
    x, y = at
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {place} font-size="{size}">{escape(words)}</text>'


def _line(start: Point, end: Point, colour: str, width: float = 1) -> str:
    (x1, y1), (x2, y2) = start, end
    return (
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
        f'stroke="{colour}" stroke-width="{width}"/>'
    )


def _series(points: list[Point], colour: str) -> list[str]:
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    return [*(_line(one, other, colour, 2) for one, other in pairwise(points)), *dots]


def _panel(reports: list[Report], key: str, left: float, colours: dict[str, str]) -> list[str]:
    sizes = by_size(reports)
    found = {
        (n, who): middle(figures, key)
        for n, named in sizes.items()
        for who, figures in named.items()
    }
    top = 1.0 if key != "seconds" else max([1.0, *(v for v in found.values() if v is not None)])
    step = WIDTH / len(sizes)
    across = {n: left + step * (place + 0.5) for place, n in enumerate(sizes)}

    def up(value: float) -> float:
        return TOP + HEIGHT * (1 - value / top)

    drawn = [_text((left + WIDTH / 2, TOP - 12), PANELS[key], size=13)]
    for value in (0, top / 2, top):
        drawn.append(_line((left, up(value)), (left + WIDTH, up(value)), "#dddddd"))
        drawn.append(_text((left - 6, up(value) + 4), f"{value:.3g}", anchor="end"))
    drawn += [_text((x, TOP + HEIGHT + 18), str(n)) for n, x in across.items()]
    for who, colour in colours.items():
        values = {n: found.get((n, who)) for n in sizes}
        drawn += _series([(across[n], up(v)) for n, v in values.items() if v is not None], colour)
    return drawn


def plot(reports: list[Report]) -> str:
    """One panel a score, one line a teacher, the number of corrections across."""
    names = list(dict.fromkeys(who for named in by_size(reports).values() for who in named))
    colours = {who: COLOURS[place % len(COLOURS)] for place, who in enumerate(names)}
    width, height = LEFT + len(PANELS) * (WIDTH + GAP), TOP + HEIGHT + 40
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    drawn = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif" role="img">',
        "<title>Scores by number of corrections</title>",
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for place, (who, colour) in enumerate(colours.items()):
        x = LEFT + place * (WIDTH + GAP) * 0.8
        drawn.append(f'<circle cx="{x}" cy="16" r="5" fill="{colour}"/>')
        drawn.append(_text((x + 10, 20), who, anchor="start"))
    for place, key in enumerate(PANELS):
        drawn += _panel(reports, key, LEFT + place * (WIDTH + GAP), colours)
    return "\n".join([*drawn, "</svg>", ""])
