"""Check the prints and the style of Python blocks with pytest-examples.

pytest-examples brings the form of `#>` comments and runs ruff; running the code is the engine's
part, since scripts may await at their top level.
"""

import ast
from collections.abc import Iterable
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Any

from pytest_examples import CodeExample
from pytest_examples.config import ExamplesConfig
from pytest_examples.lint import FormatError, ruff_check
from pytest_examples.run_code import (
    Arg,
    InsertPrintStatements,
    PrintStatement,
    remove_old_print,
)

from livedocs.collect import Block
from livedocs.compare import WILDCARD, matches_text
from livedocs.engine import Print

RUFF = (
    "--isolated",
    "--output-format=concise",
    "--select=E,F,W,B,UP",
    # A top-level `await` is what our scripts are made of; fragments import where they need it.
    "--ignore=F704,E402",
)
CONFIG = ExamplesConfig(
    line_length=1000,
    target_version="py311",
    ruff_line_length=88,
)


class _Prints(InsertPrintStatements):
    """pytest-examples' comments, placed right in `finally` and `match` bodies as well."""

    def _insert_print_statements(self, example: CodeExample) -> str:
        lines = example.source.splitlines()
        calls = {
            node.lineno: node
            for node in ast.walk(ast.parse(example.source))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
        }
        by_line = groupby(reversed(self.print_statements()), key=lambda entry: entry.line_no)
        for line, statements in by_line:
            # Where `print` is called by another function, as by `map`, authors place the comments.
            if line in calls:
                self._replace(lines, calls[line], statements)
        return "\n".join(lines) + "\n"

    def _replace(
        self, lines: list[str], call: ast.Call, statements: Iterable[PrintStatement]
    ) -> None:
        last = call.end_lineno or call.lineno
        before = list(lines)
        remove_old_print(lines, last - 1)
        old = before[last : last + len(before) - len(lines)]
        rest = len(lines) - last
        for statement in statements:
            self._insert_print_args(lines, statement, False, last - 1, call.col_offset)
        end = len(lines) - rest
        shown, printed = "\n".join(old), "\n".join(lines[last:end])
        if WILDCARD in shown and matches_text(shown, printed):
            lines[last:end] = old


def printed_source(block: Block, prints: list[Print]) -> str | None:
    """Return a script's text with what it really printed, or `None` when it says so already.

    Wildcards are kept where they still match.

    Args:
        block: The script's block.
        prints: What it printed, with lines of the page.
    """
    example = CodeExample.create(block.source, start_line=block.line)
    insert = _Prints(example.path, CONFIG, enable=True, print_callback=None, include_print=None)
    statements = insert.print_statements()
    statements += [
        PrintStatement(entry.line - example.start_line, " ", [Arg(entry.text)])
        for entry in sorted(prints, key=lambda entry: entry.line)
        if entry.line
    ]
    updated: str | None = insert.updated_print_statements(example)
    return updated


def lint(source: str, *, place: str, requires: str = "") -> str | None:
    """Return what ruff says of a program, or `None`.

    Args:
        source: The whole program, each line at the number it has in `place`.
        place: The file that messages name.
        requires: The least version of Python that it runs with; empty: the least that we support.
    """
    example = CodeExample.create(source, path=Path(place))
    version: Any = f"py{requires.replace('.', '')}" if requires else CONFIG.target_version
    try:
        ruff_check(example, replace(CONFIG, target_version=version), extra_ruff_args=RUFF)
    except FormatError as error:
        return str(error)
    return None
