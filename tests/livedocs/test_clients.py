"""Scripts of pages in a real Chromium, against a real server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from livedocs.clients import check_client, main, open_browser
from livedocs.model import Client
from tests.livedocs.samples import application

pytestmark = [pytest.mark.browser, pytest.mark.real]

ROOT = Path(__file__).parents[2]
APP = """\
from bocadillo import App

app = App()


@app.route("/")
async def index(req, res):
    res.text = "soup"


@app.websocket_route("/echo")
async def echo(ws):
    async for message in ws:
        await ws.send(message)
"""
TALK = """\
console.log(await (await fetch("/")).text());
//> soup
const socket = new WebSocket("/echo");
socket.onopen = () => socket.send("hi");
socket.onmessage = ({ data }) => console.log({ data });
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as browser:
        yield browser


def test_what_differs_is_told_with_the_script_as_it_should_be(browser: Browser) -> None:
    client = Client("c1", TALK, "soup\nho\n")

    outcome = check_client(application(APP), client, browser)

    assert outcome.problem == (
        'output\n  expected:\n    soup\n    ho\n  got:\n    soup\n    {"data":"hi"}'
    )
    assert outcome.updated == TALK + '//> {"data":"hi"}\n'


def test_what_a_script_throws_is_told(browser: Browser) -> None:
    client = Client("c1", "await 0;\nthrow new TypeError('no soup');\n", "soup\n")

    outcome = check_client(application(APP), client, browser)

    assert outcome.problem == "the script threw: TypeError: no soup"


def test_update_rewrites_scripts_and_names_what_it_cannot(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    start = f"```python app\n{APP}```\n\n"
    page.write_text(
        f"{start}```js client\n{TALK}```\n\n```js client\nthrow 'salt';\n//> soup\n```\n"
    )

    done = subprocess.run(  # this process has a browser already
        [sys.executable, "-m", "livedocs.clients", "page.md"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "framework")},
        capture_output=True,
        text=True,
        check=False,
    )

    line = start.count("\n") + 1
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout == (f"updated page.md:{line}\npage.md:{line + 8}\nthe script threw: salt\n")
    assert TALK + '//> {"data":"hi"}\n' in page.read_text()


def test_update_of_pages_without_scripts_needs_no_browser(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHROMIUM", "/nowhere")
    (tmp_path / "page.md").write_text("# Soup\n")
    assert main([str(tmp_path)]) == 0
