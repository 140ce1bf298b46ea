"""Sizes, addresses, and what the repository's text may name."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from livedocs.page import read_page

ROOT = Path(__file__).parents[2]
FRAMEWORK = ROOT / "framework"
IS_RULE = re.compile(r"\|(?:[ :-]+-[ :-]*\|)+")  # below the heading of a table
MODULE_LINES, FUNCTION_LINES, BLOCK_LINES = 300, 60, 25
FORBIDDEN = {
    # In Pyodide's own file system there is one folder with this name everywhere.
    "a path of one machine": re.compile(
        r"(?<![\w.:/<)-])/(?:work|root|home|Users)/(?!pyodide/)[\w.-]"
    ),
    "the address of a registry": re.compile(
        r"https?://(?:[\w-]+\.)*(?:pythonhosted\.org|npmjs\.org)|https?://\S+/simple\b"
        r"|https?://\S+/api/(?:npm|pypi)\b|(?:index-url|registry)\s*=\s*http"
    ),
    "a private address": re.compile(
        r"https?://(?:10\.\d+|192\.168|172\.(?:1[6-9]|2\d|3[01]))\.\d+"
    ),
}
BINARY = frozenset({".png", ".ico", ".woff2", ".zip", ".whl", ".wasm"})


def modules() -> list[Path]:
    found = FRAMEWORK.rglob("*.py")
    return sorted(path for path in found if "node_modules" not in path.parts)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Return the functions of a module with their lengths, the docstrings not counted."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0]
            docstring = ast.get_docstring(node, clean=False) is not None
            described = (first.end_lineno or 0) - first.lineno + 1 if docstring else 0
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - described


def texts() -> list[Path]:
    """Return the text files that are tracked, or would be if they were added."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    paths = (ROOT / name for name in listed.split("\0") if name)
    return [path for path in paths if path.is_file() and path.suffix not in BINARY]


def test_a_module_is_at_most_300_lines_long() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for path in [*modules(), *(FRAMEWORK / "livedocs" / "browser").glob("*.js")]
    }

    assert {name: length for name, length in lengths.items() if length > MODULE_LINES} == {}


def test_a_function_is_at_most_60_lines_long() -> None:
    long = [
        f"{path.relative_to(ROOT).as_posix()}: {name} has {length} lines"
        for path in modules()
        for name, length in functions(path)
        if length > FUNCTION_LINES
    ]

    assert long == []


def test_the_repository_has_one_address() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    address = project["urls"]["Repository"]
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")

    found = re.search(
        r'^repo_url: (?:!ENV \[\w+, )?"?(?P<url>https?://[^"\]\s]+)', settings, re.MULTILINE
    )
    name = re.search(r"^repo_name: (?P<name>\S+)", settings, re.MULTILINE)

    assert found is not None
    assert found["url"] == address
    assert name is not None
    assert address.endswith(f"/{name['name']}")


@pytest.mark.parametrize("what", FORBIDDEN)
def test_the_text_names_nothing_of_one_machine(what: str) -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{number}: {line.strip()}"
        for path in texts()
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1)
        if FORBIDDEN[what].search(line)
    ]

    assert found == []


def test_a_block_of_the_site_shows_at_most_25_lines() -> None:
    long = {}
    for path in sorted((ROOT / "docs").rglob("*.md")):
        name = path.relative_to(ROOT).as_posix()
        page = read_page(name, path.read_text(encoding="utf-8"), root=ROOT)
        for placed in page.blocks:
            lines = placed.shown.count("\n") - len(placed.hidden)
            if lines > BLOCK_LINES:
                long[f"{name}:{placed.block.line}"] = lines
    assert long == {}


def test_each_column_of_a_table_has_a_heading() -> None:
    """Whoever hears a table is told the heading of each cell."""
    unnamed = [
        f"{path.relative_to(ROOT).as_posix()}:{number}"
        for path in sorted((ROOT / "docs").rglob("*.md"))
        for number, (line, rule) in enumerate(
            pairwise(path.read_text(encoding="utf-8").split("\n")), start=1
        )
        if IS_RULE.fullmatch(rule) and not all(cell.strip() for cell in line.split("|")[1:-1])
    ]

    assert unnamed == []
