"""Show a file of `examples/`, or a named section of it, on a page.

A fence whose only line is `--8<-- "hello/app.py:routes"` shows the lines between the comments
`# --8<-- [start:routes]` and `# --8<-- [end:routes]`; the whole folder is the example. Files of
other languages have comments of their own around the mark.
"""

import re
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from textwrap import dedent

from livedocs.errors import MarkupError, did_you_mean
from livedocs.files import to_text

DIRECTIVE = re.compile(r'\s*--8<--\s+"(?P<path>[^":]+)(?::(?P<section>[\w-]+))?"\s*$')
MARK = re.compile(
    r"^\s*(?:#|//|--|<!--|/\*|\{#)\s*--8<--\s*\[(?P<edge>start|end):(?P<name>[\w-]+)\]"
    r"\s*(?:-->|\*/|#\})?\s*$"
)
# For those who work on an example, and not a part of it.
LEFT_OUT = ("README.md", "conftest.py", "test_*", ".*")
MOST_BYTES = 200_000  # of an example's files: every page that shows it carries them


@dataclass(frozen=True, slots=True)
class Included:
    """A file of `examples/` on a page.

    Attributes:
        place: The file, relative to the repository, with `/`.
        main: The file, relative to its example's folder.
        files: The example's files as readers copy them: without the section marks, without tests;
            bytes that are no text as `files` says.
        raw: The text of the file itself, marks included: lines have their own numbers.
        shown: The section's lines, or all.
    """

    place: str
    main: str
    files: dict[str, str]
    raw: str
    shown: str


def find_include(source: str, line: int) -> re.Match[str] | None:
    """Return the directive if the block is one.

    Args:
        source: The block's content.
        line: 1-based line of the page where the content begins.

    Raises:
        MarkupError: It begins like a directive and is none.
    """
    found = DIRECTIVE.match(source)
    if found is None and source.lstrip().startswith("--8<--"):
        raise MarkupError(
            'expected one line such as `--8<-- "hello/app.py"` or `--8<-- "hello/app.py:section"`, '
            f"and nothing else in the block; got {source.strip()!r}.",
            line,
        )
    return found


def include(directive: re.Match[str], line: int, *, root: Path) -> Included:
    """Read what a directive names.

    Args:
        directive: From `find_include`.
        line: 1-based line of the page, for errors.
        root: The repository.

    Raises:
        MarkupError: No such file or section; the path leaves `examples/`.
    """
    examples = (root / "examples").resolve()
    path = (examples / directive["path"]).resolve()
    if not path.is_relative_to(examples) or not path.is_file() or path.parent == examples:
        files = (found.relative_to(examples) for found in examples.glob("*/**/*.*"))
        known = sorted(found.as_posix() for found in files if not _is_left_out(found))
        raise MarkupError(
            f"no file {directive['path']!r} in examples/.{did_you_mean(directive['path'], known)}",
            line,
        )
    place = path.relative_to(examples)
    folder = examples / place.parts[0]
    text = path.read_text(encoding="utf-8")
    section = directive["section"]
    return Included(
        place=f"examples/{place.as_posix()}",
        main=path.relative_to(folder).as_posix(),
        files=_files(folder, line),
        raw=text,
        shown=_section(text, section, line, directive["path"]) if section else without_marks(text),
    )


def without_marks(text: str) -> str:
    """Return a file's text without the lines that mark sections."""
    return "".join(line for line in text.splitlines(keepends=True) if not MARK.match(line))


def _files(folder: Path, line: int) -> dict[str, str]:
    found = {
        path.relative_to(folder): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not _is_left_out(path.relative_to(folder))
    }
    total = sum(map(len, found.values()))
    if total > MOST_BYTES:
        raise MarkupError(
            f"the files of examples/{folder.name} have {total} bytes, and every page that shows "
            f"them carries them: expected {MOST_BYTES} at most. Take smaller files.",
            line,
        )
    return {path.as_posix(): without_marks(to_text(data)) for path, data in found.items()}


def _is_left_out(path: Path) -> bool:
    return "__pycache__" in path.parts or any(
        fnmatch(part, pattern) for part in path.parts for pattern in LEFT_OUT
    )


def _section(text: str, name: str, line: int, path: str) -> str:
    lines = text.splitlines(keepends=True)
    edges: dict[tuple[str, str], int] = {}
    for number, content in enumerate(lines):
        mark = MARK.match(content)
        if mark:
            edges[mark["edge"], mark["name"]] = number
    start, end = edges.get(("start", name)), edges.get(("end", name))
    if start is None or end is None or end < start:
        known = sorted({other for edge, other in edges if edge == "start"})
        raise MarkupError(
            f"no section {name!r} in examples/{path} (it has: {', '.join(known) or 'none'}); "
            f"mark it with `# --8<-- [start:{name}]` and `# --8<-- [end:{name}]`."
            f"{did_you_mean(name, known)}",
            line,
        )
    return dedent(without_marks("".join(lines[start:end]))).strip("\n") + "\n"
