"""Examples for the tests of what runs and checks them."""

from collections.abc import Mapping
from pathlib import Path

from livedocs.blocks import Page
from livedocs.model import Example, Expected, Segment, Step
from livedocs.page import read_page
from livedocs.talk_text import parse_talk

APP = "```python app\napp = 1\n```\n"
HTTP = "```http\nGET /\n\nHTTP/1.1 200 OK\n```\n"


def application(source: str, *steps: Step, files: Mapping[str, str] | None = None) -> Example:
    """Return an application that stands at line 2 of `docs/p.md`, with further files."""
    return Example(
        id="app-1",
        kind="app",
        app="app-1",
        title="app.py",
        line=1,
        place="docs/p.md",
        main="app.py",
        files={"app.py": source, **(files or {})},
        segments=(Segment(source, 2, "docs/p.md"),),
        steps=steps,
    )


def talk_step(number: int, source: str) -> Step:
    """Return a documented conversation over WebSockets; its lines are numbered from 1."""
    talk = parse_talk(source, 1)
    [request, *_] = talk.handshakes.values()
    return Step(f"s{number}", request, Expected(), talk=talk)


def read(text: str, root: Path = Path()) -> Page:
    """Return a page that can be understood."""
    page = read_page("docs/p.md", text, root=root)
    assert [error.at("p.md") for error in page.errors] == []
    return page


def only(page: Page) -> Example:
    """Return the only example of a page."""
    [example] = page.examples.values()
    return example
