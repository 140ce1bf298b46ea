"""The editor of a live example, and what a reader takes away, under a strict security policy."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from livedocs import runtime
from livedocs.policy import format_policy
from tests.real.browser import (
    Site,
    Visit,
    code_in,
    live,
    open_browser,
    open_visit,
    run_example,
    send_own,
    serve,
    wait_for_state,
)
from tests.real.live_pages import block, write_page

pytestmark = pytest.mark.browser

POLICY = format_policy(())  # the site's
APP = """\
from bocadillo import App
from words import say

app = App()


@app.route("/")
async def index(req, res):
    res.text = say("hello")
"""
WORDS = """\
def say(word):
    return f"{word}!"
"""
TEMPLATE = "{% if who %}\n<h1>{{ who }}</h1>\n{% endif %}\n"
STEP = {
    "id": "s1",
    "label": "GET /",
    "request": {"method": "GET", "target": "/", "headers": [], "body": ""},
    "expected": {"status": 200, "headers": [], "body": "hello!"},
}
GREETER = {
    "kind": "app",
    "files": {
        "app.py": APP,
        "words.py": WORDS,
        "templates/hello.html": TEMPLATE,
        "logo.png": "\udc89PNG",
    },
    "steps": [STEP],
    "commands": ["curl -i http://localhost:8000/"],
}
EMPTY = {"kind": "app", "files": {"app.py": "app = None\n"}, "steps": []}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    runtime.build(folder)
    play = f'<div class="live-play">{block("play", EMPTY)}</div>'
    write_page(folder, block("greeter", GREETER), policy=POLICY)
    write_page(folder / "play", play, root="../", policy=POLICY)
    with serve(folder) as site:
        yield site


@pytest.fixture(scope="module")
def reader(browser: Browser, site: Site) -> Iterator[Visit]:
    """Return a reader who keeps what was downloaded, from test to test."""
    permissions = ["clipboard-read", "clipboard-write"]
    with open_visit(browser, site, permissions=permissions) as visit:
        yield visit


@pytest.fixture
def page(reader: Visit, site: Site) -> Iterator[Page]:
    reader.problems.clear()
    reader.goto("/")
    yield reader.page
    assert reader.problems == []
    assert site.missing == []


def edit(page: Page, name: str = "greeter") -> Locator:
    """Press Edit, and return the editable code."""
    live(page, name).locator(".live-edit").click()
    content = live(page, name).locator(".cm-content")
    content.wait_for()
    return content


def rewrite(page: Page, text: str) -> None:
    """Write another text into the editor, which takes a while to see its focus, and then the text.

    Nobody writes a whole file within the first frames of a focus.
    """
    page.locator(".cm-content").focus()
    wait_for_frames(page)
    page.locator(".cm-content").fill(text)
    wait_for_frames(page)


def wait_for_frames(page: Page) -> None:
    page.evaluate(
        """() => new Promise((done) => {
          let frames = 10;
          const count = () => (frames-- ? requestAnimationFrame(count) : done());
          count();
        })"""
    )


def tab(page: Page, name: str) -> Locator:
    return page.get_by_role("tab", name=name)


def test_python_has_its_colors_and_the_editor_its_name(page: Page) -> None:
    content = edit(page)
    assert code_in(page, "greeter") == APP
    assert content.locator(".live-code-keyword").first.inner_text() == "from"
    color = "element => getComputedStyle(element).whiteSpace"
    assert page.locator(".cm-line").first.evaluate(color) == "pre"  # its own style is there
    expect(content).to_have_accessible_name("Code of app.py. Control-Enter runs it.")
    description = "Ctrl-Enter runs the code. Escape, then Tab, leaves it."
    expect(content).to_have_accessible_description(description)
    expect(content).to_be_focused()


def test_a_click_into_the_code_edits_it_there(page: Page) -> None:
    page.locator(".highlight pre").get_by_text("app = App()").click(position={"x": 1, "y": 1})
    page.locator(".cm-content:focus").wait_for()
    page.keyboard.type("# hi\n")
    assert code_in(page, "greeter").startswith("# hi\n")


def test_code_that_is_selected_is_not_edited(page: Page) -> None:
    box = page.locator(".highlight code").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 2, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 80, box["y"] + 5, steps=4)
    page.mouse.up()
    assert page.evaluate("String(getSelection())").startswith("from")
    assert live(page, "greeter").locator(".live-tools").count() == 0  # nothing was loaded


def test_escape_and_tab_leave_the_editor_and_tab_alone_indents(page: Page) -> None:
    content = edit(page)
    page.keyboard.press("Control+Home")
    page.keyboard.press("Tab")
    assert code_in(page, "greeter").startswith("    from bocadillo")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(content).not_to_be_focused()
    expect(page.locator(".live-run")).to_be_focused()


def test_each_file_that_is_text_has_a_tab(page: Page) -> None:
    edit(page)
    tabs = page.get_by_role("tab")
    assert tabs.all_inner_texts() == ["app.py", "words.py", "templates/hello.html"]
    assert [one.get_attribute("tabindex") for one in tabs.all()] == ["0", "-1", "-1"]
    tabs.first.focus()
    page.keyboard.press("ArrowLeft")
    expect(tab(page, "templates/hello.html")).to_be_focused()
    expect(page.get_by_role("tabpanel")).to_have_accessible_name("templates/hello.html")
    assert code_in(page, "greeter") == TEMPLATE
    page.locator(".cm-content .live-code-keyword").first.wait_for()  # a language that came later
    page.keyboard.press("ArrowRight")
    expect(tab(page, "app.py")).to_have_attribute("aria-selected", "true")


def test_what_is_edited_in_all_tabs_runs_and_reset_takes_it_back(page: Page) -> None:
    edit(page)
    tab(page, "words.py").click()
    rewrite(page, WORDS.replace("!", "?"))
    tab(page, "app.py").click()
    assert code_in(page, "greeter") == APP
    page.locator(".cm-content").press("Control+Enter")
    wait_for_state(page, "greeter", "running")
    assert send_own(page, "greeter", "/").locator(".live-body").inner_text() == "hello?"
    page.locator(".live-reset").click()
    wait_for_state(page, "greeter", "idle")
    edit(page)
    tab(page, "words.py").click()
    assert code_in(page, "greeter") == WORDS


def test_errors_are_marked_at_their_lines_until_they_are_edited(page: Page) -> None:
    edit(page)
    tab(page, "words.py").click()
    rewrite(page, WORDS.replace("word}", "word + 1}"))
    run_example(page, "greeter")
    send_own(page, "greeter", "/")
    assert page.locator(".live-marked").inner_text().strip() == 'return f"{word + 1}!"'
    message = page.locator(".live-mark").inner_text()
    assert message == 'TypeError: can only concatenate str (not "int") to str'
    expect(tab(page, "words.py")).to_have_accessible_name("words.py 1 error")
    assert 'File "words.py", line 2, in say' in page.locator(".live-log").inner_text()

    rewrite(page, "def say(:\n")
    assert page.locator(".live-mark").count() == 0
    run_example(page, "greeter")
    assert page.locator(".live-mark").inner_text().startswith("SyntaxError: ")
    assert page.locator(".live-status").inner_text() == "The app did not start."


def test_the_archive_has_the_files_and_how_to_run_them(page: Page) -> None:
    edit(page)
    tab(page, "words.py").click()
    rewrite(page, WORDS.replace("!", "?"))
    with page.expect_download() as download:
        page.locator(".live-download").click()
    assert download.value.suggested_filename == "app.zip"
    data = Path(download.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        files = {name: archive.read(name) for name in archive.namelist()}
    assert files["words.py"].decode() == WORDS.replace("!", "?")
    assert files["logo.png"] == b"\x89PNG"
    readme = files["README.md"].decode()
    assert '    pip install "bocadillo[standard]"\n' in readme
    assert "    uvicorn app:app --reload\n" in readme
    assert "    curl -i http://localhost:8000/\n" in readme
    assert "From “Live”: <http://" in readme
    expect(page.locator(".live-said")).to_have_text("app.zip downloaded.")


def test_the_open_file_is_copied(page: Page) -> None:
    edit(page)
    tab(page, "words.py").click()
    page.locator(".live-copy").click()
    expect(page.locator(".live-said")).to_have_text("words.py copied.")
    assert page.evaluate("navigator.clipboard.readText()") == WORDS


def test_a_link_carries_the_code_which_is_shown_and_not_run(page: Page) -> None:
    edit(page)
    rewrite(page, APP.replace("hello", "<b>shared</b>"))
    page.locator(".live-share").click()
    expect(page.locator(".live-said")).to_have_text("Link copied.")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link == page.get_by_label("Link to this code").input_value()

    page.goto(link)
    page.locator(".cm-content").wait_for()
    expect(page.locator(".live-status")).to_have_text(
        "From a link: read the code before you run it."
    )
    assert code_in(page, "play") == APP.replace("hello", "<b>shared</b>")
    assert page.get_by_role("tab").count() == 3
    assert page.evaluate("document.activeElement === document.body")
    assert live(page, "play").get_attribute("data-state") == "idle"
    assert run_example(page, "play") == "running"
    response = send_own(page, "play", "/")
    assert response.locator(".live-body").inner_text() == "<b>shared</b>!"
    page.evaluate("location.hash = '#code=AAAA'")
    expect(page.locator(".live-status")).to_contain_text("cannot be read", timeout=20_000)


@pytest.mark.parametrize("code", ["", "!", "AAAA", "x" * 50_000])
def test_a_damaged_link_says_so_and_the_page_is_as_without(code: str, page: Page) -> None:
    page.goto(f"{page.url}play/#code={code}")
    expect(page.locator(".live-status")).to_contain_text("The code in this link cannot be read: ")
    assert edit(page, "play").is_visible()
    assert code_in(page, "play") == "app = None\n"


def test_reader_without_a_network_is_told_so_and_may_retry(browser: Browser, site: Site) -> None:
    with open_visit(browser, site) as visit:
        page = visit.page
        visit.goto("/")
        page.route("**/codemirror.js", lambda route: route.abort())
        live(page, "greeter").locator(".live-edit").click()
        expect(page.locator(".live-status")).to_have_text(
            "The editor could not be downloaded. Are you online? Click again to retry."
        )
        page.unroute("**/codemirror.js")
        assert edit(page).is_visible()
