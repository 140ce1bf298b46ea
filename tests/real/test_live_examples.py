"""Every live example of the built site, run by clicking: it must give exactly what CI expects."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from livedocs.model import Example
from tests.real.browser import (
    NO_OTHER_HOST,
    Site,
    live,
    open_browser,
    open_visit,
    resolving,
    run_example,
    run_script,
    send_step,
    serve,
)
from tests.real.pages import BUILT, DOCS, PAGES, address, built_site, live_examples

HOST = "bocadillo.test"
SITEMAP_ADDRESS = re.compile(r"<loc>https?://[^/]+/")

pytestmark = pytest.mark.browser

WITH_EXAMPLES = [path for path in PAGES if live_examples(path)]


def scripts_of(example: Example) -> list[str]:
    return [client.id for client in example.clients if client.no_live is None]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve(built_site()) as site:
        yield site


@pytest.fixture(scope="module")
def browser(site: Site) -> Iterator[Browser]:
    port = site.url.rpartition(":")[2]
    with open_browser(resolving(f"MAP {HOST}:80 127.0.0.1:{port}", NO_OTHER_HOST)) as browser:
        yield browser


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=address)
def test_each_live_example_gives_what_ci_expects(path: Path, browser: Browser, site: Site) -> None:
    examples = live_examples(path)
    results: dict[str, str] = {}
    with open_visit(browser, site) as visit:
        visit.goto(address(path))
        for example in examples:
            state = run_example(visit.page, example.id)
            if example.kind != "app":
                verdict = live(visit.page, example.id).locator("[data-verdict]").first
                results[example.id] = verdict.get_attribute("data-verdict") or state
            for step in example.steps:
                results[f"{example.id} {step.id} {step.label}"] = send_step(
                    visit.page, example.id, step.id
                )
            for script in scripts_of(example):
                results[f"{example.id} {script}"] = run_script(visit.page, example.id, script)
        shown = visit.page.locator(".live").count()

    wanted = [f"{entry.id} {step.id} {step.label}" for entry in examples for step in entry.steps]
    wanted += [entry.id for entry in examples if entry.kind != "app"]
    wanted += [f"{entry.id} {script}" for entry in examples for script in scripts_of(entry)]
    assert results == dict.fromkeys(wanted, "same")
    assert shown == len(examples)
    assert visit.problems == []


@pytest.mark.parametrize("path", PAGES, ids=address)
def test_a_page_loads_nothing_foreign_and_no_runtime_before_run(
    path: Path, browser: Browser, site: Site
) -> None:
    loaded: list[str] = []
    with open_visit(browser, site) as visit:
        visit.page.on("request", lambda request: loaded.append(request.url))
        visit.goto(address(path))
        visit.page.wait_for_load_state("networkidle")

    assert [url for url in loaded if "/_live/" in url] == []
    assert visit.problems == []
    assert site.missing == []


def test_instant_navigation_keeps_examples_alive_and_the_worker_running(
    browser: Browser, site: Site
) -> None:
    # The theme follows links without a page load only where the site's map has their addresses,
    # which it compares without the port: so the browser is told of a host at port 80.
    sitemap = SITEMAP_ADDRESS.sub(f"<loc>http://{HOST}/", (BUILT / "sitemap.xml").read_text())
    named = Site(f"http://{HOST}", site.missing)
    workers: list[str] = []
    with open_visit(browser, named) as visit:
        page = visit.page
        page.on("request", lambda request: workers.append(request.url))
        page.route("**/sitemap.xml", lambda route: route.fulfill(body=sitemap))
        visit.goto("/")
        home = page.locator(".live").first.get_attribute("data-live-id") or ""
        assert send_step(page, home, "s1") == "same"
        page.evaluate("window.visited = true")
        page.get_by_role("link", name="Introduction").first.click()
        page.wait_for_url("**/guide/introduction/")
        page.get_by_role("heading", name="Introduction", level=1).wait_for()
        first = page.locator(".live[data-state]").first.get_attribute("data-live-id") or ""
        verdict = send_step(page, first, "s1")
        kept = page.evaluate("window.visited === true")

    assert (verdict, kept) == ("same", True)
    assert sum(url.endswith("worker.js") for url in workers) == 1
    assert visit.problems == []


def test_the_copy_buttons_give_what_can_be_pasted(browser: Browser, site: Site) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    with open_visit(browser, site, permissions=permissions) as visit:
        visit.goto("/project/contributing/")
        copied = []
        for place in (".live", "div[data-copy]:has-text('curl')"):
            block = visit.page.locator(place).last
            block.scroll_into_view_if_needed()
            block.locator("button[data-md-type=copy]").first.click()
            visit.page.locator(".md-dialog--active").wait_for()
            copied.append(visit.page.evaluate("navigator.clipboard.readText()"))
            visit.page.locator(".md-dialog--active").wait_for(state="hidden")

    path = DOCS / "project" / "contributing.md"
    assert copied[0] == live_examples(path)[-1].source.rstrip()
    assert copied[1].startswith("curl ")
