"""Drive a real Chromium over a built site: what every browser test begins with.

with serve(folder) as site, open_browser() as browser, open_page(browser, site) as page:
    page.goto("/")
    state = run_example(page, "hello")
    verdict = send_step(page, "hello", "s1")
page.problems  # console errors, failed and foreign requests
"""

import functools
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Locator, Page, sync_playwright

BOOT_TIMEOUT_MS = 60_000  # a cold boot on a busy machine
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
NO_OTHER_HOST = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"  # a rule of Chromium's resolver
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
    ".whl": "application/zip",
    ".zip": "application/zip",
}
FINAL_STATES = ("running", "failed", "stopped")


class NoBrowserError(RuntimeError):
    """There is no Chromium to drive."""


def chromium() -> str:
    """Return the path of a Chromium, from the variable `CHROMIUM` or from `PATH`.

    Raises:
        NoBrowserError: There is none.
    """
    wanted = os.environ.get("CHROMIUM")
    names = [wanted] if wanted else ["chromium", "chromium-browser", "google-chrome", "chrome"]
    for name in names:
        if found := shutil.which(name):
            return found
    raise NoBrowserError(
        f"Expected a Chromium to drive, found none of {', '.join(names)}. Install one (on Debian "
        "`apt-get install chromium`), or give its path in the environment variable CHROMIUM."
    )


def resolving(*rules: str) -> str:
    """Return the argument that has Chromium resolve names by rules, the first of which counts."""
    return f"--host-resolver-rules={','.join(rules)}"


@contextmanager
def open_browser(*arguments: str) -> Iterator[Browser]:
    """Provide a headless Chromium, with further arguments of its command line."""
    executable = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=[*ARGUMENTS, *arguments]
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Site:
    """A folder served on a local port.

    Attributes:
        url: Its address, without a final slash.
        missing: Paths that were asked for and do not exist.
        headers: What the server sends besides, for a path.
        reports: What browsers have reported of violated policies.
    """

    url: str
    missing: list[str] = field(default_factory=list)
    headers: Callable[[str], Mapping[str, str]] = lambda _path: {}
    reports: list[str] = field(default_factory=list)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    extensions_map = TYPES  # the standard library's name for it

    def __init__(self, *args: Any, site: Site, **options: Any) -> None:
        self.site = site
        super().__init__(*args, **options)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # inherited name
        pass

    def end_headers(self) -> None:
        for name, value in self.site.headers(self.path).items():
            self.send_header(name, value)
        super().end_headers()

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.site.reports.append(self.rfile.read(length).decode())
        self.send_response(204)
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        if code == 404:
            self.site.missing.append(self.path)
        super().send_error(code, message, explain)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], ConnectionError):  # browsers hang up as they like
            super().handle_error(request, client_address)


@contextmanager
def serve(
    folder: Path, *, headers: Callable[[str], Mapping[str, str]] | None = None
) -> Iterator[Site]:
    """Serve a built site on a free port of this machine, in a thread.

    Args:
        folder: The site.
        headers: Returns what to send besides, for a path.
    """
    site = Site("", headers=headers) if headers else Site("")
    handler = functools.partial(_Handler, directory=str(folder), site=site)
    with _Server(("127.0.0.1", 0), handler) as server:
        site.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Visit:
    """A page and what went wrong on it.

    Attributes:
        problems: Console errors, uncaught errors, failed and foreign requests, as sentences.
    """

    page: Page
    site: Site
    problems: list[str] = field(default_factory=list)

    def goto(self, path: str) -> None:
        """Open a page of the site."""
        self.page.goto(self.site.url + path, wait_until="load")


@contextmanager
def open_visit(browser: Browser, site: Site, **options: Any) -> Iterator[Visit]:
    """Provide a fresh visitor's page: own cache, own storage.

    Args:
        browser: From `open_browser`.
        site: From `serve`.
        options: Of Playwright's `new_context`: `viewport`, `color_scheme`, …
    """
    context = browser.new_context(**options)
    try:
        visit = Visit(context.new_page(), site)
        _watch(visit)
        yield visit
    finally:
        context.close()


@contextmanager
def open_profile(site: Site, folder: Path) -> Iterator[Visit]:
    """Provide a visitor with a profile, which keeps compiled code as a reader's browser does.

    Args:
        site: From `serve`.
        folder: Where the profile is kept; empty for a first visit.
    """
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder, executable_path=chromium(), args=list(ARGUMENTS)
        )
        try:
            visit = Visit(context.new_page(), site)
            _watch(visit)
            yield visit
        finally:
            context.close()


def _watch(visit: Visit) -> None:
    note, page = visit.problems.append, visit.page
    page.on(
        "console",
        lambda entry: note(f"console: {entry.text}") if entry.type == "error" else None,
    )
    page.on("pageerror", lambda error: note(f"uncaught error: {error}"))
    page.on("requestfailed", lambda request: note(f"failed request: {request.url}"))

    def look(request: Any) -> None:
        if not request.url.startswith((visit.site.url, "data:", "blob:")):
            note(f"foreign request: {request.url}")

    page.on("request", look)


def live(page: Page, example: str) -> Locator:
    """Return an example's element."""
    return page.locator(f'.live[data-live-id="{example}"]')


def code_in(page: Page, example: str) -> str:
    """Return the text in an example's editor, which must be short: it draws what is visible."""
    lines = live(page, example).locator(".cm-line").all_text_contents()
    return "\n".join(lines)


def run_example(page: Page, example: str) -> str:
    """Click Run and return the state it leads to: `running`, `failed` or `stopped`."""
    element = live(page, example)
    element.locator(".live-run").click()
    return wait_for_state(page, example, *FINAL_STATES)


def wait_for_state(page: Page, example: str, *states: str) -> str:
    """Wait until an example is in one of the states, and return it."""
    element = live(page, example)
    wanted = " or ".join(f"@data-state='{state}'" for state in states)
    element.locator(f"xpath=self::*[{wanted}]").wait_for(timeout=BOOT_TIMEOUT_MS)
    return element.get_attribute("data-state") or ""


def send_step(page: Page, example: str, step: str) -> str:
    """Click a documented request and return the verdict on its response: `same` or `differs`."""
    element = live(page, example)
    number = int(element.get_attribute("data-exchanges") or 0) + 1
    element.locator(f'button[data-step="{step}"]').click()
    # A stream has no verdict before its documented events are there.
    response = element.locator(f'.live-response[data-exchange="{number}"][data-verdict]')
    response.wait_for(timeout=BOOT_TIMEOUT_MS)
    return response.get_attribute("data-verdict") or ""


def run_script(page: Page, example: str, script: str) -> str:
    """Run a `js client` block against its app, started anew; return its verdict."""
    run_example(page, example)
    place = page.locator(f'.live-script[data-live-for="{example}"][data-live-client="{script}"]')
    place.locator(".live-send").click()
    response = place.locator(".live-response[data-verdict]")
    response.wait_for(timeout=BOOT_TIMEOUT_MS)
    return response.get_attribute("data-verdict") or ""


def send_own(page: Page, example: str, target: str, *, method: str = "GET") -> Locator:
    """Send a request of one's own to a running example and return the response's element."""
    element = live(page, example)
    number = int(element.get_attribute("data-exchanges") or 0) + 1
    element.locator(".live-address select").select_option(method)
    element.locator(".live-address input").fill(target)
    element.locator(".live-address button").click()
    response = element.locator(f'.live-response[data-exchange="{number}"]')
    response.wait_for(timeout=BOOT_TIMEOUT_MS)
    return response
