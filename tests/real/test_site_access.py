"""axe on every type of page of the built site, in both palettes, on a desktop and on a phone."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Page

from livedocs.runtime import MODULES
from tests.real.browser import Site, Visit, live, open_browser, open_visit, send_step, serve
from tests.real.pages import DOCS, built_site, live_examples

pytestmark = pytest.mark.browser

AXE = MODULES / "axe-core" / "axe.min.js"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
Palette = Literal["light", "dark"]
SCHEMES: dict[Palette, str] = {"light": "default", "dark": "slate"}
# A palette changes colors alone: in the second one, the rules about them are run.
RULES: dict[Palette, str] = {
    "light": "{preload: false}",
    "dark": "{preload: false, runOnly: ['color-contrast', 'link-in-text-block']}",
}
RUN = "axe.run(document, %s).then(({violations}) => violations)"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve(built_site()) as site:
        yield site


@pytest.fixture(scope="module")
def visit(site: Site) -> Iterator[Visit]:
    with open_browser() as browser, open_visit(browser, site) as visit:
        visit.page.context.add_init_script(path=AXE)
        yield visit


def open_panel(page: Page, source: str) -> None:
    """Send the last documented request of a page's first application, which opens its panel."""
    example = next(e for e in live_examples(DOCS / source) if e.steps)
    assert send_step(page, example.id, example.steps[0].id) == "same"
    live(page, example.id).locator(".live-edit").click()


def open_search(page: Page) -> None:
    """Search for a word."""
    page.evaluate("document.getElementById('__search').click()")
    page.locator(".md-search__input").press_sequentially("cookie")
    page.locator(".md-search-result__item").first.wait_for()


TYPES: dict[str, tuple[str, Callable[[Page], Any] | None]] = {
    "home": ("/", None),
    "guide": ("/guide/hooks/", None),
    "guide, panel open": ("/guide/routing/", lambda page: open_panel(page, "guide/routing.md")),
    "event stream": ("/guide/sse/", lambda page: open_panel(page, "guide/sse.md")),
    "long tables": ("/explanation/performance/", None),
    "reference": ("/reference/bocadillo/responses/", None),
    "errors": ("/reference/errors/", None),
    "contributing": ("/project/contributing/", None),
    "changelog": ("/project/changelog/", None),
    "search": ("/guide/sessions/", open_search),
    "404": ("/404.html", None),
}


def describe(violation: dict[str, Any]) -> str:
    """Return what is wrong and where, in a line."""
    nodes = violation["nodes"]
    return f"{violation['id']}: {violation['help']}: {nodes[0]['html'][:200]} ({len(nodes)}x)"


@pytest.mark.parametrize("kind", TYPES)
def test_axe_finds_no_fault(kind: str, visit: Visit) -> None:
    path, prepare = TYPES[kind]
    page = visit.page
    page.set_viewport_size({"width": 1280, "height": 900})
    visit.goto(path)
    if prepare:
        prepare(page)
    found: list[str] = []
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for palette, scheme in SCHEMES.items():
            page.emulate_media(color_scheme=palette, reduced_motion="reduce")
            page.locator(f"body[data-md-color-scheme={scheme}]").wait_for(timeout=5000)
            found += [
                f"{name}, {palette}: {describe(it)}" for it in page.evaluate(RUN % RULES[palette])
            ]

    assert found == []
