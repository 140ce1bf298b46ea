"""The built site under its security policy: no page violates it, or asks another origin.

Here the policy comes as a header, as from a host that reads `_headers`. In `test_live_examples`
each page is opened, and each example is run, under the policy of the pages' `<meta>` alone.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from livedocs.frame_page import FRAME
from livedocs.model import Step
from livedocs.policy import put_meta
from tests.real.browser import (
    NO_OTHER_HOST,
    Site,
    Visit,
    live,
    open_browser,
    open_visit,
    resolving,
    run_example,
    send_step,
    serve,
)
from tests.real.pages import PAGES, address, built_site, live_examples
from tests.real.site_headers import headers_of

pytestmark = pytest.mark.browser

TELL = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`violation: ${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""
FORBIDDEN = """\
import js

attempts = {"eval": lambda: js.eval("1"), "Function": lambda: js.Function.new("1")}
for name, attempt in attempts.items():
    try:
        attempt()
        print(name, "allowed")
    except Exception as error:
        print(name, "refused")
try:
    await js.fetch("FOREIGN")
    print("fetch allowed")
except Exception as error:
    print("fetch refused")
"""
PREVIEW = """\
<!doctype html><html><head><title>x</title><style>p { color: rgb(1, 2, 3) }</style></head>
<body><p>x</p><script>
const refused = (promise) => promise.then(() => false, () => true);
const style = getComputedStyle(document.querySelector("p")).color;
let outer = "hidden";
try { outer = parent.document.title; } catch {}
refused(fetch("FOREIGN")).then((it) => parent.postMessage([style, outer, it], "*"));
</script></body></html>
"""
ASK_FRAME = """() => new Promise((resolve) => {
  addEventListener("message", ({ data }) => resolve(data));
  const frame = document.createElement("iframe");
  frame.setAttribute("sandbox", "allow-scripts");
  frame.src = "/_live/preview.html";
  document.body.append(frame);
})"""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    folder = built_site()
    with serve(folder, headers=headers_of(folder, report_to="/reports")) as site:
        yield site


@pytest.fixture(scope="module")
def site_without_headers() -> Iterator[Site]:
    with serve(built_site()) as site:
        yield site


@pytest.fixture(scope="module")
def foreign() -> Iterator[Site]:
    """Provide another origin, which would answer everybody."""
    everybody = {"Access-Control-Allow-Origin": "*"}
    with serve(built_site(), headers=lambda _path: everybody) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser(resolving(NO_OTHER_HOST)) as browser:
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
    for path in sorted(PAGES, key=lambda path: path.stem != "contributing"):  # it has all kinds
        for example in live_examples(path):
            if example.kind == "script":
                found.setdefault("script", (address(path), example.id, ""))
            for step in example.steps:
                found.setdefault(kind_of(step), (address(path), example.id, step.id))
    return found


def kind_of(step: Step) -> str:
    """Return what a step of an example is."""
    if step.talk:
        return "conversation"
    return "request" if step.manner.events is None else "event stream"


def test_examples_of_each_kind_run_under_the_policy(visit: Visit, site: Site) -> None:
    results = {}
    for kind, (where, example, step) in examples_by_kind().items():
        if not visit.page.url.endswith(where):
            visit.goto(where)
        if step:
            results[kind] = send_step(visit.page, example, step)
        else:
            run_example(visit.page, example)
            verdict = live(visit.page, example).locator("[data-verdict]").first
            results[kind] = verdict.get_attribute("data-verdict") or ""

    assert results == dict.fromkeys(("script", "request", "event stream", "conversation"), "same")
    assert visit.problems == []
    assert site.reports == []


def test_the_search_works_under_the_policy(visit: Visit, site: Site) -> None:
    visit.goto("/")
    field = visit.page.get_by_role("textbox", name="Search")
    field.click()
    field.press_sequentially("cookie")
    visit.page.locator(".md-search-result__item").first.wait_for()
    with visit.page.expect_navigation():
        field.press("Enter")

    assert visit.problems == []
    assert site.reports == []


@pytest.mark.parametrize("name", ["site", "site_without_headers"])
def test_the_worker_is_under_the_policy_too(
    name: str, foreign: Site, browser: Browser, request: pytest.FixtureRequest
) -> None:
    code = FORBIDDEN.replace("FOREIGN", f"{foreign.url}/nowhere")
    where, example, _ = examples_by_kind()["script"]
    with open_visit(browser, request.getfixturevalue(name)) as visit:
        visit.goto(where)
        element = live(visit.page, example)
        element.locator(".live-edit").click()
        element.locator(".live-editor .cm-content").fill(code)
        run_example(visit.page, example)
        said = element.locator(".live-panel").inner_text()

    for line in ("eval refused", "Function refused", "fetch refused"):
        assert line in said
    assert "allowed" not in said
    assert foreign.missing == []


def test_a_frame_of_a_readers_html_runs_it_and_reaches_nobody(
    foreign: Site, browser: Browser, tmp_path: Path
) -> None:
    html = PREVIEW.replace("FOREIGN", f"{foreign.url}/nowhere")
    folder = tmp_path / "site"
    shutil.copytree(built_site(), folder)
    (folder / "_live" / "preview.html").write_text(put_meta(html, FRAME))
    with serve(folder, headers=headers_of(folder)) as site, open_visit(browser, site) as visit:
        visit.goto("/")
        style, outer, is_refused = visit.page.evaluate(ASK_FRAME)

    assert (style, outer, is_refused) == ("rgb(1, 2, 3)", "hidden", True)
    assert foreign.missing == []
