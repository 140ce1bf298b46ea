"""The pages of the documentation, and where the built site has them."""

from pathlib import Path

import pytest

from livedocs.model import Example
from livedocs.page import read_page

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BUILT = ROOT / ".build" / "site"
PAGES = sorted(DOCS.rglob("*.md"))


def built_site() -> Path:
    """Return the folder of the built site; without one, the test fails."""
    if not (BUILT / "index.html").is_file():
        pytest.fail("no built site: run `python3 framework/dev.py build` first")
    return BUILT


def live_examples(path: Path) -> list[Example]:
    """Return the examples of a page that its readers can run."""
    page = read_page(path.name, path.read_text(encoding="utf-8"), root=ROOT)
    assert not page.errors
    return [entry for entry in page.examples.values() if not (entry.skip or entry.no_live)]


def address(path: Path) -> str:
    """Return where MkDocs puts a page."""
    parts = path.relative_to(DOCS).with_suffix("").parts
    names = parts[:-1] if parts[-1] == "index" else parts
    return "".join(f"/{name}" for name in names) + "/"
