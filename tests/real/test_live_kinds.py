"""Sessions at the prompt, folded lines and named blocks, on a page made of Markdown."""

from collections.abc import Iterator

import pytest
from markdown import Markdown
from playwright.sync_api import Browser, Page

from livedocs import runtime
from tests.real.browser import (
    Site,
    live,
    open_browser,
    open_visit,
    run_example,
    send_step,
    serve,
)
from tests.real.live_pages import write_page

pytestmark = pytest.mark.browser

TEXT = """\
# Kinds

```pycon
>>> import asyncio
>>> await asyncio.sleep(0, 6 * 7)
42
>>> 1 / 0
Traceback (most recent call last):
  ...
ZeroDivisionError: division by zero
```

```python app app="shop" name="the-shop" hl="res.json"
from bocadillo import App  # hide

app = App()
# hide: on
menu = {"soup": 3}
# hide: off


@app.route("/{dish}", name="dish")
async def dish(req, res, dish):
    print("asked for", dish)
    res.json = menu[dish]
```

```pycon
>>> menu["tea"] = 2
>>> app.url_for("dish", dish="tea")
'/tea'
```

```http
GET /tea

HTTP/1.1 200 OK

2
```

```pycon
>>> menu
{}
```
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    runtime.build(folder)
    markdown = Markdown(extensions=["pymdownx.highlight", "livedocs.fence"])
    write_page(folder, markdown.convert(TEXT))
    with serve(folder) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    with open_visit(browser, site) as visit:
        visit.goto("/")
        yield visit.page
        assert visit.problems == []


def test_a_session_is_typed_in_the_page(page: Page) -> None:
    assert run_example(page, "session-1") == "stopped"

    session = live(page, "session-1")
    assert session.locator("[data-verdict]").get_attribute("data-verdict") == "same"
    log = session.locator(".live-log").inner_text()
    assert ">>> await asyncio.sleep(0, 6 * 7)\n42\n" in log
    assert 'File "<session>", line 4, in <module>\n    1 / 0\n' in log


def test_a_session_shares_the_names_of_the_running_application(page: Page) -> None:
    beside = page.locator('.live-step[data-live-step="s1"]')
    beside.get_by_role("button", name='Run >>> menu["tea"] = 2').click()
    answer = beside.locator(".live-response")
    answer.wait_for(timeout=60_000)
    assert answer.get_attribute("data-verdict") == "same"
    assert "'/tea'" in answer.locator(".live-body").inner_text()

    assert send_step(page, "shop", "s2") == "same"
    assert send_step(page, "shop", "s3") == "differs"
    difference = live(page, "shop").locator(".live-differences").first.inner_text()
    assert "{'soup': 3, 'tea': 2}" in difference
    # The reader's own requests begin with a documented one, which no session is.
    assert live(page, "shop").locator(".live-address input").first.input_value() == "/tea"


def test_folded_lines_show_when_the_box_is_ticked_on_paper_and_in_the_editor(page: Page) -> None:
    code = page.locator("#the-shop .highlight").first
    hidden = code.locator(".live-hidden").first
    assert hidden.is_hidden()
    assert code.locator(".hll").inner_text().strip() == "res.json = menu[dish]"
    page.emulate_media(media="print")
    assert hidden.is_visible()
    assert code.locator(".live-fold").is_hidden()
    page.emulate_media(media="screen")
    code.get_by_label("Show 3 hidden lines").check()
    assert hidden.is_visible()
    copied = code.get_attribute("data-copy") or ""
    assert copied.startswith("from bocadillo import App\n")
    assert "hide" not in copied


def test_without_scripts_folded_lines_are_a_click_away(browser: Browser, site: Site) -> None:
    with open_visit(browser, site, java_script_enabled=False) as visit:
        visit.goto("/#the-shop")
        box = visit.page.locator("#the-shop .live-fold input")
        box.check()
        assert visit.page.locator("#the-shop .live-hidden").first.is_visible()
