"""The built site on paper and without JavaScript: nothing that a reader needs is missing."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from livedocs.page import read_page
from tests.real.browser import Site, live, open_browser, open_visit, serve
from tests.real.pages import DOCS, PAGES, ROOT, address, built_site, live_examples

pytestmark = pytest.mark.browser

PAPER = {"width": 718, "height": 1000}  # A4 with margins of 1 cm, in CSS pixels
# What a reader can do without JavaScript: open what is folded, show the lines that are hidden,
# choose each of several tabs.
UNFOLD = """() => {
  for (const it of document.querySelectorAll("article details")) it.open = true;
  for (const it of document.querySelectorAll("article .live-fold input")) it.checked = true;
  for (const it of document.querySelectorAll("article .tabbed-block")) it.style.display = "block";
}"""
# Elements of the article that are wider than what can be seen of them.
CUT = """[...document.querySelectorAll("article *")]
  .filter((it) => it.checkVisibility() && it.clientWidth > 0)
  .filter((it) => it.scrollWidth > it.clientWidth + 1)
  .filter((it) => getComputedStyle(it).overflowX !== "visible")
  .map((it) => `cut: ${it.tagName} ${it.className}: ${it.textContent.trim().slice(0, 80)}`)"""
HIDDEN = """[...document.querySelectorAll("article :is(p, li, td, th, pre, h1, h2, h3, dd)")]
  .filter((it) => !it.closest(".live-bar, .live-panel"))
  .filter((it) => !it.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .map((it) => `hidden: ${it.tagName}: ${it.textContent.trim().slice(0, 80)}`)"""
CONTROLS = """[...document.querySelectorAll("button, input, select, textarea, [role=button]")]
  .filter((it) => it.checkVisibility({visibilityProperty: true, opacityProperty: true}))
  .filter((it) => it.getBoundingClientRect().width > 1 && !it.closest(".tabbed-set, .live-fold"))
  .map((it) => it.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve(built_site()) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@dataclass
class Sight:
    """What a page shows without JavaScript.

    Attributes:
        text: Of the article, on a screen.
        controls: Buttons and fields.
        lost: What paper does not show of the article.
    """

    text: str
    controls: list[str]
    lost: list[str]


@pytest.fixture(scope="module")
def sights(browser: Browser, site: Site) -> dict[Path, Sight]:
    seen: dict[Path, Sight] = {}
    with open_visit(browser, site, java_script_enabled=False, viewport=PAPER) as visit:
        page = visit.page
        for path in PAGES:
            page.emulate_media(media="print")
            visit.goto(address(path))
            lost = page.evaluate(CUT) + page.evaluate(HIDDEN)
            page.emulate_media(media="screen")
            controls = page.evaluate(CONTROLS)
            page.evaluate(UNFOLD)
            seen[path] = Sight(page.locator("article").inner_text(), controls, lost)
    return seen


def squeeze(text: str) -> str:
    """Return a text without its spaces, which HTML may lay out as it likes."""
    return "".join(text.split())


def test_without_javascript_each_page_has_its_code_requests_and_responses(
    sights: dict[Path, Sight],
) -> None:
    missing: dict[str, list[int]] = {}
    for path, sight in sights.items():
        name = path.relative_to(ROOT).as_posix()
        blocks = read_page(name, path.read_text(encoding="utf-8"), root=ROOT).blocks
        shown = squeeze(sight.text)
        lines = [it.block.line for it in blocks if squeeze(it.shown) not in shown]
        missing |= {name: lines} if lines else {}

    assert missing == {}


def test_without_javascript_no_control_is_shown_that_does_nothing(
    sights: dict[Path, Sight],
) -> None:
    assert {path.name: it.controls for path, it in sights.items() if it.controls} == {}


def test_paper_shows_all_of_each_page(sights: dict[Path, Sight]) -> None:
    assert {path.name: it.lost for path, it in sights.items() if it.lost} == {}


def test_paper_shows_the_documented_code_and_wide_tables_with_javascript_too(
    browser: Browser, site: Site
) -> None:
    path = DOCS / "index.md"
    example = live_examples(path)[0]
    with open_visit(browser, site, viewport=PAPER) as visit:
        visit.goto(address(path))
        element = live(visit.page, example.id)
        element.locator(".live-edit").click()
        element.locator(".live-editor .cm-content").fill("edited")
        visit.page.emulate_media(media="print")
        shown = element.inner_text()
        lost = visit.page.evaluate(CUT) + visit.page.evaluate(HIDDEN)
        visit.goto("/explanation/performance/")  # its tables are the widest
        lost += visit.page.evaluate(CUT) + visit.page.evaluate(HIDDEN)

    assert example.source.splitlines()[0] in shown
    assert "Run" not in shown
    assert lost == []
