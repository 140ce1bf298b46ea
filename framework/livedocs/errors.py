"""Errors of the documentation, worded for the person who writes a page."""

import difflib
from collections.abc import Iterable


class MarkupError(ValueError):
    """A block of a page that cannot be understood.

    Args:
        message: What was expected, what came, and the cure.
        line: 1-based line of the page where it stands.
    """

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line

    def at(self, page: str) -> str:
        """Return the message with its place, as in `docs/index.md:12: ...`."""
        return f"{page}:{self.line}: {self.message}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ` Did you mean 'x'?` for the nearest known word, else an empty string."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
