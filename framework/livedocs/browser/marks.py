"""Tell at which lines of an example's files an error arose, for the editor to mark them."""

import traceback
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

MOST_CHARACTERS = 300  # of a message beside a line


@dataclass(frozen=True, slots=True)
class Mark:
    """An error at a line.

    Attributes:
        file: The example's file.
        line: Its 1-based line.
        text: What went wrong, as in `ValueError: too hot`.
    """

    file: str
    line: int
    text: str


def find_marks(
    error: BaseException, files: Collection[str], *, main: str, folder: Path
) -> list[Mark]:
    """Return where an error arose: the last own line of its traceback, of each in a group.

    Args:
        error: What was raised.
        files: The example's files.
        main: The name that its main file was compiled with.
        folder: Where the others are.
    """
    marks: dict[Mark, None] = {}  # in order, each once
    for leaf in _leaves(error):
        places = [(_own(filename, main, folder), line) for filename, line in _places(leaf) if line]
        own = [(file, line) for file, line in places if file in files]
        if own:
            file, line = own[-1]
            marks[Mark(file, line, _text_of(leaf))] = None
    return list(marks)


def _leaves(error: BaseException) -> Iterator[BaseException]:
    if not isinstance(error, BaseExceptionGroup):
        yield error
        return
    for member in error.exceptions:
        yield from _leaves(member)


def _places(error: BaseException) -> Iterator[tuple[str, int | None]]:
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield frame.f_code.co_filename, line
    if isinstance(error, SyntaxError) and error.filename is not None:
        yield error.filename, error.lineno


def _own(filename: str, main: str, folder: Path) -> str:
    if filename == main:
        return main
    path = Path(filename)
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else ""


def _text_of(error: BaseException) -> str:
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    text = f"{type(error).__name__}: {message}" if message else type(error).__name__
    return text if len(text) <= MOST_CHARACTERS else f"{text[:MOST_CHARACTERS]}…"
