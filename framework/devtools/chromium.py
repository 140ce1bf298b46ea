"""Find a Chromium for the browser tests, or install one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devtools.shop import DevError, say

if TYPE_CHECKING:
    from devtools.shop import Shop

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ON_MACS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
PLAYWRIGHT_PATH = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find_chromium(shop: Shop) -> str | None:
    """Return a Chromium that starts: the one CHROMIUM names, else the first one on PATH."""
    if chosen := shop.env.get("CHROMIUM"):
        if found := working(shop, chosen):
            return found
        raise DevError(f"CHROMIUM is {chosen!r}, which does not start. Correct it, or unset it.")
    return next((path for name in (*NAMES, ON_MACS) if (path := working(shop, name))), None)


def working(shop: Shop, program: str) -> str | None:
    """Return a program's path if it starts: on Ubuntu, chromium-browser may be a mere stub."""
    path = shop.which(program)
    return path if path and shop.ask(path, "--version")[0] == 0 else None


def install_chromium(shop: Shop) -> str | None:
    """Return a Chromium, found or installed with apt or Playwright; None when nothing helped."""
    return find_chromium(shop) or install_with_apt(shop) or install_with_playwright(shop)


def install_with_apt(shop: Shop) -> str | None:
    """Return the Chromium of the distribution, where apt may install it."""
    if not shop.is_root or not shop.which("apt-get"):
        return None
    say("Installing Chromium with apt")
    shop.ask("apt-get", "update", "-q")
    shop.ask("apt-get", "install", "-qy", "--no-install-recommends", "chromium")
    return find_chromium(shop)


def install_with_playwright(shop: Shop) -> str | None:
    """Return Playwright's own Chromium, downloaded unless it was before."""
    if found := playwright_chromium(shop):
        return found
    say("Installing Chromium with Playwright")
    shop.ask(shop.python, "-m", "playwright", "install", "chromium")
    return playwright_chromium(shop)


def playwright_chromium(shop: Shop) -> str | None:
    """Return the Chromium that Playwright has downloaded, if it has."""
    _, said = shop.ask(shop.python, "-c", PLAYWRIGHT_PATH)
    return working(shop, said.strip())
