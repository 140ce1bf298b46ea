"""Bar charts: their lengths, and that they are SVG."""

from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks.charts import Chart, Panel, draw, make_scale

NAME = "{http://www.w3.org/2000/svg}"


def bars(chart: Chart) -> list[float]:
    """Return the lengths of the bars of a drawn chart."""
    return [float(bar.get("width", "")) for bar in ET.fromstring(draw(chart)).iter(f"{NAME}rect")]


def texts(chart: Chart) -> list[str]:
    return ["".join(found.itertext()) for found in ET.fromstring(draw(chart)).iter(f"{NAME}text")]


def test_linear_bars_are_as_long_as_their_figures() -> None:
    one, three, six = bars(Chart("t", [Panel("p", {"a": 1.0, "b": 3.0, "c": 6.0})]))
    assert three == pytest.approx(3 * one, abs=0.2)
    assert six == pytest.approx(6 * one, abs=0.3)


def test_logarithmic_bars_grow_by_as_much_for_each_factor() -> None:
    chart = Chart("t", [Panel("p", {"a": 1.0, "b": 10.0, "c": 100.0})], is_logarithmic=True)
    one, ten, hundred = bars(chart)
    assert one > 0
    assert hundred - ten == pytest.approx(ten - one, abs=0.2)
    assert "t (logarithmic scale)" in texts(chart)


def test_panels_share_a_scale_and_stand_two_in_a_row() -> None:
    chart = Chart("t", [Panel(name, {"a": 1.0}) for name in "xyz"] + [Panel("w", {"a": 2.0})])
    root = ET.fromstring(draw(chart))
    found = [text for text in root.iter(f"{NAME}text") if text.get("class") == "panel"]
    assert [text.text for text in found] == ["x", "y", "z", "w"]
    assert found[0].get("y") == found[1].get("y") != found[2].get("y")
    assert found[0].get("x") == found[2].get("x") != found[1].get("x")
    one, *_, two = bars(chart)
    assert two == pytest.approx(2 * one, abs=0.2)


def test_missing_figure_is_a_dash_without_a_bar() -> None:
    chart = Chart("t", [Panel("p", {"a": 1.0, "b": None})])
    assert len(bars(chart)) == 1
    assert "\N{EN DASH}" in texts(chart)


def test_ours_stands_out_and_names_are_escaped() -> None:
    drawn = draw(Chart("a < b", [Panel("p & q", {"Bocadillo": 1.0, "<other>": 2.0})]))
    assert drawn.count('class="bar ours"') == 1
    assert {"a < b", "p & q", "<other>"} <= {
        "".join(found.itertext()) for found in ET.fromstring(drawn).iter(f"{NAME}text")
    }


def test_drawing_has_both_palettes() -> None:
    drawn = draw(Chart("t", [Panel("p", {"a": 1.0})]))
    assert '<g id="only-light"/>' in drawn
    assert "#only-dark:target ~ .figure" in drawn


def test_scale_of_nothing_has_lengths_too() -> None:
    scale = make_scale(Chart("t", [Panel("p", {"a": None})], is_logarithmic=True), 100)
    assert scale.length(None) == 0
    assert scale.length(0.1) == 1.0
