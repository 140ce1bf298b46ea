"""What becomes of measurements: medians, ratios within a round, and how they are written."""

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Table", "format_figure", "format_table", "median", "ratio", "shorten", "spread"]

Cell = str | float | None


def median(values: Sequence[float]) -> float | None:
    """Return the median; None of nothing."""
    return statistics.median(values) if values else None


def ratio(values: Sequence[float], base: Sequence[float]) -> float | None:
    """Return the median of the ratios within each round, so that slow moments cancel out."""
    return median([value / unit for value, unit in zip(values, base, strict=False) if unit > 0])


def spread(values: Sequence[float]) -> float | None:
    """Return half of the interquartile range over the median: how noisy the figure is."""
    if len(values) < 4:
        return None
    low, middle, high = statistics.quantiles(values, n=4)
    return (high - low) / 2 / middle


def shorten(value: Any) -> Any:
    """Round the floats of a result to four digits: more of them are noise."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {key: shorten(item) for key, item in value.items()}
    return [shorten(item) for item in value] if isinstance(value, list) else value


def format_figure(value: Cell) -> str:
    """Write a figure with about three digits; a dash where there is none."""
    if value is None:
        return "\N{EN DASH}"
    if isinstance(value, str):
        return value
    if isinstance(value, int) or abs(value) >= 100:
        return f"{value:,.0f}".replace(",", "\N{NO-BREAK SPACE}")
    digits = 1 if abs(value) >= 10 else 3 if 0 < abs(value) < 0.1 else 2
    return f"{value:.{digits}f}"


@dataclass(frozen=True)
class Table:
    """A table of a benchmark: the page knows it by its name; the first columns are text."""

    name: str
    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    texts: int = 1


def format_table(table: Table) -> str:
    """Return a Markdown table whose columns are aligned, so that terminals can show it too."""
    lines = [list(table.head), *([format_figure(cell) for cell in row] for row in table.rows)]
    widths = [max(len(line[i]) for line in lines) for i in range(len(table.head))]

    def join(line: Sequence[str]) -> str:
        cells = (
            cell.ljust(width) if column < table.texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        return f"| {' | '.join(cells)} |"

    rule = "|".join(
        "-" * (width + 2) if column < table.texts else "-" * (width + 1) + ":"
        for column, width in enumerate(widths)
    )
    return "\n".join([join(lines[0]), f"|{rule}|", *(join(line) for line in lines[1:])])
