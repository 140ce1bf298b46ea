"""The page, its drawings and the saved figures agree."""

import re
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks import publish
from tests.benchmarks.figures import Table

CURE = "Write it anew from the figures: `python3 framework/dev.py bench --save`"
TABLE = Table("calls", "title", ["", "json"], [["raw", 1]])


def test_pages_show_what_is_saved() -> None:
    made = publish.tables(publish.read())
    assert publish.PAGE in publish.pages()
    for path in publish.pages():
        page = path.read_text(encoding="utf-8")
        assert publish.fill(page, made) == page, CURE


def test_drawings_show_the_saved_figures() -> None:
    made = publish.drawings(publish.read())
    for name, drawing in made.items():
        assert (publish.FIGURES / name).read_text(encoding="utf-8") == drawing, CURE
        ET.fromstring(drawing)
    saved = {path.name for path in publish.FIGURES.glob("performance-*.svg")}
    shown = re.findall(r"performance-\w+\.svg", publish.PAGE.read_text(encoding="utf-8"))
    assert set(made) == saved == set(shown)


def test_page_shows_bocadillo_in_every_table_of_frameworks() -> None:
    page = publish.PAGE.read_text(encoding="utf-8")
    places = [place["name"] for place in publish.PLACE.finditer(page)]
    assert len(places) == len(set(places))
    for place in publish.PLACE.finditer(page):
        if place["name"] not in {"machine", "targets", "routing-ours"}:
            assert "\n| Bocadillo" in place[0], place["name"]


def test_tables_are_written_between_their_marks_alone() -> None:
    page = "Before.\n\n<!-- table: calls -->\nold\n<!-- /table -->\n\nAfter.\n"
    filled = publish.fill(page, {"calls": TABLE})
    assert filled == (
        "Before.\n\n<!-- table: calls -->\n\n|     | json |\n|-----|-----:|\n| raw |    1 |\n\n"
        "<!-- /table -->\n\nAfter.\n"
    )
    assert publish.fill(filled, {"calls": TABLE}) == filled


def test_unknown_table_is_refused() -> None:
    with pytest.raises(LookupError) as caught:
        publish.fill("<!-- table: cals -->\n<!-- /table -->", {"calls": TABLE})
    assert caught.value.args == ("no figures for the table 'cals': there are calls",)
