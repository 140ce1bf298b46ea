"""Check the prints and the style of Python blocks with pytest-examples.

pytest-examples brings the form of `#>` comments and runs ruff; running the code is the engine's
part, since scripts may await at their top level.
"""

import ast
from pathlib import Path
from uuid import UUID

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
from livedocs.engine import Print
from livedocs.errors import MarkupError

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


def code_example(
    block: Block, *, path: Path, text: str, source: str | None = None, group: UUID | None = None
) -> CodeExample:
    """Return a block as pytest-examples sees it, with its place in the file's text.

    Raises:
        MarkupError: The block stands in a quote, where it cannot be rewritten.
    """
    if block.indent.strip():
        raise MarkupError("a block inside a quote cannot be updated: write it by hand.", block.line)
    lines = text.splitlines(keepends=True)
    start = sum(map(len, lines[: block.line]))
    end = sum(map(len, lines[: block.end_line - 1]))
    example: CodeExample = CodeExample.create(
        block.source if source is None else source,
        path=path,
        start_line=block.line,
        end_line=block.end_line,
        start_index=start,
        end_index=end,
        prefix=block.header,
        indent=len(block.indent),
    )
    example.group = group
    return example


class _Prints(InsertPrintStatements):
    """pytest-examples' comments, placed right in `finally` and `match` bodies as well."""

    def _insert_print_statements(self, example: CodeExample) -> str:
        lines = example.source.splitlines()
        calls = {
            node.lineno: node
            for node in ast.walk(ast.parse(example.source))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "print"
        }
        done = None
        for statement in reversed(self.print_statements()):
            call = calls[statement.line_no]
            last = (call.end_lineno or call.lineno) - 1
            if statement.line_no != done:
                remove_old_print(lines, last)
            self._insert_print_args(lines, statement, False, last, call.col_offset)
            done = statement.line_no
        return "\n".join(lines) + "\n"


def printed_source(example: CodeExample, prints: list[Print]) -> str | None:
    """Return the block's text with what it really printed, or `None` when it says so already.

    Args:
        example: A script's block.
        prints: What it printed, with lines of the page.
    """
    insert = _Prints(example.path, CONFIG, enable=True, print_callback=None, include_print=None)
    statements = insert.print_statements()
    statements += [
        PrintStatement(entry.line - example.start_line, " ", [Arg(entry.text)])
        for entry in sorted(prints, key=lambda entry: entry.line)
        if entry.line
    ]
    updated: str | None = insert.updated_print_statements(example)
    return updated


def lint(source: str, *, place: str, offset: int) -> str | None:
    """Return what ruff says of a program, or `None`.

    Args:
        source: The whole program.
        place: The file that messages name.
        offset: Line of the page above the program's first line.
    """
    example = CodeExample.create(source, path=Path(place), start_line=offset)
    try:
        ruff_check(example, CONFIG, extra_ruff_args=RUFF)
    except FormatError as error:
        return str(error)
    return None
