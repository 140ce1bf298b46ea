"""Previews of an app's pages in a real Chromium, driven by clicks."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, FrameLocator, Locator, Page, expect

from livedocs import runtime
from livedocs.policy import format_policy
from tests.real.browser import (
    Site,
    Visit,
    live,
    open_browser,
    open_visit,
    run_script,
    serve,
    wait_for_state,
)
from tests.real.live_pages import beside, block, write_page
from tests.real.previewed import FILES

pytestmark = pytest.mark.browser

EXAMPLES_FOLDER = Path(__file__).parents[2] / "examples"
HTML = ["content-type", "text/html; charset=utf-8"]
BOOT_MS = 60_000


def page_step(target: str) -> dict[str, Any]:
    return {
        "id": "s1",
        "label": f"GET {target}",
        "request": {"method": "GET", "target": target, "headers": [], "body": ""},
        "expected": {"status": 200, "headers": [HTML], "body": None},
        "page": True,
    }


def files_of(name: str) -> dict[str, str]:
    folder = EXAMPLES_FOLDER / name
    return {
        path.name: path.read_text() for path in folder.iterdir() if path.suffix in (".py", ".html")
    }


EXAMPLES = {
    "shop": (FILES, "/"),
    "chat": (files_of("chat"), "/rooms/kitchen"),
    "feed": (files_of("feed"), "/"),
}


SCRIPT = """\
const source = new EventSource("/events");
source.addEventListener("count", (event) => console.log(event.data));
//> {"last":...}
const answer = await fetch("/echo", { method: "POST", body: "a" });
console.log((await answer.json()).body, location.pathname);
//> [97] /
"""
THROWS = 'console.log("a");\n//> b\nthrow new TypeError("no soup");\n'
SCRIPTS = [
    {"id": "c1", "source": SCRIPT, "output": '{"last":...}\n[97] /\n'},
    {"id": "c2", "source": THROWS, "output": "b\n"},
]


def example_with_scripts(name: str, files: dict[str, str], target: str) -> str:
    example = {"kind": "app", "files": files, "steps": [page_step(target)], "clients": SCRIPTS}
    scripts = [beside(name, script=script["id"]) for script in SCRIPTS]
    return "".join([block(name, example), beside(name), *scripts])


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    runtime.build(folder)
    blocks = [example_with_scripts(name, *entry) for name, entry in EXAMPLES.items()]
    write_page(folder, "\n".join(blocks), policy=format_policy(()))
    with serve(folder) as site:
        yield site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def shared(browser: Browser, site: Site) -> Iterator[Visit]:
    """Provide a visit whose worker is warm."""
    with open_visit(browser, site) as visit:
        visit.page.set_default_timeout(15_000)
        visit.goto("/")
        yield visit


@pytest.fixture
def page(shared: Visit) -> Iterator[Page]:
    """Return the page with nothing open; fails on any problem that it had."""
    yield shared.page
    for button in shared.page.locator(".live-reset:visible").all():
        button.click()
    problems, shared.problems[:] = list(shared.problems), []
    assert problems == []
    assert shared.site.missing == []


def preview(page: Page, example: str, number: int = 0) -> tuple[Locator, FrameLocator]:
    """Return an open preview and what is in its frame."""
    element = live(page, example).locator(".live-preview").nth(number)
    return element, element.frame_locator("iframe >> nth=-1")


def open_preview(page: Page, example: str) -> tuple[Locator, FrameLocator]:
    live(page, example).locator("> .live-bar .live-open").click()
    wait_for_state(page, example, "running")
    return preview(page, example)


def address(element: Locator) -> Locator:
    return element.locator(".live-where input")


def test_page_speaks_with_the_app_by_fetch_events_and_sockets(page: Page) -> None:
    element, frame = open_preview(page, "shop")

    expect(frame.locator("h1")).to_have_text("Hello, nobody!")
    expect(frame.locator("#said li")).to_have_text(
        [
            "place /",
            "cookie seen=yes",
            "visits 1",
            "fetch 200 http://localhost:8000/echo http://localhost:8000 0,255",
            'event {"last":null} 7',
            "socket hé",
            "socket 1,2,255",
        ]
    )
    assert frame.locator("h1").evaluate("it => getComputedStyle(it).color") == "rgb(1, 2, 3)"
    assert frame.locator("#logo").evaluate("it => it.naturalWidth") == 20
    assert frame.locator("body").evaluate("() => [window.plain, self.origin]") == ["/", "null"]
    element.locator(".live-close").click()
    log = live(page, "shop").locator(".live-log")
    expect(log).to_contain_text("the listener has left")
    expect(log).to_contain_text("the talker has left")


def test_links_forms_redirects_sessions_and_history(page: Page) -> None:
    element, frame = open_preview(page, "shop")
    frame.get_by_role("button", name="Log in").click()
    expect(frame.locator("h1")).to_have_text("Hello, Ada & Bob!")
    expect(address(element)).to_have_value("/")
    frame.get_by_role("button", name="Search").click()
    expect(frame.locator("h1")).to_have_text("Found a b")
    expect(address(element)).to_have_value("/search?q=a+b")
    frame.get_by_role("link", name="soup").click()
    expect(frame.locator("h1")).to_have_text("Found soup")
    element.get_by_role("button", name="Back").click()
    expect(frame.locator("h1")).to_have_text("Found a b")
    element.get_by_role("button", name="Back").click()
    expect(frame.locator("h1")).to_have_text("Hello, Ada & Bob!")
    expect(frame.locator("#said li").nth(2)).to_have_text("visits 3")
    element.get_by_role("button", name="Forward").click()
    expect(frame.locator("h1")).to_have_text("Found a b")
    address(element).fill("/search?q=bread")
    address(element).press("Enter")
    expect(frame.locator("h1")).to_have_text("Found bread")
    expect(element.get_by_role("button", name="Forward")).to_be_disabled()


def test_a_file_can_be_sent(page: Page) -> None:
    _, frame = open_preview(page, "shop")
    menu = FilePayload(name="menu.csv", mimeType="text/csv", buffer=b"tea\xff")
    frame.locator("input[type=file]").set_input_files(menu)
    frame.get_by_role("button", name="Upload").click()
    expect(frame.locator("pre")).to_have_text("menu.csv: b'tea\\xff'")


@pytest.mark.parametrize(
    ("link", "status"),
    [
        ("Fail", "500 Internal Server Error"),
        ("Gone", "410 Gone"),
        ("Nowhere", "404 Not Found"),
        ("Elsewhere", "The link leads away from the app: https://example.com/"),
        ("Away", "The redirect leads away from the app, to https://example.com/."),
    ],
)
def test_what_goes_wrong_has_words(link: str, status: str, page: Page) -> None:
    element, frame = open_preview(page, "shop")
    frame.get_by_role("link", name=link).click()
    expect(element.locator(".live-preview-status")).to_have_text(status)


def test_a_link_within_the_page_moves_only_the_address(page: Page) -> None:
    element, frame = open_preview(page, "shop")
    frame.get_by_role("link", name="End").click()
    expect(address(element)).to_have_value("/#end")
    expect(frame.locator("#said li").nth(2)).to_have_text("visits 1")


def test_two_clients_meet_in_the_chat_and_the_app_sees_who_leaves(page: Page) -> None:
    element, ada = open_preview(page, "chat")
    element.locator(".live-another").click()
    second, bob = preview(page, "chat", 1)
    for frame, name in ((ada, "Ada"), (bob, "Bob")):
        frame.get_by_label("Your name").fill(name)
        frame.get_by_role("button", name="Come in").click()
        expect(frame.locator("#state")).to_have_text(f"You are {name}.")
    ada.get_by_label("Your message").fill("Tea?")
    ada.get_by_role("button", name="Send").click()
    expect(bob.locator("li.said")).to_contain_text("Tea?")
    expect(ada.locator("#people")).to_have_text("Here: Ada, Bob")
    second.locator(".live-close").click()
    expect(ada.locator("li.event").last).to_have_text("Bob left.")
    ada.get_by_role("link", name="terrace").click()
    expect(address(element)).to_have_value("/rooms/terrace")
    expect(ada.locator("#state")).to_have_text("You are Ada.")


def test_the_feed_shows_what_is_reported_and_is_loaded_anew_with_the_app(page: Page) -> None:
    element, frame = open_preview(page, "feed")
    expect(frame.locator("#state")).to_have_text("Live.")
    frame.get_by_label("A new reading").fill("21.5")
    frame.get_by_role("button", name="Report").click()
    expect(frame.locator("#now")).to_have_text("21.5 °C")
    live(page, "feed").locator(".live-stop").click()
    expect(element.locator(".live-preview-status")).to_contain_text("The app has stopped.")
    expect(frame.locator("#state")).to_have_text("Away. Trying again…")
    live(page, "feed").locator(".live-run").click()
    expect(frame.locator("#now")).to_have_text("\N{EN DASH}")
    expect(frame.locator("#state")).to_have_text("Live.")


def test_a_page_opens_beside_its_documented_request(page: Page) -> None:
    place = page.locator('.live-step[data-live-for="feed"]')
    place.locator(".live-open").click()
    frame = place.frame_locator("iframe")
    expect(frame.locator("#state")).to_have_text("Live.", timeout=BOOT_MS)


def script(page: Page, name: str) -> Locator:
    return page.locator(f'.live-script[data-live-for="shop"][data-live-client="{name}"]')


def test_a_script_is_run_and_compared_until_it_is_stopped(page: Page) -> None:
    assert run_script(page, "shop", "c1") == "same"
    place = script(page, "c1")
    expect(place.locator(".live-verdict")).to_have_text("✓ Same as CI checked")
    place.get_by_role("button", name="Stop").click()
    expect(place.locator(".live-status")).to_have_text("Stopped.")
    expect(live(page, "shop").locator(".live-log")).to_contain_text("the listener has left")


def test_what_a_script_throws_is_shown_beside_what_is_documented(page: Page) -> None:
    assert run_script(page, "shop", "c2") == "differs"
    differences = script(page, "c2").locator(".live-differences")
    expect(differences.locator("dd").first).to_contain_text("b")
    expect(differences.locator("dd").last).to_contain_text("TypeError: no soup")


def test_a_script_that_differs_in_an_app_that_was_asked_says_so(page: Page) -> None:
    run_script(page, "shop", "c1")
    script(page, "c2").get_by_role("button", name="Run the script").click()
    expect(script(page, "c2").locator(".live-hint")).to_contain_text("asked before")


def test_a_script_starts_the_app(page: Page) -> None:
    script(page, "c1").get_by_role("button", name="Run the script").click()
    expect(script(page, "c1").locator("[data-verdict=same]")).to_be_visible(timeout=BOOT_MS)
    live(page, "shop").locator(".live-stop").click()
    expect(script(page, "c1").locator(".live-status")).to_have_text("Stopped.")
    expect(script(page, "c1").locator(".live-code")).to_have_text("ended")
