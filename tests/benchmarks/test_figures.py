"""Medians, ratios and tables."""

import pytest

from tests.benchmarks.figures import (
    Table,
    format_figure,
    format_table,
    median,
    ratio,
    shorten,
    spread,
)


def test_median_of_nothing_is_nothing() -> None:
    assert median([]) is None
    assert median([3.0, 1.0, 2.0]) == 2.0


def test_ratio_is_taken_within_each_round() -> None:
    """A round that was slow for both changes nothing."""
    assert ratio([2.0, 20.0, 2.2], [1.0, 10.0, 1.0]) == 2.0
    assert ratio([1.0], [0.0]) is None


def test_spread_needs_four_rounds() -> None:
    assert spread([1.0, 2.0, 3.0]) is None
    assert spread([2.0, 2.0, 2.0, 2.0]) == 0
    assert spread([1.0, 2.0, 3.0, 4.0]) == pytest.approx(0.5)


def test_results_are_kept_with_four_digits() -> None:
    assert shorten({"a": [1.234567, 12345.6], "b": "c", "n": 12345}) == {
        "a": [1.235, 12350.0],
        "b": "c",
        "n": 12345,
    }


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "\N{EN DASH}"),
        ("longer than 60 s", "longer than 60 s"),
        (1.0, "1.00"),
        (0.456, "0.46"),
        (0.0, "0.00"),
        (1 / 12, "0.083"),
        (12.34, "12.3"),
        (-12.34, "-12.3"),
        (123.4, "123"),
        (7, "7"),
        (12345.6, "12\N{NO-BREAK SPACE}346"),
        (-12345, "-12\N{NO-BREAK SPACE}345"),
    ],
)
def test_figure_is_written_with_three_digits(value: str | float | None, text: str) -> None:
    assert format_figure(value) == text


def test_table_is_aligned_markdown() -> None:
    table = Table("t", "title", ["", "json", "a b"], [["raw ASGI", 1.0, None], ["x", 100.4, "y"]])
    texts = Table("t", "title", ["", "which"], [["a", "b"]], texts=2)
    assert format_table(texts).splitlines()[1:] == ["|---|-------|", "| a | b     |"]
    assert format_table(table).splitlines() == [
        "|          | json | a b |",
        "|----------|-----:|----:|",
        "| raw ASGI | 1.00 |   \N{EN DASH} |",
        "| x        |  100 |   y |",
    ]
