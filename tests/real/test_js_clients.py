"""Each `js client` block of the documentation, in a real Chromium, against a real server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from livedocs.clients import check_client, clients_of, open_browser
from livedocs.model import Client, Example
from livedocs.page import read_page

pytestmark = [pytest.mark.browser, pytest.mark.real]

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def documented() -> Iterator[object]:
    for path in PAGES:
        name = path.relative_to(ROOT).as_posix()
        page = read_page(name, path.read_text(encoding="utf-8"), root=ROOT)
        for block, example, client in clients_of(page):
            yield pytest.param(example, client, id=f"{name}:{block.line}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


@pytest.mark.parametrize(("example", "client"), list(documented()))
def test_a_script_of_the_documentation_logs_what_is_shown(
    example: Example, client: Client, browser: Browser
) -> None:
    assert check_client(example, client, browser).problem is None
