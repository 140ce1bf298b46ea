"""Each folder of `examples/` is a whole example, and readers see it."""

from pathlib import Path

from livedocs.include import DIRECTIVE
from livedocs.page import read_page

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
COMPANIONS = ("README.md", "test_app.py")


def folders() -> list[str]:
    """Return the names of the examples."""
    return sorted(path.parent.name for path in EXAMPLES.glob("*/*.py") if path.name == "app.py")


def shown() -> set[str]:
    """Return the names of the examples that a page includes a part of."""
    found: set[str] = set()
    for path in PAGES:
        name = path.relative_to(ROOT).as_posix()
        page = read_page(name, path.read_text(encoding="utf-8"), root=ROOT)
        matches = (DIRECTIVE.match(placed.block.source) for placed in page.blocks)
        found |= {match["path"].split("/")[0] for match in matches if match}
    return found


def test_each_example_is_shown_on_a_page() -> None:
    assert set(folders()) - shown() == set()


def test_each_folder_of_examples_is_an_application_with_its_text_and_its_tests() -> None:
    inside = [path for path in EXAMPLES.iterdir() if path.is_dir() and path.name[0] not in "._"]
    missing = [
        f"{folder.relative_to(ROOT)}/{name}"
        for folder in inside
        for name in ("app.py", *COMPANIONS)
        if not (folder / name).is_file()
    ]

    assert missing == []
