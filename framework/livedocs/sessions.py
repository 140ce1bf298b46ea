"""Hold a session with the interpreter: type each input of a `pycon` block, and note the answer.

As at the prompt of `python -i app.py`, what is typed shares the names of the main file; and as at
that of `python -m asyncio`, it may await.
"""

import ast
import builtins
import inspect
import io
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from types import CodeType
from typing import Any

from livedocs.engine import Program, open_module, traceback_in
from livedocs.session_text import (
    CONTINUED,
    PROMPT,
    TRACEBACK,
    Input,
    Reply,
    Session,
    parse_session,
)

PLACE = "<session>"  # the file name that tracebacks show, with the lines of the block
FLAGS = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
Show = Callable[[str], None]


async def run_session(program: Program, *, line: int = 1, show: Show | None = None) -> list[Reply]:
    """Hold a session that speaks to no application; its namespace is empty.

    Args:
        program: Its main file is the text of a `pycon` block.
        line: 1-based line of the page where the text begins.
        show: As for `hold_session`.

    Raises:
        MarkupError: The text is no session.
    """
    session = parse_session(program.files[program.main], line)
    with open_module(program) as module:
        names = vars(module)
        names["__name__"] = "__main__"
        return await hold_session(session, names, show=show)


async def hold_session(
    session: Session, names: dict[str, Any], *, show: Show | None = None
) -> list[Reply]:
    """Type each input of a session, and return what came.

    Args:
        session: What is typed.
        names: The namespace; what is assigned stays in it.
        show: Gets the session as a terminal shows it, part by part, with whole tracebacks.
    """
    replies: list[Reply] = []
    tell = show or (lambda _text: None)
    _note_lines(session)
    with _own_print(names):
        for entry in session.inputs:
            tell(_typed(entry))
            out = io.StringIO()
            whole = ""
            try:
                with redirect_stdout(out), _displaying(names):
                    await _run(entry, session, names)
            except Exception as error:  # noqa: BLE001 # whatever is raised is shown
                whole = out.getvalue() + traceback_in(PLACE, error)
                out.write(_short_traceback(error))
            tell(whole or out.getvalue())
            replies.append(Reply(entry, out.getvalue().rstrip("\n")))
    return replies


def _note_lines(session: Session) -> None:
    """Let tracebacks show what was typed, at the lines that it has in the block."""
    text = ""
    for entry in session.inputs:
        text += "\n" * (entry.line - session.line - text.count("\n")) + entry.source
    linecache.cache[PLACE] = (len(text), None, text.splitlines(keepends=True), PLACE)


def _typed(entry: Input) -> str:
    first, *rest = entry.source.rstrip("\n").split("\n")
    lines = [f"{PROMPT} {first}", *(f"{CONTINUED} {text}" for text in rest)]
    return "".join(f"{text.rstrip()}\n" for text in lines)


async def _run(entry: Input, session: Session, names: dict[str, Any]) -> None:
    code = _compile(entry, session)
    if code is None:
        return
    result = eval(code, names)  # noqa: S307 # running what the page types is what this is for
    if code.co_flags & inspect.CO_COROUTINE:
        await result


def _compile(entry: Input, session: Session) -> CodeType | None:
    """Compile an input; `None`: there is nothing to run but comments."""
    if not _has_code(entry.source):
        return None
    tree: Any = compile(entry.source, PLACE, "single", FLAGS | ast.PyCF_ONLY_AST, dont_inherit=True)
    ast.increment_lineno(tree, entry.line - session.line)
    code: CodeType = compile(tree, PLACE, "single", FLAGS, dont_inherit=True)
    return code


def _has_code(source: str) -> bool:
    lines = (line.strip() for line in source.split("\n"))
    return any(line and not line.startswith("#") for line in lines)


def _short_traceback(error: Exception) -> str:
    """Return a traceback whose stack is three dots: who reads a page knows where they are."""
    lines = "".join(traceback.format_exception_only(error)).splitlines(keepends=True)
    # What stands before it for a syntax error is its place.
    told = [line for line in lines if not line.startswith("  ")]
    return f"{TRACEBACK}\n  ...\n{''.join(told)}"


@contextmanager
def _own_print(names: dict[str, Any]) -> Iterator[None]:
    """Let `print` of the main file write to the session while it lasts."""
    before = names.pop("print", builtins.print)
    try:
        yield
    finally:
        names.setdefault("print", before)


@contextmanager
def _displaying(names: dict[str, Any]) -> Iterator[None]:
    """Show the values of expressions, and keep the last one as `_`."""

    def display(value: object) -> None:
        if value is not None:
            sys.stdout.write(f"{value!r}\n")
            names["_"] = value

    before = sys.displayhook
    sys.displayhook = display
    try:
        yield
    finally:
        sys.displayhook = before
