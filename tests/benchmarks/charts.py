"""Bar charts as SVG that is readable in both palettes of the site, and in a terminal's diff."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from tests.benchmarks.figures import format_figure

__all__ = ["Chart", "Panel", "draw"]

WIDTH, COLUMNS = 640, 2
LABEL, VALUE, ROW, BAR = 100, 52, 24, 16
HEADING, GAP, TOP, MARGIN = 30, 20, 44, 10

STYLE = """\
    .figure { --ink: #2a211a; --soft: #65574b; --line: #b39b7c; --ours: #a2351a; --bar: #d3bd9c }
    #only-dark:target ~ .figure { --ink: #ece3d8; --soft: #b6a99c; --line: #7d6b58; --ours: #ffa684; --bar: #5d4d3f }
    text { font: 15px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif; fill: var(--ink) }
    .name { font-size: 19px; font-weight: 600 }
    .panel { font-size: 16px; font-weight: 600 }
    .soft { fill: var(--soft) }
    .axis { stroke: var(--line); stroke-width: 1.5; fill: none }
    .bar { fill: var(--bar); stroke: var(--line); stroke-width: 1 }
    .ours { fill: var(--ours) }
    .strong { font-weight: 600 }"""  # noqa: E501 - one rule a line


@dataclass(frozen=True)
class Panel:
    """A heading and its bars."""

    title: str
    bars: Mapping[str, float | None]


@dataclass(frozen=True)
class Chart:
    """Panels with one scale, two in a row; a logarithmic one shows factors as lengths."""

    title: str
    panels: Sequence[Panel]
    is_logarithmic: bool = False
    ours: str = "Bocadillo"


def draw(chart: Chart) -> str:
    """Return the SVG of a chart."""
    columns = min(COLUMNS, len(chart.panels))
    width = (WIDTH - 2 * MARGIN - GAP * (columns - 1)) / columns
    rows = [chart.panels[i : i + columns] for i in range(0, len(chart.panels), columns)]
    scale = make_scale(chart, width - LABEL - VALUE)
    parts: list[str] = []
    y = float(TOP)
    for row in rows:
        for column, panel in enumerate(row):
            parts += draw_panel(panel, scale, MARGIN + column * (width + GAP), y, ours=chart.ours)
        y += HEADING + max(len(panel.bars) for panel in row) * ROW + GAP
    title = escape(chart.title)
    note = " (logarithmic scale)" if chart.is_logarithmic else ""
    body = "\n".join(f"    {part}" for part in parts)
    size = f'viewBox="0 0 {WIDTH} {y:.0f}" width="{WIDTH}" height="{y:.0f}"'
    return f"""\
<svg xmlns="http://www.w3.org/2000/svg" {size}>
  <title>{title}</title>
  <!-- Drawn by `dev.py bench` from results.json. One drawing, two palettes: the address ends with #only-light or #only-dark. -->
  <style>
{STYLE}
  </style>
  <g id="only-light"/>
  <g id="only-dark"/>
  <g class="figure">
    <text x="{MARGIN}" y="26"><tspan class="name">{title}</tspan><tspan class="soft">{note}</tspan></text>
{body}
  </g>
</svg>
"""  # noqa: E501 - markup breaks where it may


def draw_panel(panel: Panel, scale: "Scale", x: float, y: float, *, ours: str) -> Iterator[str]:
    """Yield the elements of a panel whose corner is at x and y."""
    yield f'<text class="panel" x="{x:.0f}" y="{y + 18:.0f}">{escape(panel.title)}</text>'
    top, left = y + HEADING, x + LABEL
    yield f'<path class="axis" d="M{left:.1f} {top - 3:.0f}v{len(panel.bars) * ROW}"/>'
    for number, (label, value) in enumerate(panel.bars.items()):
        at = top + number * ROW
        strong = " strong" if label == ours else ""
        yield (
            f'<text class="soft{strong}" text-anchor="end" x="{left - 8:.1f}" y="{at + 13:.0f}">'
            f"{escape(label)}</text>"
        )
        length = scale.length(value)
        if value is not None:
            kind = "bar ours" if label == ours else "bar"
            yield (
                f'<rect class="{kind}" x="{left:.1f}" y="{at:.0f}" '
                f'width="{length:.1f}" height="{BAR}" rx="2"/>'
            )
        yield (
            f'<text class="number{strong}" x="{left + length + 6:.1f}" y="{at + 13:.0f}">'
            f"{format_figure(value)}</text>"
        )


@dataclass(frozen=True)
class Scale:
    """Turn figures into lengths."""

    low: float
    high: float
    pixels: float
    is_logarithmic: bool

    def length(self, value: float | None) -> float:
        """Return the length of a bar, at least a visible pixel."""
        if value is None:
            return 0
        if self.is_logarithmic:
            share = math.log(max(value, self.low) / self.low) / math.log(self.high / self.low)
        else:
            share = value / self.high
        return max(1.0, share * self.pixels)


def make_scale(chart: Chart, pixels: float) -> Scale:
    """Return the scale that all panels of a chart share: it begins at half the least figure."""
    values = [value for panel in chart.panels for value in panel.bars.values() if value]
    high = max(values, default=1.0)
    return Scale(min(values, default=1.0) / 2, high, pixels, chart.is_logarithmic)
