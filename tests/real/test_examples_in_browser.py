"""The chat and the feed of `examples/`, under uvicorn, in two tabs of a real Chromium."""

import importlib.util
import json
import sys
import threading
import urllib.request
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from bocadillo import LiveServer
from bocadillo.providers import Provider
from tests.real.browser import open_browser

pytestmark = [pytest.mark.browser, pytest.mark.real]

EXAMPLES = Path(__file__).parents[2] / "examples"
NOTICE_SECONDS = 2  # for a tab that was closed, on a busy machine


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def problems(context: BrowserContext) -> list[str]:
    """What goes wrong on the pages, foreign requests included."""
    found: list[str] = []
    context.on("console", lambda entry: found.append(entry.text) if entry.type == "error" else None)
    context.on("weberror", lambda error: found.append(str(error.error)))

    def look(request: Any) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1":
            found.append(f"foreign request: {request.url}")

    context.on("request", look)
    return found


@pytest.fixture
def load(
    shared_providers: dict[str, Provider], monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Any]:
    """Import the module of an example, for one test alone."""

    def load(name: str) -> Any:
        spec = importlib.util.spec_from_file_location(f"{name}_app", EXAMPLES / name / "app.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        monkeypatch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        return module

    return load


def open_tab(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return page


def enter(page: Page, name: str) -> None:
    page.get_by_label("Your name").fill(name)
    page.get_by_role("button", name="Come in").click()
    expect(page.locator("#state")).to_have_text(f"You are {name}.")


def say(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_label("Your message").press("Enter")


def expect_lines(page: Page, *lines: str) -> None:
    """Wait until a page of the chat shows these lines, without the times that stand in them."""
    expect(page.locator("#log li:not(.said), #log li.said > bdi")).to_have_text([*lines])


def test_two_tabs_talk_and_come_back_when_the_server_has_restarted(
    load: Callable[[str], Any], context: BrowserContext, problems: list[str]
) -> None:
    chat = load("chat")
    with LiveServer(chat.app) as server:
        url, port = server.url("/rooms/kitchen"), urlsplit(server.url).port
        ada, bob = open_tab(context, url), open_tab(context, url)
        enter(ada, "Ada")
        enter(bob, "Bob")
        expect_lines(ada, "Bob came in.")
        expect(ada.locator("#people")).to_have_text("Here: Ada, Bob")

        say(bob, "<b>Tea?</b>")
        expect_lines(ada, "Bob came in.", "<b>Tea?</b>")
        expect_lines(bob, "<b>Tea?</b>")

        bob.close()
        expect_lines(ada, "Bob came in.", "<b>Tea?</b>", "Bob left.")
        expect(ada.locator("#people")).to_have_text("Here: Ada")

        ada.reload()
        expect(ada.locator("#log li.said > bdi")).to_have_text(["<b>Tea?</b>"])
        expect(ada.locator("#people")).to_have_text("Here: Ada")  # the one before has left
        cleo = open_tab(context, url)
        enter(cleo, "Cleo")
        expect(ada.locator("#log li").last).to_have_text("Cleo came in.")
        assert problems == []

    expect(ada.locator("#state")).to_have_text("The chat restarts. Trying again…")
    say(ada, "Anybody?")
    expect(ada.locator("#state")).to_contain_text("that was not sent")
    with LiveServer(chat.app, port=port):
        expect(ada.locator("#state")).to_have_text("You are Ada.")
        expect(cleo.locator("#state")).to_have_text("You are Cleo.")
        say(cleo, "Here again.")
        expect(ada.locator("#log li.said > bdi")).to_have_text(["<b>Tea?</b>", "Here again."])


class Watch:
    """Know which listeners the feeds of a server have."""

    def __init__(self, feed_class: type) -> None:
        self.asked: list[int] = []
        self.open = 0
        self.changed = threading.Condition()
        watch = self

        class Watched(feed_class):  # type: ignore[misc] # an example's
            async def follow(self, last: int) -> AsyncGenerator[Any, None]:
                watch.count(1)
                watch.asked.append(last)
                try:
                    async with aclosing(super().follow(last)) as readings:
                        async for reading in readings:
                            yield reading
                finally:
                    watch.count(-1)

        def make() -> Any:
            return Watched()

        self.make = make

    def count(self, change: int) -> None:
        with self.changed:
            self.open += change
            self.changed.notify_all()

    def wait_for(self, number: int) -> bool:
        """Wait until there are so many listeners, and tell if there are."""
        with self.changed:
            return self.changed.wait_for(lambda: self.open == number, NOTICE_SECONDS)


def report(server: LiveServer, celsius: float) -> int:
    request = urllib.request.Request(
        server.url("/readings"),
        json.dumps({"celsius": celsius}).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(json.load(answer)["id"])


def test_two_tabs_hear_of_readings_and_of_those_after_a_restart(
    load: Callable[[str], Any], context: BrowserContext, problems: list[str]
) -> None:
    feed = load("feed")
    watch = Watch(feed.Feed)
    with feed.app.override_providers(feed=watch.make):
        with LiveServer(feed.app) as server:
            url, port = server.url("/"), urlsplit(server.url).port
            one, two = open_tab(context, url), open_tab(context, url)
            report(server, 20)
            two.get_by_label("A new reading").fill("21.5")
            two.get_by_role("button", name="Report").click()
            for page in (one, two):
                expect(page.locator("#readings li")).to_have_text(["21.5 °C", "20 °C"])
                expect(page.locator("#state")).to_have_text("Live.")
            assert watch.wait_for(2)

            two.close()
            assert watch.wait_for(1)
            newest = report(server, 22)
            expect(one.locator("#now")).to_have_text("22 °C")
            assert problems == []

        assert watch.wait_for(0)
        expect(one.locator("#state")).to_have_text("Away. Trying again…")
        with LiveServer(feed.app, port=port) as server:
            report(server, 23)
            expect(one.locator("#readings li")).to_have_text(["23 °C", "22 °C", "21.5 °C", "20 °C"])
            assert watch.asked == [0, 0, newest]
