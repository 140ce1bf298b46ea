"""The pytest plugin: each block of a Markdown page is a test, named by its place.

pytest docs/guide/async.md        the blocks of a page
pytest docs --update-examples     rewrite what is out of date
"""

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import TerminalRepr

from livedocs.blocks import Placed
from livedocs.checking import Checker
from livedocs.collect import Block
from livedocs.errors import MarkupError
from livedocs.page import read_page
from livedocs.rewrite import replace_blocks

NOT_HERE = frozenset({"text", "client"})  # shown only; and what tests/real runs in a browser
FOLDERS = ("docs",)
PAGES = ("README.md",)


class BlockError(Exception):
    """A block does not do what its page says."""


def pytest_configure(config: pytest.Config) -> None:
    """Note the blocks to rewrite, for `pytest_sessionfinish`."""
    updates: defaultdict[Path, dict[Block, str]] = defaultdict(dict)
    config.stash[UPDATES] = updates


UPDATES = pytest.StashKey[defaultdict[Path, dict[Block, str]]]()


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "PageFile | None":
    """Collect the pages of the site and the README."""
    if file_path.suffix != ".md":
        return None
    try:
        path = file_path.relative_to(parent.config.rootpath)
    except ValueError:
        return None
    if path.parts[0] in FOLDERS or path.as_posix() in PAGES:
        return PageFile.from_parent(parent, path=file_path)
    return None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Rewrite the blocks that are out of date, with `--update-examples`."""
    for path, updates in session.config.stash[UPDATES].items():
        text = path.read_bytes().decode()
        path.write_bytes(replace_blocks(text, updates).encode())


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Count the blocks that ran and name those that did not, with their reasons."""
    skipped = list(_reports(terminalreporter, "skipped"))
    ran = [*_reports(terminalreporter, "passed"), *_reports(terminalreporter, "failed")]
    if not ran and not skipped:
        return
    terminalreporter.section("documentation")
    terminalreporter.write_line(f"{len(ran)} blocks run, {len(skipped)} skipped")
    for report in skipped:
        place = dict(report.user_properties)["block"]
        terminalreporter.write_line(f"  {place}: {_reason(report)}")
    for path, updates in config.stash[UPDATES].items():
        name = path.relative_to(config.rootpath).as_posix()
        for block in updates:
            terminalreporter.write_line(f"  updated {name}:{block.line}")


def _reports(reporter: pytest.TerminalReporter, outcome: str) -> Iterator[pytest.TestReport]:
    for report in reporter.stats.get(outcome, []):
        if isinstance(report, pytest.TestReport) and "block" in dict(report.user_properties):
            yield report


def _reason(report: pytest.TestReport) -> str:
    # A skip's representation is (path, line, reason).
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")


class PageFile(pytest.File):
    """A page."""

    def collect(self) -> Iterator[pytest.Item]:
        """Return a test for each block that CI runs, and one for each that cannot be read."""
        root = self.config.rootpath
        text = self.path.read_text(encoding="utf-8")
        page = read_page(self.path.relative_to(root).as_posix(), text, root=root)
        checker = Checker(page, root)
        for error in page.errors:
            yield BrokenBlock.from_parent(self, name=f"L{error.line} markup", error=error)
        for placed in page.blocks:
            if placed.header.kind.name not in NOT_HERE:
                name = f"L{placed.block.line} {placed.block.header.split(' skip=')[0]}"
                yield BlockItem.from_parent(self, name=name, placed=placed, checker=checker)


class _Item(pytest.Item):
    line: int

    @property
    def place(self) -> str:
        """Return the block's place, as in `docs/guide/sse.md:41`."""
        return f"{self.path.relative_to(self.config.rootpath).as_posix()}:{self.line}"

    def reportinfo(self) -> tuple[Path, int, str]:
        """Return where the block stands."""
        return self.path, self.line - 1, f"{self.place} {self.name}"

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> str | TerminalRepr:
        """Return the place and what is wrong there, without our own traceback."""
        if isinstance(excinfo.value, BlockError):
            return f"{self.place}\n{excinfo.value}"
        return super().repr_failure(excinfo, style)


class BrokenBlock(_Item):
    """A block that cannot be read."""

    def __init__(self, *, error: MarkupError, **options: Any) -> None:
        super().__init__(**options)
        self.error = error
        self.line = error.line

    def runtest(self) -> None:
        """Fail with what is wrong."""
        raise BlockError(self.error.message)


class BlockItem(_Item):
    """A block and the test that it is."""

    def __init__(self, *, placed: Placed, checker: Checker, **options: Any) -> None:
        super().__init__(**options)
        self.placed = placed
        self.checker = checker
        self.line = placed.block.line
        self.user_properties.append(("block", self.place))

    def runtest(self) -> None:
        """Run the block with what stands above it and compare."""
        page = self.checker.page
        reason = page.why_not_run(self.placed, python=sys.version_info[:2])
        if reason:
            pytest.skip(reason)
        outcome = self.checker.check(self.placed)
        if outcome.updated is not None and self.config.getoption("update_examples"):
            self.config.stash[UPDATES][self.path][self.placed.block] = outcome.updated
        elif outcome.problem:
            hint = "" if outcome.updated is None else "\n(`dev.py update` writes what came.)"
            raise BlockError(outcome.problem + hint)
