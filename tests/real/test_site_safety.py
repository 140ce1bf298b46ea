"""The built site under its security policy: no page violates it, or asks another origin."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from livedocs.policy import FRAME, put_meta
from tests.real.browser import (
    Site,
    Visit,
    live,
    open_browser,
    open_visit,
    run_example,
    send_step,
    serve,
)
from tests.real.pages import PAGES, address, built_site, live_examples
from tests.real.site_headers import HOSTS, headers_of

pytestmark = pytest.mark.browser

FOREIGN = "https://foreign.example/"
TELL = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`violation: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
FORBIDDEN = f"""\
import js

for name, attempt in {{"eval": lambda: js.eval("1"), "Function": lambda: js.Function.new("1")}}.items():
    try:
        attempt()
        print(name, "allowed")
    except Exception as error:
        print(name, "refused")
try:
    await js.fetch("{FOREIGN}")
    print("fetch allowed")
except Exception as error:
    print("fetch refused")
"""
PREVIEW = f"""\
<!doctype html><html><head><title>x</title><style>p {{ color: rgb(1, 2, 3) }}</style></head>
<body><p>x</p><script>
const refused = (promise) => promise.then(() => false, () => true);
const style = getComputedStyle(document.querySelector("p")).color;
let outer = "hidden";
try {{ outer = parent.document.title; }} catch {{}}
refused(fetch("{FOREIGN}")).then((it) => parent.postMessage([style, outer, it], "*"));
</script></body></html>
"""
ASK_FRAME = """() => new Promise((resolve) => {
  addEventListener("message", ({ data }) => resolve(data));
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.src = "/_live/preview.html";
  document.body.append(frame);
})"""


@pytest.fixture(scope="module", params=["header", "meta alone"])
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    folder = built_site()
    headers = headers_of(folder, report_to="/reports") if request.param == "header" else None
    with serve(folder, headers=headers) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser(HOSTS) as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    site.reports.clear()
    with open_visit(browser, site) as visit:
        visit.page.add_init_script(TELL)
        yield visit


def test_no_page_violates_the_policy_or_asks_another_origin(visit: Visit, site: Site) -> None:
    for path in [*map(address, PAGES), "/404.html"]:
        visit.goto(path)
    visit.page.wait_for_load_state("networkidle")

    # What a page still loads when the next one is opened, fails.
    left = f"failed request: {site.url}"
    assert [problem for problem in visit.problems if not problem.startswith(left)] == []
    assert site.reports == []
    assert site.missing == []


def examples_by_kind() -> dict[str, tuple[str, str, str]]:
    """Return the page, the id and the step of an example of each kind."""
    found: dict[str, tuple[str, str, str]] = {}
    for path in PAGES:
        for example in live_examples(path):
            if example.kind == "script":
                found.setdefault("script", (address(path), example.id, ""))
            for step in example.steps:
                kind = "request" if step.manner.events is None else "event stream"
                found.setdefault(kind, (address(path), example.id, step.id))
    return found


def test_examples_of_each_kind_run_under_the_policy(visit: Visit, site: Site) -> None:
    results = {}
    for kind, (where, example, step) in examples_by_kind().items():
        visit.goto(where)
        if step:
            results[kind] = send_step(visit.page, example, step)
        else:
            run_example(visit.page, example)
            verdict = live(visit.page, example).locator("[data-verdict]").first
            results[kind] = verdict.get_attribute("data-verdict") or ""

    assert results == {"script": "same", "request": "same", "event stream": "same"}
    assert visit.problems == []
    assert site.reports == []


def test_the_search_works_under_the_policy(visit: Visit, site: Site) -> None:
    visit.goto("/")
    field = visit.page.get_by_role("textbox", name="Search")
    field.click()
    field.fill("cookie")
    visit.page.locator(".md-search-result__item").first.wait_for()
    with visit.page.expect_navigation():
        field.press("Enter")

    assert visit.problems == []
    assert site.reports == []


def test_the_worker_is_under_the_policy_too(visit: Visit) -> None:
    where, example, _ = examples_by_kind()["script"]
    visit.goto(where)
    element = live(visit.page, example)
    element.locator(".live-edit").click()
    element.locator("textarea").fill(FORBIDDEN)
    run_example(visit.page, example)

    said = element.inner_text()
    for line in ("eval refused", "Function refused", "fetch refused"):
        assert line in said
    assert "allowed" not in said.replace(FORBIDDEN, "")


def test_a_frame_of_a_readers_html_runs_it_and_reaches_nobody(
    browser: Browser, tmp_path: Path
) -> None:
    folder = tmp_path / "site"
    shutil.copytree(built_site(), folder, copy_function=os.link)
    (folder / "_live" / "preview.html").write_text(put_meta(PREVIEW, FRAME))
    with serve(folder, headers=headers_of(folder)) as site, open_visit(browser, site) as visit:
        visit.goto("/")
        style, outer, is_refused = visit.page.evaluate(ASK_FRAME)

    assert (style, outer, is_refused) == ("rgb(1, 2, 3)", "hidden", True)
    assert "foreign request" not in " ".join(visit.problems)
